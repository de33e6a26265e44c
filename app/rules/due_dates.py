"""Until when something is due that was received at a moment and has a limit. Pure.

Working days (domain rules 1.6, clock rule 3): what is received in office hours of a working day
has the next working day as its first, and is due at the end of office hours of the last; received
at any other time, it counts as received at the next opening. Working hours run while offices are
open. Minutes and hours run at once and at night. Natural days end at midnight.

What is urgent runs on any day: weekends and holidays count like others, and no calendar is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, takewhile
from typing import Any

from app.core.clock import CITY_TIME
from app.rules.time_limits import COUNTS_DAYS, NEEDS_CALENDAR, Limit, LimitUnit
from app.rules.working_time import A_DAY, DayKind, WorkingTime

A_MOMENT = timedelta(microseconds=1)


class FirstDay(StrEnum):
    """Which day is the first of a limit in days."""

    NEXT = "next"  # the one after the day of receipt
    SAME = "same"  # the day of receipt itself


class LastDayEnds(StrEnum):
    """When the last day of a limit in working days is over."""

    OFFICE = "office"  # with office hours
    MIDNIGHT = "midnight"


class AfterHours(StrEnum):
    """When something counts as received that came while offices were closed."""

    NEXT_OPENING = "next_opening"
    AT_ONCE = "at_once"  # the day it came is its day of receipt, if that is a working day


@dataclass(frozen=True, kw_only=True)
class CountingWay:
    """How a city counts; the defaults are the province's."""

    first_day: FirstDay = FirstDay.NEXT
    last_day_ends: LastDayEnds = LastDayEnds.OFFICE
    after_hours: AfterHours = AfterHours.NEXT_OPENING


PROVINCIAL = CountingWay()

Left = int | timedelta
"""What is left of a limit: days after the present one, or a length of time."""


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A day between receipt and due date that was not counted, and why."""

    day: date
    kind: DayKind
    name: str  # of the holiday, empty for a weekend


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """A due date and how it was come by."""

    due: datetime
    counts_from: datetime  # when it counts as received
    counted: tuple[date, ...]  # the days of a limit in days; of one in working hours, where it ran
    skipped: tuple[Skipped, ...]
    notices: tuple[str, ...]  # which notices said that a day is off, or worked


def reckon_due(
    received: datetime,
    limit: Limit,
    working: WorkingTime,
    *,
    is_urgent: bool = False,
    way: CountingWay = PROVINCIAL,
) -> Reckoned:
    """Return until when it is due; raises CalendarYearMissing where a year is not known."""
    going = Going(limit.unit, working, is_urgent=is_urgent, way=way)
    start = going.counts_from(received)
    if limit.unit in COUNTS_DAYS:
        counted = tuple(going.days_of(start, limit.amount))
        due = going.end_of(counted[-1])
    else:
        due = going.on(start, _length(limit))
        counted = tuple(going.days_run_on(start, due))
    heeds = limit.unit in NEEDS_CALENDAR and not is_urgent
    days = tuple(_days(received, due)) if heeds else ()
    special = [working.special[day] for day in days if day in working.special]
    return Reckoned(
        due=due,
        counts_from=start,
        counted=counted,
        skipped=tuple(_skipped(day, working) for day in days if not working.is_worked(day)),
        notices=tuple(dict.fromkeys(each.notice for each in special)),
    )


def due_wire(reckoned: Reckoned) -> dict[str, Any]:
    """Return a due date and how it was come by as plain data, days and moments as ISO texts."""
    return {
        "due": reckoned.due.isoformat(),
        "counts_from": reckoned.counts_from.isoformat(),
        "counted": [day.isoformat() for day in reckoned.counted],
        "skipped": [
            {"day": each.day.isoformat(), "kind": str(each.kind), "name": each.name}
            for each in reckoned.skipped
        ],
        "notices": list(reckoned.notices),
    }


class Going:
    """How time passes for limits of one unit: when it begins, what is left, when it ends."""

    def __init__(
        self, unit: LimitUnit, working: WorkingTime, *, is_urgent: bool, way: CountingWay
    ) -> None:
        self.unit = unit
        self._working = working
        self._is_urgent = is_urgent
        self._way = way
        self._any_day = is_urgent or unit is LimitUnit.DAYS

    def by(self, unit: LimitUnit) -> "Going":
        """Return how time passes for limits of another unit, everything else the same."""
        if unit is self.unit:
            return self
        return Going(unit, self._working, is_urgent=self._is_urgent, way=self._way)

    def counts_from(self, moment: datetime) -> datetime:
        """Return when something counts as received that came at this moment."""
        here = moment.astimezone(CITY_TIME)
        if self._way.after_hours is AfterHours.AT_ONCE and self.unit is LimitUnit.WORKING_DAYS:
            is_in_time = self._any_day or self._working.is_worked(here.date())
            return here if is_in_time else self._next_opening(here)
        return self._next_opening(here)

    def days_of(self, start: datetime, amount: int) -> Iterator[date]:
        """Give the days of a limit of so many days."""
        skips_first = self._way.first_day is FirstDay.NEXT
        before = start.date() if skips_first else start.date() - A_DAY
        return islice(self._working.worked_after(before, any_day=self._any_day), amount)

    def end_of(self, day: date) -> datetime:
        """Return when a limit in days is over that has this as its last day."""
        if self._ends_with_office:
            return self._working.closes(day)
        return datetime.combine(day + A_DAY, time.min, tzinfo=CITY_TIME)

    def days_run_on(self, start: datetime, due: datetime) -> Iterator[date]:
        """Give the days on which a limit in working hours ran."""
        if self.unit is not LimitUnit.WORKING_HOURS:
            return
        spells = takewhile(lambda spell: spell[0] < due, self._spells(start))
        yield from dict.fromkeys(begins.date() for begins, _ends in spells)

    def left(self, moment: datetime, due: datetime) -> Left:
        """Return what is left at this moment; nothing where the due date has passed."""
        if moment >= due:
            return 0 if self.unit in COUNTS_DAYS else timedelta(0)
        if self.unit in COUNTS_DAYS:
            day, last = moment.astimezone(CITY_TIME).date(), (due - A_MOMENT).date()
            days = (day + A_DAY * each for each in range(1, (last - day).days + 1))
            return sum(self._any_day or self._working.is_worked(each) for each in days)
        if self.unit is not LimitUnit.WORKING_HOURS:
            return due - moment
        spells = takewhile(lambda spell: spell[0] < due, self._spells(moment))
        return sum((min(ends, due) - begins for begins, ends in spells), timedelta(0))

    def on(self, moment: datetime, left: timedelta) -> datetime:
        """Return the due date of a clock that goes on at this moment with a length of time left."""
        begins = self._next_opening(moment)
        if self.unit is not LimitUnit.WORKING_HOURS:
            return begins + left
        for since, until in self._spells(begins):
            if until - since >= left:
                return since + left
            left -= until - since
        raise AssertionError("offices open again for ever")

    def lost(self, since: datetime, until: datetime) -> timedelta:
        """Return how much time of a limit in days passed while a clock stood still.

        It is the time in which somebody could have worked: of a limit that ends with office hours
        the time that offices were open, of one that ends at midnight whole days.
        """
        day, last = since.astimezone(CITY_TIME).date(), until.astimezone(CITY_TIME).date()
        lost = timedelta(0)
        while day <= last:
            for begins, ends in self._stretches(day):
                lost += max(min(ends, until) - max(begins, since), timedelta(0))
            day += A_DAY
        return lost

    def given_back(self, due: datetime, owed: timedelta) -> tuple[datetime, timedelta]:
        """Return the due date of a limit in days that lies the whole days of a time later, and the

        rest of that time. A due date that is no end of a day is given all of it.
        """
        day = (due - A_MOMENT).astimezone(CITY_TIME).date()
        if due != self.end_of(day):
            return self.later(due, owed), timedelta(0)
        while owed >= (whole := self._a_day(day + A_DAY)):
            day, owed = self._nth_after(day, 1), owed - whole
        return self.end_of(day), owed

    def later(self, due: datetime, by: timedelta) -> datetime:
        """Return the moment of a limit in days that lies so much time later, to the minute."""
        day = due.astimezone(CITY_TIME).date()
        while by:
            for begins, ends in self._stretches(day):
                since = max(begins, due)
                if ends - since >= by:
                    return since + by
                by -= max(ends - since, timedelta(0))
            day += A_DAY
        return due

    def extended(self, due: datetime, amount: int) -> datetime:
        """Return the due date that lies so many units behind this one."""
        if self.unit in COUNTS_DAYS:
            return self.end_of(self._nth_after((due - A_MOMENT).date(), amount))
        return self.on(due, _length(Limit(amount, self.unit)))

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return when time of a limit in days passes on a day."""
        if not self._any_day and not self._working.is_worked(day):
            return []
        midnight = datetime.combine(day, time.min, tzinfo=CITY_TIME)
        if not self._ends_with_office:
            return [(midnight, midnight + A_DAY)]
        return [
            (
                datetime.combine(day, since, tzinfo=CITY_TIME),
                datetime.combine(day, until, CITY_TIME),
            )
            for since, until in self._working.sessions_on(day)
        ]

    def _a_day(self, day: date) -> timedelta:
        """Return how long such a day is, were it worked: a year that is not known is not asked."""
        if not self._ends_with_office:
            return A_DAY
        spells = self._working.sessions_on(day)
        return sum((_at(until) - _at(since) for since, until in spells), timedelta(0))

    @property
    def _ends_with_office(self) -> bool:
        is_office = self._way.last_day_ends is LastDayEnds.OFFICE
        return self.unit is LimitUnit.WORKING_DAYS and is_office

    def _nth_after(self, day: date, nth: int) -> date:
        days = self._working.worked_after(day, any_day=self._any_day)
        return day if nth == 0 else next(islice(days, nth - 1, None))

    def _next_opening(self, moment: datetime) -> datetime:
        """Return when time passes next: what runs at night or on any day runs at once."""
        here = moment.astimezone(CITY_TIME)
        if self.unit not in NEEDS_CALENDAR:
            return here
        if self._is_urgent and self.unit is LimitUnit.WORKING_DAYS:
            return here
        return self._working.next_opening(here, any_day=self._any_day)

    def _spells(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        return self._working.open_spells(moment, any_day=self._any_day)


def _at(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute, seconds=hour.second)


def _length(limit: Limit) -> timedelta:
    is_minutes = limit.unit is LimitUnit.MINUTES
    return timedelta(minutes=limit.amount) if is_minutes else timedelta(hours=limit.amount)


def _days(received: datetime, due: datetime) -> Iterator[date]:
    """Give the days from receipt to the last on which it may still be done."""
    day, last = received.astimezone(CITY_TIME).date(), (due - A_MOMENT).date()
    while day <= last:
        yield day
        day += A_DAY


def _skipped(day: date, working: WorkingTime) -> Skipped:
    special = working.special.get(day)
    return Skipped(day=day, kind=working.kind_of(day), name=special.name if special else "")
