"""Which call out counts as having tried the citizen. Pure.

Who does not take his own telephone, or hangs up while it has hardly rung, has tried nobody: else
"not reached" could be made by the dozen.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

RINGS_IN_EARNEST = timedelta(seconds=15)
"""How long a citizen's telephone has rung before we may give it up (ours to begin with)."""
OUR_SIDE = frozenset({"agent", "app"})


@dataclass(frozen=True, kw_only=True)
class OutCall:
    """A call out. `taken_at`: our side picked up and the citizen began to be rung."""

    taken_at: datetime | None
    has_talked: bool
    ended_at: datetime | None
    ended_by: str  # a word of telephony.events.EndedBy


def is_try(call: OutCall) -> bool:
    """Say whether the citizen was tried: he talked, his side ended it, or it rang long enough."""
    if call.has_talked:
        return True
    if call.taken_at is None or call.ended_at is None:
        return False
    if call.ended_by in OUR_SIDE:
        return call.ended_at - call.taken_at >= RINGS_IN_EARNEST
    return True
