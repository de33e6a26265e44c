"""Keeps the files of recordings: whole or not at all, readable by us alone."""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import mkstemp

DIFFERING = "differing"  # folder of files whose name was taken by another content


@dataclass(frozen=True)
class AudioFolder:
    """Where the files stand; the factory hands it down."""

    path: Path


def sha256_of(content: bytes) -> str:
    """Return the hex SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes, *, name: str, folder: AudioFolder, at: datetime) -> str:
    """Write a file; return its path below the folder, `yyyy/mm/dd/name.<digest>.wav`, days in UTC.

    The path carries the content's digest: two contents of one name never overwrite each other,
    and writing the same one again changes nothing.
    """
    day = at.astimezone(UTC).strftime("%Y/%m/%d")
    stem = name.removesuffix(".wav")
    relative = PurePosixPath(day, f"{stem}.{sha256_of(content)[:12]}.wav")
    _write(content, target=folder.path / relative)
    return str(relative)


def put_aside(path: str, *, folder: AudioFolder) -> str:
    """Move a file whose name is taken by another content, for a person to look at."""
    aside = PurePosixPath(DIFFERING, PurePosixPath(path).name)
    (folder.path / DIFFERING).mkdir(exist_ok=True, mode=0o700)
    os.replace(folder.path / path, folder.path / aside)
    return str(aside)


def remove(path: str, *, folder: AudioFolder) -> None:
    """Remove a file that is kept elsewhere already."""
    (folder.path / path).unlink(missing_ok=True)


def full_path(path: str, *, folder: AudioFolder) -> Path:
    """Return where a kept file stands."""
    return folder.path / path


def _write(content: bytes, *, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, unfinished = mkstemp(dir=target.parent, prefix=".", suffix=".part")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise
