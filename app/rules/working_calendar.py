"""The working calendar as it is known: asked as a picture, filled from the notices."""

from datetime import date

from sqlalchemy import delete, insert, select

from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.rules.calendar_notices import Notice
from app.rules.events import CalendarYearLoaded, OfficeHoursSet
from app.rules.models import CalendarDay, CalendarYear, OfficeHoursRule
from app.rules.office_hours import read_sessions, write_sessions
from app.rules.refusals import ChangesThePast
from app.rules.service import shipped_rows
from app.rules.working_time import OfficeHours, Session, SpecialDay, WorkingTime

FIRST_DAY = date(2007, 1, 1)
USUAL_HOURS = "08:30-12:00 14:30-17:30"
"""Of the city's offices (河源); a page changes them from a day on."""

_KNOWN = ("working_time",)


def working_time() -> WorkingTime:
    """Return what clocks are reckoned with, as it is known now; a save reads it once."""
    return this_save.once(_KNOWN, _read) or _read()


def _read() -> WorkingTime:
    notices = {row.year: row.notice for row in list_years()}
    days = db.session.scalars(select(CalendarDay).order_by(CalendarDay.day))
    return WorkingTime(
        years=frozenset(notices),
        special={
            row.day: SpecialDay(
                day=row.day, name=row.name, is_off=row.is_off, notice=notices[row.notice_year]
            )
            for row in days
        },
        hours=tuple(list_office_hours()),
    )


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
    """Make a year known, or known anew by a corrected notice; clocks are then reckoned again."""
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
    this_save.forget(_KNOWN)
    publish(CalendarYearLoaded(year=notice.year, days=len(notice.days), loaded_by=loaded_by))


def set_office_hours(
    since: date, sessions: tuple[Session, ...], *, set_by: int | None = None
) -> None:
    """Let these office hours hold from a day on; clocks are then reckoned again.

    Raises ChangesThePast: nobody is in time because his day ended later last week.
    """
    if since < clock.now().astimezone(clock.CITY_TIME).date():
        raise ChangesThePast(field="since")
    row = db.session.get(OfficeHoursRule, since, with_for_update=True)
    if row is None:
        row = OfficeHoursRule(since=since)
        db.session.add(row)
    row.sessions = write_sessions(sessions)
    this_save.forget(_KNOWN)
    publish(OfficeHoursSet(since=since, sessions=row.sessions, set_by=set_by))


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
    _load_hours()
    this_save.forget(_KNOWN)
    return len(rows)


def _as_row(row: dict[str, str]) -> dict[str, object]:
    return {
        "day": date.fromisoformat(row["day"]),
        "name": row["name"],
        "is_off": row["is_off"] == "1",
        "notice_year": int(row["notice_year"]),
    }


def _load_hours() -> None:
    if not db.session.scalars(select(OfficeHoursRule.since).limit(1)).all():
        first = {"since": FIRST_DAY, "sessions": USUAL_HOURS}
        db.session.execute(insert(OfficeHoursRule), [first])
