"""What a file that a unit attaches really is, and what of it is kept. Pure.

The content decides, never the name. Pictures and documents are rewritten without what cameras and
programs write beside them: place, time, device, author. What each kind keeps say `picture_checks`
and `document_checks`.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from app.handling import document_checks, picture_checks
from app.handling.attachment_refusals import (
    ContentUnfit,
    FileBroken,
    FileEmpty,
    FileKindUnknown,
    FileLies,
    FileNameUnfit,
    FileTooLarge,
)

LONGEST_NAME = 100


class FileKind(StrEnum):
    """What may be attached."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    PDF = "application/pdf"


ENDINGS: Mapping[FileKind, frozenset[str]] = {
    FileKind.JPEG: frozenset({".jpg", ".jpeg"}),
    FileKind.PNG: frozenset({".png"}),
    FileKind.PDF: frozenset({".pdf"}),
}
Rewrite = Callable[[bytes], bytes]
REWRITES: Mapping[FileKind, Rewrite] = {
    FileKind.JPEG: picture_checks.jpeg,
    FileKind.PNG: picture_checks.png,
    FileKind.PDF: document_checks.pdf,
}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file as it may be kept."""

    name: str
    kind: FileKind
    content: bytes


def check_file(
    name: str,
    content: bytes,
    *,
    most_bytes: int,
    rewrites: Mapping[FileKind, Rewrite] = REWRITES,
) -> Checked:
    """Return a file as it may be kept; raises FileTooLarge … FileLies, then a ContentUnfit.

    `rewrites`: who looks at which content, where that is not done right here.
    """
    if len(content) > most_bytes:
        raise FileTooLarge(field="files", name=shown(name), most=most_bytes // 1024 // 1024)
    if not content:
        raise FileEmpty(field="files", name=shown(name))
    _check_name(name)
    kind = kind_of(content)
    if kind is None:
        raise FileKindUnknown(field="files", name=name)
    if PurePosixPath(name).suffix.lower() not in ENDINGS[kind]:
        raise FileLies(field="files", name=name, really=kind.name)
    try:
        kept = rewrites[kind](content)
    except ContentUnfit as why:
        raise type(why)(field="files", name=name) from why
    except (struct.error, IndexError, zlib.error) as why:
        raise FileBroken(field="files", name=name) from why
    return Checked(name=name, kind=kind, content=kept)


def shown(name: str) -> str:
    """Return a name that may be shown in a sentence, whatever it is."""
    return "".join(sign for sign in name if sign.isprintable())[:LONGEST_NAME]


def kind_of(content: bytes) -> FileKind | None:
    """Return what a file is by its first bytes."""
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    return FileKind.PDF if content.startswith(b"%PDF-") else None


def _check_name(name: str) -> None:
    is_plain = name.isprintable() and not set(name) & set('/\\:*?"<>|')
    if not is_plain or not name.strip(" .") or name.startswith(".") or len(name) > LONGEST_NAME:
        raise FileNameUnfit(field="files", name=shown(name))
