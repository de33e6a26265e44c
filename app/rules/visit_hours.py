"""In which hours of a day citizens are called back, and how that is written: `09:00-21:00`. Pure.

Begin and end are one value, so that no moment lies between a new begin and an old end.
"""

from dataclasses import dataclass
from datetime import time

from app.core.errors import Invalid
from app.rules.quiet_hours import read_times


class UnfitVisitHours(Invalid):
    """Two times of one day, the earlier one first."""

    code = "visit-hours-unfit"


@dataclass(frozen=True, kw_only=True)
class VisitHours:
    """From a time of day until a later one of the same day: at night nobody is called back."""

    begins: time
    ends: time

    def __str__(self) -> str:
        """Write them as they are read."""
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"


USUAL = VisitHours(begins=time(9), ends=time(21))
"""What holds where a site has not loaded the rule."""


def read_visit_hours(written: str, *, field: str | None = None) -> VisitHours:
    """Read what `VisitHours` writes. Raises UnfitVisitHours."""
    times = read_times(written.strip())
    if times is None or times[0] >= times[1]:
        raise UnfitVisitHours(field=field)
    return VisitHours(begins=times[0], ends=times[1])
