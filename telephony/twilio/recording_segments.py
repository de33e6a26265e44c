"""Names for the pieces of a call's recording that anybody can work out again from Twilio's list.

Nobody here counts a call's recordings: the request that tells of one may reach any process. The
second in which a recording began tells the pieces apart, and puts them in order.
"""

from datetime import UTC, datetime

COUNTED_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def segment_of(began: datetime) -> int:
    """Return the number of the piece that began then; fits a column of 31 bits until 2094."""
    return max(1, int((began - COUNTED_FROM).total_seconds()))


def recording_name(exchange_id: str, call_key: str, began: datetime) -> str:
    """Return the name under which a piece is fetched (app/recordings/recording_names.py)."""
    return f"{exchange_id}_{call_key}_{segment_of(began)}.wav"


def parts_of(name: str, *, exchange_id: str) -> tuple[str, int]:
    """Return call key and segment of such a name; raises ValueError for any other."""
    call_key, _, segment = name.removeprefix(f"{exchange_id}_").removesuffix(".wav").rpartition("_")
    return call_key, int(segment)
