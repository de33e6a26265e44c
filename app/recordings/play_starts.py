"""Decides which request for a recording's sound is a new play and which goes on with one. Pure.

A browser fetches one play in several ranges: it probes the first bytes, then reads, then jumps
where the listener drags the cursor. The audit wants to know who listened, once per listening.
"""

from datetime import datetime, timedelta

_PROBE = timedelta(
    seconds=10
)  # a second request for the beginning within this is a probe's other half
_PAUSE = timedelta(minutes=30)  # a listener may pause this long; then it is a new listening


def starts_play(
    *, first_byte: int, last_play_at: datetime | None, length: timedelta, now: datetime
) -> bool:
    """Say whether a request from `first_byte` on, by somebody who last played then, is a new play.

    Whoever skips the beginning to stay unseen has no play to go on with: that is a new one too.
    """
    if last_play_at is None:
        return True
    since = now - last_play_at
    if first_byte == 0:
        return since > _PROBE
    return since > length + _PAUSE
