"""Which days are worked and from when until when, as far as it has been made known. Pure.

Working days are those of the State Council's yearly notice: Monday to Friday without the holidays,
and the weekend days that are worked in their place (调休). A year whose notice is not loaded is
refused, never guessed: it is published in the November before, and differs every year.

Moments are aware; days and hours are those of the city, which knows no summer time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core.clock import CITY_TIME
from app.core.errors import Conflict

SATURDAY = 5
A_DAY = timedelta(days=1)

Session = tuple[time, time]
"""From when until when an office is open: the end is no longer in it."""


class DayKind(StrEnum):
    """What sort of day it is."""

    WORKING = "working"
    MADE_UP = "made_up"  # 调休: a weekend day that is worked for a holiday
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


WORKED = frozenset({DayKind.WORKING, DayKind.MADE_UP})


class CalendarYearMissing(Conflict):
    """The notice of this year has not been loaded, so nobody knows which days are worked."""

    code = "calendar-year-missing"


@dataclass(frozen=True, kw_only=True)
class SpecialDay:
    """A day of which a notice says that it is off, or worked though it is a weekend."""

    day: date
    name: str
    is_off: bool
    notice: str  # where the notice stands, or what it is called


@dataclass(frozen=True, kw_only=True)
class OfficeHours:
    """When offices are open on a working day, from a day on."""

    since: date
    sessions: tuple[Session, ...]  # in their order, none into another


@dataclass(frozen=True, kw_only=True)
class WorkingTime:
    """The picture that clocks are reckoned with."""

    years: frozenset[int]
    special: Mapping[date, SpecialDay]
    hours: tuple[OfficeHours, ...]  # by `since`; the first holds for all days before it too

    def kind_of(self, day: date) -> DayKind:
        """Say what sort of day it is; raises CalendarYearMissing."""
        if day.year not in self.years:
            raise CalendarYearMissing(year=day.year)
        special = self.special.get(day)
        is_weekend = day.weekday() >= SATURDAY
        if special is None:
            return DayKind.WEEKEND if is_weekend else DayKind.WORKING
        if special.is_off:
            return DayKind.HOLIDAY
        return DayKind.MADE_UP if is_weekend else DayKind.WORKING

    def is_worked(self, day: date) -> bool:
        """Say whether offices are open on this day; raises CalendarYearMissing."""
        return self.kind_of(day) in WORKED

    def sessions_on(self, day: date) -> tuple[Session, ...]:
        """Return the office hours that hold on a day, whether or not it is worked."""
        holding = [each for each in self.hours if each.since <= day]
        return (holding[-1] if holding else self.hours[0]).sessions

    def closes(self, day: date) -> datetime:
        """Return when offices close on a worked day: a limit in working days ends then."""
        return _at(day, self.sessions_on(day)[-1][1])

    def is_open(self, moment: datetime, *, any_day: bool = False) -> bool:
        """Say whether offices are open; `any_day`: as if every day were worked."""
        here = moment.astimezone(CITY_TIME)
        if not any_day and not self.is_worked(here.date()):
            return False
        return any(since <= here.time() < until for since, until in self.sessions_on(here.date()))

    def next_opening(self, moment: datetime, *, any_day: bool = False) -> datetime:
        """Return when offices are open next: this moment itself where they are open now."""
        if self.is_open(moment, any_day=any_day):
            return moment.astimezone(CITY_TIME)
        return next(self.open_spells(moment, any_day=any_day))[0]

    def open_spells(
        self, moment: datetime, *, any_day: bool = False
    ) -> Iterator[tuple[datetime, datetime]]:
        """Give the times offices are open from a moment on, for ever; the first may be cut."""
        here = moment.astimezone(CITY_TIME)
        day = here.date()
        while True:
            if any_day or self.is_worked(day):
                for since, until in self.sessions_on(day):
                    begins, ends = max(_at(day, since), here), _at(day, until)
                    if begins < ends:
                        yield begins, ends
            day += A_DAY

    def worked_after(self, day: date, *, any_day: bool = False) -> Iterator[date]:
        """Give the worked days after this one, in order, for ever."""
        while True:
            day += A_DAY
            if any_day or self.is_worked(day):
                yield day


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=CITY_TIME)
