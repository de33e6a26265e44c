"""Keeps the files of recordings, behind one small protocol: a folder here, a bucket elsewhere.

A file is there whole or not at all, under a name that carries its own digest: two contents of one
name never overwrite each other, and writing the same one again changes nothing (ADR 0018).
"""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import mkstemp
from typing import Protocol

from app.core.errors import NotFound, OutsideSystemDown

DIFFERING = "differing"
"""Folder of files whose name was taken by another content; a person looks at them."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class AudioStoreDown(OutsideSystemDown):
    """The place where recordings are kept did not answer, or not as it should."""

    code = "audio-store-down"


class AudioStoreFull(AudioStoreDown):
    """There is no room left for a recording; whoever brings it keeps it and comes again."""

    status = 507
    code = "audio-store-full"


class AudioMissing(NotFound):
    """The recording is known, but its file is gone."""

    code = "audio-missing"


@dataclass(frozen=True, kw_only=True)
class KeptFile:
    """One file in a store; `path` as `path_for` made it."""

    path: str
    size_bytes: int
    changed_at: datetime


class AudioStore(Protocol):
    """What a place for recordings must be able to do. Paths are relative, parted by `/`.

    Every method raises AudioStoreDown when the place cannot be asked.
    """

    def put(self, path: str, content: bytes) -> None:
        """Keep a file, whole or not at all; raises AudioStoreFull."""
        ...

    def get(self, path: str) -> bytes:
        """Return a file, or raise AudioMissing."""
        ...

    def has(self, path: str) -> bool:
        """Say whether a file is there."""
        ...

    def delete(self, path: str) -> None:
        """Remove a file; one that is not there is removed already."""
        ...

    def files(self, below: str) -> Iterator[KeptFile]:
        """Give every file that is kept below this folder (`2026/11/23`), in the order of paths."""
        ...

    def free_bytes(self) -> int | None:
        """Return how much room is left, or None where nobody can know."""
        ...


@dataclass(frozen=True)
class AudioPlace:
    """Where this installation keeps its recordings; the factory hands it down."""

    store: AudioStore


def sha256_of(content: bytes) -> str:
    """Return the hex SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def path_for(content: bytes, *, name: str, at: datetime) -> str:
    """Return where a file belongs, `yyyy/mm/dd/name.<digest>.wav`, days in UTC."""
    day = at.astimezone(UTC).strftime("%Y/%m/%d")
    stem = name.removesuffix(".wav")
    return str(PurePosixPath(day, f"{stem}.{sha256_of(content)[:12]}.wav"))


def put_aside(path: str, *, store: AudioStore) -> str:
    """Move a file whose name is taken by another content, for a person to look at."""
    aside = str(PurePosixPath(DIFFERING, PurePosixPath(path).name))
    store.put(aside, store.get(path))
    store.delete(path)
    return aside


class AudioFolder:
    """A folder of this machine: readable by us alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, path: str, content: bytes) -> None:
        """Write beside, then rename: nobody ever sees half a file."""
        target = self._full(path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, unfinished = mkstemp(dir=target.parent, prefix=".", suffix=".part")  # 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(unfinished, target)
            except BaseException:
                Path(unfinished).unlink(missing_ok=True)
                raise
        except OSError as why:
            raise (AudioStoreFull if why.errno in _NO_ROOM else AudioStoreDown) from why

    def get(self, path: str) -> bytes:
        """Read a file whole."""
        try:
            return self._full(path).read_bytes()
        except (FileNotFoundError, IsADirectoryError) as why:
            raise AudioMissing from why
        except OSError as why:
            raise AudioStoreDown from why

    def has(self, path: str) -> bool:
        """Look whether the file stands there."""
        return self._full(path).is_file()

    def delete(self, path: str) -> None:
        """Remove a file."""
        try:
            self._full(path).unlink(missing_ok=True)
        except OSError as why:
            raise AudioStoreDown from why

    def files(self, below: str) -> Iterator[KeptFile]:
        """Walk through the folder; what is still being written is no file yet."""
        for full in sorted(self._full(below).rglob("*")):
            if full.name.startswith(".") or not full.is_file():
                continue
            found = full.stat()
            yield KeptFile(
                path=full.relative_to(self.path).as_posix(),
                size_bytes=found.st_size,
                changed_at=datetime.fromtimestamp(found.st_mtime, UTC),
            )

    def free_bytes(self) -> int | None:
        """Ask the file system."""
        try:
            return shutil.disk_usage(self.path).free
        except OSError as why:
            raise AudioStoreDown from why

    def _full(self, path: str) -> Path:
        parts = PurePosixPath(path)
        if parts.is_absolute() or ".." in parts.parts:
            raise AudioMissing
        return self.path / parts
