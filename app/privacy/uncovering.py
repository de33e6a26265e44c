"""For what personal data is uncovered, and how long that lasts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Invalid
from app.rules.time_limits import Limit, LimitUnit

RULE = "limit.unmask"
"""How long it stays open: a rule of the city, dated."""

LONGEST = timedelta(hours=8)
"""Whatever the rule says, nobody's data lies open longer than a shift."""

LONGEST_REASON = 200


class UnmaskReason(StrEnum):
    """Why somebody must see the whole of it; words say the rest."""

    CALL_BACK = "call_back"
    DISPATCH = "dispatch"
    SAME_PERSON = "same_person"
    EMERGENCY = "emergency"
    LAW = "law"
    OTHER = "other"


class ReasonIsNeeded(Invalid):
    """Whose data is uncovered has a right to a reason in words."""

    code = "unmask-needs-reason"


@dataclass(frozen=True, kw_only=True)
class Open:
    """Data is uncovered for one person until this moment."""

    until: datetime

    def seconds_left(self, now: datetime) -> int:
        """Return for how long still, in whole seconds, at least one."""
        return max(1, int((self.until - now).total_seconds()))


def lasts(limit: Limit) -> timedelta:
    """Return how long a limit of minutes or hours lasts; longer ones are cut to a shift."""
    each = {LimitUnit.MINUTES: timedelta(minutes=1), LimitUnit.HOURS: timedelta(hours=1)}
    return min(limit.amount * each.get(limit.unit, LONGEST), LONGEST)
