"""What may be the picture beside the hotline's name. Pure.

A PNG, rewritten without what programs write beside it as attachments are, and small enough to
stand in a bar and to be loaded by a telephone on a bad line. No SVG: it may hold scripts.
"""

import struct

from app.core.errors import Invalid
from app.handling.attachment_checks import FileKind, check_file, kind_of

MOST_KILOBYTES = 200
WIDEST, HIGHEST = 1200, 400
FIELD = "logo"


class LogoTooLarge(Invalid):
    """More bytes than a picture in a bar needs."""

    code = "logo-too-large"


class LogoNoPng(Invalid):
    """Only PNG is taken, whatever the name says."""

    code = "logo-no-png"


class LogoTooWide(Invalid):
    """More points than a bar shows."""

    code = "logo-too-wide"


def check_logo(name: str, content: bytes) -> bytes:
    """Return a picture as it may be kept.

    Raises LogoTooLarge, LogoNoPng, LogoTooWide, and what `check_file` raises.
    """
    if len(content) > MOST_KILOBYTES * 1024:
        raise LogoTooLarge(field=FIELD, most=MOST_KILOBYTES)
    if kind_of(content) is not FileKind.PNG:
        raise LogoNoPng(field=FIELD)
    try:
        checked = check_file(name, content, most_bytes=MOST_KILOBYTES * 1024)
    except Invalid as refusal:
        refusal.field = FIELD
        raise
    wide, high = struct.unpack(">II", checked.content[16:24])
    if wide > WIDEST or high > HIGHEST:
        raise LogoTooWide(field=FIELD, wide=WIDEST, high=HIGHEST)
    return checked.content
