"""What was said of the calendar, in its order, and the calendar that follows from it. Pure.

Nothing that was said is overwritten: a year's notice, a correction of it, other office hours and a
day of a region's own each make one version more. The calendar of a version is what all of them up
to it say together, the later over the earlier, so that a due date which was reckoned by it years
ago can be reckoned again.

A region may have days of its own (domain rules 1.6, clock rule 2). Over the city's calendar they
say that offices there are closed, or open; they say nothing of a year whose notice is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.errors import Conflict, Invalid
from app.rules.office_hours import read_sessions, write_sessions
from app.rules.working_time import OfficeHours, SpecialDay, WorkingTime


class RegionDayKind(StrEnum):
    """What a region says of a day of its own."""

    HOLIDAY = "holiday"  # 地方假日
    CLOSED = "closed"  # 停工: a flood, a typhoon
    MADE_UP = "made_up"  # 补班
    AS_CITY = "as_city"  # nothing any more: the city's calendar holds again


CLOSED_KINDS = frozenset({RegionDayKind.HOLIDAY, RegionDayKind.CLOSED})


class DayIsSoAnyway(Invalid):
    """A region says of a day what the city's calendar says of it already."""

    code = "calendar-day-so-anyway"


class NoDayOfItsOwn(Conflict):
    """A region has no such day of its own that could be taken back."""

    code = "calendar-no-day-of-its-own"


@dataclass(frozen=True, kw_only=True)
class SaidDay:
    """A day that a year's notice names."""

    day: date
    name: str
    is_off: bool
    year: int  # whose notice: it may name days of the December before


@dataclass(frozen=True, kw_only=True)
class RegionDay:
    """A day that a region has for itself."""

    region: str  # code of a county or functional area
    day: date
    kind: RegionDayKind
    name: str  # why, in a few words: they stand where a holiday's name would
    basis: str  # which notice says so


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one version adds. A year that is said again has no days but those said with it."""

    years: Mapping[int, str] = field(default_factory=dict)  # year -> where its notice stands
    days: tuple[SaidDay, ...] = ()
    hours: tuple[OfficeHours, ...] = ()
    regional: tuple[RegionDay, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The calendar of one version: the city's, and what single regions have over it."""

    years: Mapping[int, str]
    days: Mapping[date, SaidDay]
    hours: tuple[OfficeHours, ...]  # by `since`; never nothing
    regional: Mapping[tuple[str, date], RegionDay]

    def working_time(self, region: str = "") -> WorkingTime:
        """Return the picture that clocks are reckoned with: the city's, or that of a region."""
        special = {
            each.day: SpecialDay(
                day=each.day, name=each.name, is_off=each.is_off, notice=self.years[each.year]
            )
            for each in self.days.values()
        }
        for each in self.days_of(region):
            special[each.day] = SpecialDay(
                day=each.day, name=each.name, is_off=each.kind in CLOSED_KINDS, notice=each.basis
            )
        return WorkingTime(years=frozenset(self.years), special=special, hours=self.hours)

    def days_of(self, region: str) -> list[RegionDay]:
        """Return a region's own days, in their order."""
        own = [each for (code, _day), each in self.regional.items() if code == region]
        return sorted(own, key=lambda each: each.day)


def calendar_after(said: Iterable[Said], *, usual: OfficeHours) -> Calendar:
    """Return what all that was said says together; `usual`: the hours as long as none are said."""
    years: dict[int, str] = {}
    days: dict[date, SaidDay] = {}
    hours: dict[date, OfficeHours] = {}
    regional: dict[tuple[str, date], RegionDay] = {}
    for each in said:
        years.update(each.years)
        days = {day: known for day, known in days.items() if known.year not in each.years}
        days.update({known.day: known for known in each.days})
        hours.update({known.since: known for known in each.hours})
        for own in each.regional:
            regional[own.region, own.day] = own
    own_days = {key: own for key, own in regional.items() if own.kind is not RegionDayKind.AS_CITY}
    return Calendar(
        years=years,
        days={day: days[day] for day in sorted(days)},
        hours=tuple(hours[since] for since in sorted(hours)) or (usual,),
        regional=own_days,
    )


def check_region_day(wanted: RegionDay, city: WorkingTime, *, field: str) -> None:
    """Refuse a day of a region's own that says nothing new.

    Raises DayIsSoAnyway, and CalendarYearMissing where nobody knows what the city says of it.
    """
    if city.is_worked(wanted.day) is (wanted.kind not in CLOSED_KINDS):
        raise DayIsSoAnyway(field=field, day=wanted.day.isoformat())


def said_wire(said: Said) -> dict[str, Any]:
    """Return it as plain data, as it is kept."""
    return {
        "years": {str(year): where for year, where in said.years.items()},
        "days": [[each.day.isoformat(), each.name, each.is_off, each.year] for each in said.days],
        "hours": [[each.since.isoformat(), write_sessions(each.sessions)] for each in said.hours],
        "regional": [
            [each.region, each.day.isoformat(), str(each.kind), each.name, each.basis]
            for each in said.regional
        ],
    }


def read_said(kept: Mapping[str, Any]) -> Said:
    """Read it as `said_wire` writes it."""
    return Said(
        years={int(year): where for year, where in kept.get("years", {}).items()},
        days=tuple(
            SaidDay(day=date.fromisoformat(day), name=name, is_off=is_off, year=year)
            for day, name, is_off, year in kept.get("days", ())
        ),
        hours=tuple(
            OfficeHours(since=date.fromisoformat(since), sessions=read_sessions(sessions))
            for since, sessions in kept.get("hours", ())
        ),
        regional=tuple(
            RegionDay(
                region=region, day=date.fromisoformat(day), kind=RegionDayKind(kind), name=name,
                basis=basis,
            )
            for region, day, kind, name, basis in kept.get("regional", ())
        ),
    )  # fmt: skip
