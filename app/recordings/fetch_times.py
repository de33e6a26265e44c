"""Decides when a recording that an exchange did not hand over is asked for again. Pure."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
GIVEN_UP_AFTER = timedelta(days=3)
"""After this nobody asks any more; the daily sweep has named it each day until then."""


def next_try(*, tries: int, told_at: datetime, now: datetime) -> datetime | None:
    """Return when to ask again after so many tries, each pause twice the last; None: no more."""
    if now - told_at >= GIVEN_UP_AFTER:
        return None
    pause: timedelta = FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 16)
    return now + min(pause, LONGEST_PAUSE)
