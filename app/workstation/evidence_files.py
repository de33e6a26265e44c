"""Writes a case of misuse as one ZIP: what is known in words, the sound, and what proves both.

It lies in a file without a name until it is sent, one recording in memory at a time. What is
written is Chinese whatever its taker reads: it is for an authority of this country.
"""

import errno
import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from flask import render_template
from flask_babel import force_locale, gettext

from app.core.clock import CITY_TIME
from app.core.errors import OutsideSystemDown
from app.core.formatting import moment_to_second
from app.core.languages import FIRST_LANGUAGE, LOCALES
from app.recordings import handing_over
from app.recordings.handing_over import KeptPiece
from app.workstation.evidence_pack import Case, MarkTold
from app.workstation.evidence_rules import Lack

BLOCK = 1 << 20
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class NoRoomForEvidence(OutsideSystemDown):
    """The pack does not fit on this machine's disk."""

    status = 507
    code = "evidence-no-room"


@dataclass(frozen=True, kw_only=True)
class FileTold:
    """One file of the pack. `kept_sha256` is what was received, for a recording."""

    name: str
    sha256: str
    size_bytes: int
    kept_sha256: str = ""
    is_altered: bool = False


@dataclass(frozen=True, kw_only=True)
class LackTold:
    """Sound that is looked for and not there; `segment` None: of the whole call."""

    call_id: int
    segment: int | None
    why: Lack
    at: str = ""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """A pack that can be sent; `content` stands at its beginning and goes when it is closed."""

    case: Case
    name: str
    content: IO[bytes]
    size_bytes: int
    sha256: str
    files: int
    altered: tuple[int, ...]


def write_pack(case: Case) -> Pack:
    """Write a case as a file. Raises AudioStoreDown, NoRoomForEvidence: then nothing is left."""
    content = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        with force_locale(LOCALES[FIRST_LANGUAGE]):
            written = _Written(case, content)
            written.write()
        digest, size = _digest_of(content)
    except OSError as why:
        content.close()
        if why.errno in _NO_ROOM:
            raise NoRoomForEvidence from why
        raise
    except BaseException:
        content.close()
        raise
    return Pack(
        case=case,
        name=f"evidence-{case.at.astimezone(CITY_TIME):%Y%m%d-%H%M%S}-{case.taking.mark_id}.zip",
        content=content,
        size_bytes=size,
        sha256=digest,
        files=len(written.files) + 1,
        altered=tuple(written.altered),
    )


class _Written:
    """The files as they are written: sound first, then the words that tell of it, then the list."""

    def __init__(self, case: Case, content: IO[bytes]) -> None:
        self.case = case
        self.content = content
        self.files: list[FileTold] = []
        self.lacks: list[LackTold] = []
        self.altered: list[int] = []

    def write(self) -> None:
        with zipfile.ZipFile(self.content, "w") as archive:
            of_calls = {each.call.call_id: self._sounds(archive, each) for each in self.case.marks}
            self._put(archive, "summary.html", self._summary(of_calls).encode())
            manifest = self._manifest().encode()
            archive.writestr(self._entry("manifest.txt"), manifest)

    def _sounds(self, archive: zipfile.ZipFile, mark: MarkTold) -> list[FileTold]:
        before = len(self.files)
        for piece in mark.pieces:
            self._sound(archive, mark.call.call_id, piece)
        if mark.lack is not None:
            self.lacks.append(LackTold(call_id=mark.call.call_id, segment=None, why=mark.lack))
        return self.files[before:]

    def _sound(self, archive: zipfile.ZipFile, call_id: int, piece: KeptPiece) -> None:
        if piece.deleted_at is not None:
            at = moment_to_second(piece.deleted_at)
            self._lacks(call_id, piece, Lack.DELETED, at=at)
            return
        found = handing_over.sound_now(piece)
        if found is None:
            self._lacks(call_id, piece, Lack.FILE_GONE)
            return
        ending = "-altered" if found.is_altered else ""
        name = f"recordings/call-{call_id}-{piece.segment}{ending}.wav"
        self._put(archive, name, found.content, kept_sha256=piece.sha256)
        if found.is_altered:
            self.altered.append(piece.recording_id)

    def _lacks(self, call_id: int, piece: KeptPiece, why: Lack, *, at: str = "") -> None:
        self.lacks.append(LackTold(call_id=call_id, segment=piece.segment, why=why, at=at))

    def _put(
        self, archive: zipfile.ZipFile, name: str, content: bytes, *, kept_sha256: str = ""
    ) -> None:
        archive.writestr(self._entry(name), content)
        digest = hashlib.sha256(content).hexdigest()
        self.files.append(
            FileTold(
                name=name,
                sha256=digest,
                size_bytes=len(content),
                kept_sha256=kept_sha256,
                is_altered=bool(kept_sha256) and kept_sha256 != digest,
            )
        )

    def _entry(self, name: str) -> zipfile.ZipInfo:
        at = self.case.at.astimezone(CITY_TIME)
        entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
        entry.external_attr = 0o600 << 16
        return entry

    def _summary(self, of_calls: Mapping[int, list[FileTold]]) -> str:
        return render_template(
            "callers/evidence_summary.html",
            case=self.case,
            of_calls=of_calls,
            altered=[each for each in self.files if each.is_altered],
            lacks=self.lacks,
            lack_in_words=lack_in_words,
            kept_back=[each for each in self.case.marks if each.left_out is not None],
        )

    def _manifest(self) -> str:
        """Tell each file in one line, parted by tabs, as a tool reads it; then what is missing."""
        lines = [gettext("evidence.manifest_head")]
        lines += [
            "\t".join(
                (each.sha256, str(each.size_bytes), each.name, each.kept_sha256, _proof_of(each))
            ).rstrip()
            for each in self.files
        ]
        lines += [f"# {lack_in_words(each)}" for each in self.lacks]
        lines += [
            f"# {gettext(f'evidence.left_out_{each.left_out}', call=each.call.call_id)}"
            for each in self.case.marks
            if each.left_out is not None
        ]
        return "\r\n".join(lines) + "\r\n"


def lack_in_words(lack: LackTold) -> str:
    """Say what is missing, and why."""
    piece = gettext("evidence.piece", number=lack.segment) if lack.segment else ""
    why = gettext(f"evidence.lack_{lack.why}", at=lack.at)
    return str(gettext("evidence.lack", call=lack.call_id, piece=piece, why=why))


def _proof_of(file: FileTold) -> str:
    if not file.kept_sha256:
        return ""
    return str(gettext("evidence.is_altered" if file.is_altered else "evidence.is_as_received"))


def _digest_of(content: IO[bytes]) -> tuple[str, int]:
    """Return the SHA-256 and the length of a file, and leave it at its beginning."""
    content.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := content.read(BLOCK):
        digest.update(block)
        size += len(block)
    content.seek(0)
    return digest.hexdigest(), size
