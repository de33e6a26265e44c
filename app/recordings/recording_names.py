"""Reads what a recording's name says: which exchange, which call, the how-manieth piece. Pure."""

import re
from dataclasses import dataclass

from app.core.errors import Invalid

# <exchange id>_<call key>_<segment>.wav; a call key may hold anything but what a path needs
_REST = re.compile(
    r"(?P<call_key>[A-Za-z0-9][A-Za-z0-9._:@-]{0,63})_(?P<segment>[1-9]\d{0,8})\.wav"
)


class BadRecordingName(Invalid):
    """The name does not say which call it belongs to."""

    code = "bad-recording-name"


@dataclass(frozen=True, kw_only=True)
class RecordingName:
    """A name taken apart."""

    name: str
    exchange_id: str
    call_key: str
    segment: int


def read_name(name: str, *, exchange_id: str) -> RecordingName:
    """Take a recording's name apart, or raise BadRecordingName."""
    rest = name.removeprefix(f"{exchange_id}_")
    found = _REST.fullmatch(rest) if rest != name else None
    if found is None:
        raise BadRecordingName(name=name[:80])
    return RecordingName(
        name=name,
        exchange_id=exchange_id,
        call_key=found["call_key"],
        segment=int(found["segment"]),
    )
