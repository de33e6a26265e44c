"""Keeps the calls that figures are counted from, and reads again only those that may have changed.

What has ended does not change, but for the rare call that is mended: once a minute all is read.
"""

from datetime import datetime, timedelta
from threading import Lock

from app.boards.figures import ROLLING
from app.calls import counted_calls
from app.calls.call_results import CountedCall

READ_ALL_EVERY = timedelta(minutes=1)
LONGEST_WAY_TO_THE_QUEUE = timedelta(hours=1)
"""A call may arrive that much before the moment by which it is counted."""

SAVED_OUT_OF_TURN = 500
"""A row with a lower id may be saved after one with a higher: look that far back."""


class DayCalls:
    """The calls of the last 24 hours, as this process knows them. One for each app."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[int, CountedCall] = {}
        self._read_all_at: datetime | None = None

    def up_to(self, now: datetime) -> list[CountedCall]:
        """Return them, brought up to date."""
        since = now - ROLLING - LONGEST_WAY_TO_THE_QUEUE
        with self._lock:
            if self._read_all_at is None or not (
                timedelta(0) <= now - self._read_all_at < READ_ALL_EVERY
            ):
                self._known = {each.call_id: each for each in counted_calls.calls_since(since)}
                self._read_all_at = now
            else:
                self._read_moved(since)
            return list(self._known.values())

    def _read_moved(self, since: datetime) -> None:
        newest = max(self._known, default=0)
        living = [each.call_id for each in self._known.values() if each.ended_at is None]
        moved = counted_calls.calls_since(
            since, newer_than=newest - SAVED_OUT_OF_TURN, or_one_of=living
        )
        self._known |= {each.call_id: each for each in moved}
        for old in [one for one, each in self._known.items() if each.invited_at < since]:
            del self._known[old]
