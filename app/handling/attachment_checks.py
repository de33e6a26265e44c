"""What a file that a unit attaches really is, and what of it is kept. Pure.

The content decides, never the name. Pictures are rewritten without what cameras write beside them
(place, time, device); of a photo only which side is up stays. What is larger than it looks when it
is unpacked is refused before anybody unpacks it.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from app.core.errors import Invalid

MOST_PIXELS = 50_000_000
UNPACKED_AT_ONCE = 4 * 1024 * 1024
"""Bytes of a picture that are looked at together: all of it may be eight hundred million."""
LONGEST_NAME = 100
WHITE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"pHYs"})
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|OpenAction)\b")
PREFIX, SCAN, END, EXIF = 0xFF, 0xDA, 0xD9, 0xE1
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


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


class FileTooLarge(Invalid):
    """A file has at most `most` megabytes."""

    code = "file-too-large"


class FileEmpty(Invalid):
    """There is nothing in it."""

    code = "file-empty"


class FileNameUnfit(Invalid):
    """A name is a name: no path, no control characters, not too long."""

    code = "file-name-unfit"


class FileKindUnknown(Invalid):
    """Photos (JPEG, PNG) and PDF documents can be attached."""

    code = "file-kind-unknown"


class FileLies(Invalid):
    """Its name says something else than its content: `really`."""

    code = "file-lies"


class FileBroken(Invalid):
    """It cannot be read to its end."""

    code = "file-broken"


class PictureTooLarge(Invalid):
    """Unpacked it would have more points than a picture needs, or more than it says itself."""

    code = "picture-too-large"


class FileActive(Invalid):
    """A document that runs programs or carries other files is no proof."""

    code = "file-active"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A file as it may be kept."""

    name: str
    kind: FileKind
    content: bytes


def check_file(name: str, content: bytes, *, most_bytes: int) -> Checked:
    """Return a file as it may be kept; raises the refusals of this module, in this order."""
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
        kept = _REWRITES[kind](content)
    except (struct.error, IndexError, zlib.error) as why:
        raise FileBroken(field="files") from why
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


# --- JPEG -------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> bytes:
    """Keep tables, frames and scans; of all that is written beside them only which side is up."""
    kept: list[bytes] = []
    upright, has_scan = 1, False
    for marker, segment in _segments(content):
        if marker == EXIF and segment[4:10] == b"Exif\0\0":
            upright = _upright(segment[10:])
        if _is_beside(marker):
            continue
        if _is_frame(marker):
            high, wide = struct.unpack_from(">HH", segment, 5)
            _check_points(wide, high)
        has_scan = has_scan or marker == SCAN
        kept.append(segment)
    if not has_scan:
        raise FileBroken(field="files")
    turned = [_orientation(upright)] if upright != 1 else []
    return b"".join([b"\xff\xd8", *turned, *kept, b"\xff\xd9"])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each segment with its marker, a scan with all that it draws; the end is not given."""
    at = 2
    while (marker := content[at + 1]) != END:
        if content[at] != PREFIX:
            raise FileBroken(field="files")
        if marker == PREFIX:  # filled up
            at += 1
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        until = at + 2 + length
        if length < 2 or until > len(content):
            raise FileBroken(field="files")
        if marker == SCAN:
            until = _end_of_scan(content, until)
        yield marker, content[at:until]
        at = until


def _is_beside(marker: int) -> bool:
    # JFIF (E0) and Adobe (EE) say how colours are to be read; the others tell about the taker
    return marker == 0xFE or (0xE1 <= marker <= 0xEF and marker != 0xEE)


def _is_frame(marker: int) -> bool:
    return 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}


def _end_of_scan(content: bytes, at: int) -> int:
    while (at := content.find(b"\xff", at)) >= 0:
        follows = content[at + 1]  # IndexError: the picture stops in the middle
        if follows != 0 and not 0xD0 <= follows <= 0xD7:
            return at
        at += 2
    raise FileBroken(field="files")


def _upright(tiff: bytes) -> int:
    """Return which side is up as a camera wrote it, 1 where it wrote nothing that holds."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        for nth in range(struct.unpack_from(f"{order}H", tiff, first)[0]):
            tag, _kind, _count, value = struct.unpack_from(
                f"{order}HHIH", tiff, first + 2 + 12 * nth
            )
            if tag == 0x0112:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _orientation(upright: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, upright, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


# --- PNG --------------------------------------------------------------------------------------


def _png(content: bytes) -> bytes:
    """Keep what is needed to draw it; what it unpacks to is reckoned with a limit first."""
    kept, at, packed, expected = [content[:8]], 8, [], 0
    while True:
        length = struct.unpack_from(">I", content, at)[0]
        name, chunk = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(chunk) != length + 12:
            raise FileBroken(field="files")
        body = chunk[8:-4]
        if zlib.crc32(name + body) != struct.unpack(">I", chunk[-4:])[0]:
            raise FileBroken(field="files")
        at += len(chunk)
        if name == b"IHDR":
            expected = _rows_of(body)
        if name == b"IDAT":
            packed.append(body)
        if name in WHITE_CHUNKS:
            kept.append(chunk)
        if name == b"IEND":
            break
    _check_unpacked(b"".join(packed), expected)
    return b"".join(kept)


def _rows_of(header: bytes) -> int:
    """Return at most how many bytes such a picture unpacks to."""
    wide, high, depth, colours = struct.unpack(">IIBB", header[:10])
    _check_points(wide, high)
    bits = wide * depth * CHANNELS.get(colours, 4)
    interlaced = 2 if header[12] else 1
    return int(((bits + 7) // 8 + 1) * high * interlaced + 64)


def _check_unpacked(packed: bytes, expected: int) -> None:
    unpacking, unpacked = zlib.decompressobj(), 0
    while not unpacking.eof:
        piece = unpacking.decompress(packed, UNPACKED_AT_ONCE)
        packed, unpacked = unpacking.unconsumed_tail, unpacked + len(piece)
        if unpacked > expected:
            raise PictureTooLarge(field="files")
        if not piece and not packed:
            break
    if not expected or not unpacking.eof:
        raise FileBroken(field="files")


def _check_points(wide: int, high: int) -> None:
    if not wide or not high or wide * high > MOST_PIXELS:
        raise PictureTooLarge(field="files")


# --- PDF --------------------------------------------------------------------------------------


def _pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise FileBroken(field="files")
    if ACTIVE_PDF.search(content):
        raise FileActive(field="files")
    return content


_REWRITES: Mapping[FileKind, Callable[[bytes], bytes]] = {
    FileKind.JPEG: _jpeg,
    FileKind.PNG: _png,
    FileKind.PDF: _pdf,
}
