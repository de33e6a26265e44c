"""Decides when a message goes, and when once more after it was not taken. Pure."""

from datetime import datetime, timedelta

from app.rules.quiet_hours import QuietHours

FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
GROWS_BY = 4


def send_at(wished: datetime, *, quiet: QuietHours | None, is_urgent: bool) -> datetime:
    """Return when it goes that was wished for a moment: what does not hurry waits for the day."""
    if is_urgent or quiet is None:
        return wished
    return quiet.end_after(wished) or wished


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 15 s, 1 min, 4 min, 16 min, then 1 h."""
    pause: timedelta = FIRST_PAUSE * GROWS_BY ** min(max(tries, 1) - 1, 8)
    return min(pause, LONGEST_PAUSE)
