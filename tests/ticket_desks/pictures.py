"""Small files of every kind, made here byte by byte."""

import struct
import zlib
from base64 import b64decode

# A grey photo of 8 × 8 points.
TINY_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAx"
    "NDQ0Hyc5PTgyPC4zNDL/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEA"
    "AD8ASf/Z"
)
WHERE = b"GPS 23.7436N 114.6972E"


def exif(upright: int) -> bytes:
    """Return what a camera writes beside a photo: which side is up, and where it was taken."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, upright, 0)
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0) + WHERE
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def photo(*, upright: int = 1) -> bytes:
    """Return a photo as a telephone takes it."""
    comment = b"\xff\xfe" + struct.pack(">H", 2 + len(WHERE)) + WHERE
    return TINY_JPEG[:2] + exif(upright) + comment + TINY_JPEG[2:] + b"behind the end" + WHERE


def chunk(name: bytes, body: bytes) -> bytes:
    """Return one piece of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*, wide: int = 2, high: int = 2, rows: bytes | None = None) -> bytes:
    """Return a grey picture with a remark; `rows` instead of what such a picture has."""
    header = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    drawn = rows if rows is not None else (b"\0" + b"\x80" * wide) * high
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"Where\0" + WHERE)
        + chunk(b"IDAT", zlib.compress(drawn, 9))
        + chunk(b"IEND", b"")
    )
