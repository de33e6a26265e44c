"""When people are not disturbed, and how that is written: `22:00-07:30`, or `none`. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.core.clock import CITY_TIME
from app.core.errors import Invalid

WRITTEN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*[-–~]\s*([01]?\d|2[0-3]):([0-5]\d)")
NONE = "none"


class UnfitQuietHours(Invalid):
    """Two times of day that differ, or the word for never."""

    code = "quiet-hours-unfit"


@dataclass(frozen=True, kw_only=True)
class QuietHours:
    """From a time of day until another, over midnight where `until` is the earlier one."""

    since: time
    until: time

    def __str__(self) -> str:
        """Write them as they are read."""
        return f"{self.since:%H:%M}-{self.until:%H:%M}"

    def end_after(self, moment: datetime) -> datetime | None:
        """Return when the quiet hours end in which a moment lies; None where it lies in none."""
        here = moment.astimezone(CITY_TIME)
        is_over_midnight = self.until <= self.since
        if is_over_midnight:
            is_quiet = here.time() >= self.since or here.time() < self.until
        else:
            is_quiet = self.since <= here.time() < self.until
        if not is_quiet:
            return None
        ends_next_day = is_over_midnight and here.time() >= self.since
        day = here.date() + timedelta(days=1) if ends_next_day else here.date()
        return datetime.combine(day, self.until, tzinfo=CITY_TIME)


def read_quiet_hours(written: str, *, field: str | None = None) -> QuietHours | None:
    """Read what `QuietHours` writes; None for `none`. Raises UnfitQuietHours."""
    typed = written.strip().lower()
    if typed == NONE:
        return None
    times = read_times(typed)
    if times is None or times[0] == times[1]:
        raise UnfitQuietHours(field=field)
    return QuietHours(since=times[0], until=times[1])


def read_times(written: str) -> tuple[time, time] | None:
    """Read two times of day, as in `22:00-07:30`; None for anything else."""
    found = WRITTEN.fullmatch(written)
    if found is None:
        return None
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
