"""The working calendar as it is known: asked as a picture, filled from the notices.

Whatever is said of it makes a version (`calendar_history`); a clock is reckoned by the one it began
with until a person lets it follow, so every version can still be asked for.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from sqlalchemy import delete, func, insert, select

from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.organisation import region_units
from app.organisation import service as organisation
from app.rules.calendar_history import (
    Calendar,
    NoDayOfItsOwn,
    RegionDay,
    RegionDayKind,
    Said,
    SaidDay,
    calendar_after,
    check_region_day,
    read_said,
    said_wire,
)
from app.rules.calendar_notices import Notice
from app.rules.events import CalendarYearLoaded, OfficeHoursSet, RegionDaySet
from app.rules.models import CalendarDay, CalendarVersion, CalendarYear, OfficeHoursRule
from app.rules.office_hours import read_sessions, write_sessions
from app.rules.refusals import ChangesThePast
from app.rules.service import shipped_rows
from app.rules.working_time import OfficeHours, Session, SpecialDay, WorkingTime

T = TypeVar("T")

FIRST_DAY = date(2007, 1, 1)
USUAL_HOURS = "08:30-12:00 14:30-17:30"
"""Of the city's offices (河源); a page changes them from a day on."""

_NEWEST = ("calendar", "newest")


def working_time(*, version: int | None = None, region: str = "") -> WorkingTime:
    """Return what clocks are reckoned with; a save reads it once.

    By the newest version or an older one, of the city or of a region with days of its own.
    """
    of = newest_version() if version is None else version
    return _once(("working_time", of, region), lambda: calendar(of).working_time(region))


def calendar(version: int | None = None) -> Calendar:
    """Return the whole calendar of a version, or of the newest."""
    of = newest_version() if version is None else version
    return _once(("calendar", of), lambda: _read(of))


def newest_version() -> int:
    """Return the id of the newest version; 0 where nothing was said yet."""
    return _once(_NEWEST, lambda: db.session.scalar(select(func.max(CalendarVersion.id))) or 0)


def calendar_region(unit_id: int | None) -> str:
    """Return the region by whose calendar a unit works, or "" for the city's.

    It is the county or functional area that runs the place the unit answers for.
    """
    if unit_id is None:
        return ""
    return _once(("calendar_region", unit_id), lambda: region_units.region_of_unit(unit_id))


def _once(key: tuple[object, ...], find: Callable[[], T]) -> T:
    found = this_save.once(key, find)
    return find() if found is None else found


def _read(version: int) -> Calendar:
    asked = select(CalendarVersion.said).where(CalendarVersion.id <= version)
    said = db.session.scalars(asked.order_by(CalendarVersion.id))
    usual = OfficeHours(since=FIRST_DAY, sessions=read_sessions(USUAL_HOURS))
    return calendar_after([read_said(each) for each in said], usual=usual)


def _say(said: Said, *, by: int | None) -> int:
    """Make a version of what was said; whoever says something waits for whoever is at it."""
    newest = select(CalendarVersion.id).order_by(CalendarVersion.id.desc()).limit(1)
    db.session.scalars(newest.with_for_update()).all()
    row = CalendarVersion(said=said_wire(said), said_at=clock.now(), said_by=by)
    db.session.add(row)
    db.session.flush()
    this_save.forget(_NEWEST)
    return row.id


def list_years() -> list[CalendarYear]:
    """Return the years that are known, the newest first."""
    return list(db.session.scalars(select(CalendarYear).order_by(CalendarYear.year.desc())))


def days_of_notice(year: int) -> list[SpecialDay]:
    """Return what the notice of a year says of single days, in their order."""
    notice = db.session.get(CalendarYear, year)
    asked = select(CalendarDay).where(CalendarDay.notice_year == year).order_by(CalendarDay.day)
    return [
        SpecialDay(
            day=row.day, name=row.name, is_off=row.is_off, notice=notice.notice if notice else ""
        )
        for row in db.session.scalars(asked)
    ]


def list_office_hours() -> list[OfficeHours]:
    """Return the office hours by the day from which they hold; never nothing."""
    rows = db.session.scalars(select(OfficeHoursRule).order_by(OfficeHoursRule.since))
    known = [OfficeHours(since=row.since, sessions=read_sessions(row.sessions)) for row in rows]
    return known or [OfficeHours(since=FIRST_DAY, sessions=read_sessions(USUAL_HOURS))]


def put_year(notice: Notice, *, loaded_by: int | None = None) -> None:
    """Make a year known, or known anew by a corrected notice; what waited for it is reckoned."""
    row = db.session.get(CalendarYear, notice.year, with_for_update=True)
    if row is None:
        row = CalendarYear(year=notice.year)
        db.session.add(row)
    row.notice, row.loaded_at = notice.where, clock.now()
    db.session.flush()
    of_notice = CalendarDay.notice_year == notice.year
    named = CalendarDay.day.in_([each.day for each in notice.days])
    db.session.execute(delete(CalendarDay).where(of_notice | named))
    if notice.days:
        rows = [
            {"day": d.day, "name": d.name, "is_off": d.is_off, "notice_year": notice.year}
            for d in notice.days
        ]
        db.session.execute(insert(CalendarDay), rows)
    days = tuple(
        SaidDay(day=d.day, name=d.name, is_off=d.is_off, year=notice.year) for d in notice.days
    )
    _say(Said(years={notice.year: notice.where}, days=days), by=loaded_by)
    publish(CalendarYearLoaded(year=notice.year, days=len(notice.days), loaded_by=loaded_by))


def set_office_hours(
    since: date, sessions: tuple[Session, ...], *, set_by: int | None = None
) -> None:
    """Let these office hours hold from a day on; what runs goes on under those it began with.

    Raises ChangesThePast: nobody is in time because his day ended later last week.
    """
    _refuse_past(since, field="since")
    row = db.session.get(OfficeHoursRule, since, with_for_update=True)
    if row is None:
        row = OfficeHoursRule(since=since)
        db.session.add(row)
    row.sessions = write_sessions(sessions)
    _say(Said(hours=(OfficeHours(since=since, sessions=sessions),)), by=set_by)
    publish(OfficeHoursSet(since=since, sessions=row.sessions, set_by=set_by))


def set_region_day(wanted: RegionDay, *, set_by: int | None = None) -> None:
    """Let a region have a day of its own; what runs goes on under the calendar it began with.

    Raises ChangesThePast: nobody is in time because his office was closed last week; UnknownRegion,
    DayIsSoAnyway, and CalendarYearMissing where nobody knows what the city says of that day.
    """
    _refuse_past(wanted.day, field="day")
    organisation.get_region(wanted.region)
    check_region_day(wanted, working_time(), field="day")
    _put_region_day(wanted, set_by=set_by)


def take_region_day_back(region: str, day: date, *, taken_back_by: int | None = None) -> None:
    """Let the city's calendar hold again on a day that a region had for itself.

    Raises NoDayOfItsOwn, and ChangesThePast for a day that is over.
    """
    known = calendar().regional.get((region, day))
    if known is None:
        raise NoDayOfItsOwn(day=day.isoformat())
    _refuse_past(day, field="day")
    as_city = RegionDay(
        region=region, day=day, kind=RegionDayKind.AS_CITY, name=known.name, basis=known.basis
    )
    _put_region_day(as_city, set_by=taken_back_by)


def _put_region_day(wanted: RegionDay, *, set_by: int | None) -> None:
    _say(Said(regional=(wanted,)), by=set_by)
    publish(
        RegionDaySet(
            region_code=wanted.region,
            day=wanted.day,
            kind=str(wanted.kind),
            why=wanted.name,
            set_by=set_by,
        )
    )


def _refuse_past(day: date, *, field: str) -> None:
    if day < clock.now().astimezone(clock.CITY_TIME).date():
        raise ChangesThePast(field=field)


def load_calendar() -> int:
    """Add the years of `data/calendar_days.csv` that are not known; return how many days.

    Every day stands in a notice of the State Council, which the file names.
    """
    known = {str(row.year) for row in list_years()}
    rows = [row for row in shipped_rows("calendar_days.csv") if row["notice_year"] not in known]
    if not rows:
        return 0
    years = {int(row["notice_year"]): row["notice"] for row in rows}
    now = clock.now()
    db.session.execute(
        insert(CalendarYear),
        [{"year": year, "notice": where, "loaded_at": now} for year, where in years.items()],
    )
    db.session.execute(insert(CalendarDay), [_as_row(row) for row in rows])
    hours = _load_hours()
    days = tuple(
        SaidDay(
            day=date.fromisoformat(row["day"]),
            name=row["name"],
            is_off=row["is_off"] == "1",
            year=int(row["notice_year"]),
        )
        for row in rows
    )
    _say(Said(years=years, days=days, hours=hours), by=None)
    return len(rows)


def _as_row(row: dict[str, str]) -> dict[str, object]:
    return {
        "day": date.fromisoformat(row["day"]),
        "name": row["name"],
        "is_off": row["is_off"] == "1",
        "notice_year": int(row["notice_year"]),
    }


def _load_hours() -> tuple[OfficeHours, ...]:
    """Let the usual hours hold where none are set; return what that adds."""
    if db.session.scalars(select(OfficeHoursRule.since).limit(1)).all():
        return ()
    first = {"since": FIRST_DAY, "sessions": USUAL_HOURS}
    db.session.execute(insert(OfficeHoursRule), [first])
    return (OfficeHours(since=FIRST_DAY, sessions=read_sessions(USUAL_HOURS)),)
