"""How far behind an exchange we are, as a lamp. Pure.

The age of an event is the exchange's own time when it was saved here, less the exchange's own time
when it happened: two clocks that do not agree are no lag.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class LinkLag(StrEnum):
    """The lamp of a link."""

    OK = "ok"
    SLOW = "slow"  # screens are behind what happens
    STUCK = "stuck"  # nothing is worked off: what screens say is not to be believed


@dataclass(frozen=True, kw_only=True)
class LagPolicy:
    """From which age of events on the lamp changes, and how long the worst one is remembered."""

    slow: timedelta = timedelta(seconds=2)
    stuck: timedelta = timedelta(seconds=6)
    remembered: timedelta = timedelta(seconds=10)


def lag_of(age: timedelta, policy: LagPolicy) -> LinkLag:
    """Return the lamp for the oldest event of late."""
    if age >= policy.stuck:
        return LinkLag.STUCK
    return LinkLag.SLOW if age >= policy.slow else LinkLag.OK
