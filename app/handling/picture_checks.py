"""What of a picture is kept: what is needed to draw it, and nothing of who took it where. Pure.

Of a photo only which side is up stays. What is larger than it looks when it is unpacked is refused
before anybody unpacks it.
"""

import struct
import zlib
from collections.abc import Iterator

from app.handling.attachment_refusals import FileBroken, PictureTooLarge

MOST_PIXELS = 50_000_000
UNPACKED_AT_ONCE = 4 * 1024 * 1024
"""Bytes of a picture that are looked at together: all of it may be eight hundred million."""
WHITE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB", b"pHYs"})
PREFIX, SCAN, END, EXIF = 0xFF, 0xDA, 0xD9, 0xE1
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


# --- JPEG -------------------------------------------------------------------------------------


def jpeg(content: bytes) -> bytes:
    """Keep tables, frames and scans; of all that is written beside them only which side is up.

    Raises FileBroken, PictureTooLarge; struct.error or IndexError where it stops in the middle.
    """
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
        raise FileBroken
    turned = [_orientation(upright)] if upright != 1 else []
    return b"".join([b"\xff\xd8", *turned, *kept, b"\xff\xd9"])


def jpeg_in_document(content: bytes) -> bytes:
    """Return a photo of a document without what stands beside it; documents say how it is turned.

    One that stops in the middle of its lines stays as far as it goes: documents are full of them.
    Raises FileBroken where it stops before, or holds something else.
    """
    kept, at, has_frame = [b"\xff\xd8"], 2, False
    try:
        for marker, segment in _segments(content):
            at = content.index(segment, at) + len(segment)
            has_frame = has_frame or _is_frame(marker)
            if not _is_beside(marker):
                kept.append(segment)
    except (FileBroken, struct.error, IndexError) as why:
        if not has_frame or content[at : at + 2] != bytes((PREFIX, SCAN)):
            raise FileBroken from why
        kept.append(content[at:])
    return b"".join([*kept, b"\xff\xd9"])


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each segment with its marker, a scan with all that it draws; the end is not given."""
    at = 2
    while (marker := content[at + 1]) != END:
        if content[at] != PREFIX:
            raise FileBroken
        if marker == PREFIX:  # filled up
            at += 1
            continue
        length = struct.unpack_from(">H", content, at + 2)[0]
        until = at + 2 + length
        if length < 2 or until > len(content):
            raise FileBroken
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
    raise FileBroken


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


def png(content: bytes) -> bytes:
    """Keep what is needed to draw it; what it unpacks to is reckoned with a limit first.

    Raises FileBroken, PictureTooLarge; struct.error or zlib.error where it stops in the middle.
    """
    kept, at, packed, expected = [content[:8]], 8, [], 0
    while True:
        length = struct.unpack_from(">I", content, at)[0]
        name, chunk = content[at + 4 : at + 8], content[at : at + 12 + length]
        if len(chunk) != length + 12:
            raise FileBroken
        body = chunk[8:-4]
        if zlib.crc32(name + body) != struct.unpack(">I", chunk[-4:])[0]:
            raise FileBroken
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
            raise PictureTooLarge
        if not piece and not packed:
            break
    if not expected or not unpacking.eof:
        raise FileBroken


def _check_points(wide: int, high: int) -> None:
    if not wide or not high or wide * high > MOST_PIXELS:
        raise PictureTooLarge
