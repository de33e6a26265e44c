"""Decides when a recording that an exchange did not hand over is asked for again. Pure."""

from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=30)
DAILY_AFTER = timedelta(days=3)
DAILY = timedelta(days=1)
"""Nothing is ever given up: a store or an account may be away over the longest holiday. The daily
sweep names what is still to come."""


def next_try(*, tries: int, told_at: datetime, now: datetime) -> datetime:
    """Return when to ask again after so many tries, each pause twice the last, then once a day."""
    if now - told_at >= DAILY_AFTER:
        return now + DAILY
    pause: timedelta = FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 16)
    return now + min(pause, LONGEST_PAUSE)
