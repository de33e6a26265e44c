"""From when a clock warns that it is nearly due. Pure."""

from datetime import datetime, timedelta

from app.core.clock import CITY_TIME
from app.rules.time_limits import COUNTS_DAYS, Limit, LimitUnit
from app.rules.working_time import A_DAY, WorkingTime

A_MOMENT = timedelta(microseconds=1)


def warns_from(
    started: datetime, due: datetime, before: Limit, working: WorkingTime, *, any_day: bool = False
) -> datetime:
    """Return from when the lamp is yellow: `before` the due date, half-way where that is too early.

    A working day before: from the end of the working day before the last. What is due within
    minutes cannot warn a day before; it warns when half of its time is over.
    """
    half = started + (due - started) / 2
    return max(half, _before(started, due, before, working, any_day=any_day))


def _before(
    started: datetime, due: datetime, before: Limit, working: WorkingTime, *, any_day: bool
) -> datetime:
    if before.unit in COUNTS_DAYS:
        counts_all = any_day or before.unit is LimitUnit.DAYS
        day, left = (due - A_MOMENT).astimezone(CITY_TIME).date(), before.amount
        first = started.astimezone(CITY_TIME).date()
        while left and day >= first:
            day -= A_DAY
            left -= day < first or counts_all or working.is_worked(day)
        if day < first:
            return started
        here = due.astimezone(CITY_TIME)
        ends_next_day = here.date() - (here - A_MOMENT).date()  # what ends at midnight
        return datetime.combine(day + ends_next_day, here.timetz())
    if before.unit is LimitUnit.WORKING_HOURS:
        return _open_time_before(started, due, timedelta(hours=before.amount), working, any_day)
    if before.unit is LimitUnit.MINUTES:
        return due - timedelta(minutes=before.amount)
    return due - timedelta(hours=before.amount)


def _open_time_before(
    started: datetime, due: datetime, length: timedelta, working: WorkingTime, any_day: bool
) -> datetime:
    """Return the moment from which offices are open for so long until the due date."""
    spells = []
    for begins, ends in working.open_spells(started, any_day=any_day):
        if begins >= due:
            break
        spells.append((begins, min(ends, due)))
    for begins, ends in reversed(spells):
        if ends - begins >= length:
            return ends - length
        length -= ends - begins
    return started
