"""Pages of the working calendar: the notices of the years, and office hours."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.administration.forms import (
    CalendarYearForm,
    DueForm,
    FollowCalendarForm,
    OfficeHoursForm,
)
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import as_typed, choice, filled, moment_of, tell, tell_changed
from app.core.languages import LOCALES
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, check_seen, seen_mark
from app.core.sign_in import the_person
from app.handling import calendar_following
from app.organisation import service as organisation
from app.rules import working_calendar
from app.rules.calendar_notices import DayWords, Notice, NoticeDay, read_notice, write_days
from app.rules.due_dates import Reckoned, reckon_due
from app.rules.office_hours import read_sessions, write_sessions
from app.rules.time_limits import read_limit
from app.rules.working_time import SpecialDay

bp = Blueprint("calendar", __name__)

FIRST_YEAR, LAST_YEAR = 2007, 2100
YEARS_SHOWN = 5
MOST_SAVES = 10
"""So many saves of two hundred clocks a request makes; nobody waits longer before a page."""


@bp.get("/calendar")
@requires(Permission.RULES_MANAGE)
def show_calendar() -> ResponseReturnValue:
    """Show which years are known, and the office hours."""
    return _calendar_page(_hours_form())


@bp.get("/calendar/due")
@requires(Permission.RULES_MANAGE)
def try_due() -> ResponseReturnValue:
    """Reckon one due date, and show how it was come by."""
    form, hours = _due_form(DueForm(request.args)), _hours_form()
    received = moment_of(form.received) if form.validate() else None
    if received is None:
        return _calendar_page(hours, due_form=form), 422
    try:
        limit = read_limit(filled(form.limit.data), field="limit")
        working = working_calendar.working_time(region=form.region.data or "")
        reckoned = reckon_due(received, limit, working, is_urgent=bool(form.is_urgent.data))
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _calendar_page(hours, due_form=form), refusal.status
    return _calendar_page(hours, due_form=form, reckoned=reckoned)


@bp.get("/calendar/<int:year>")
@requires(Permission.RULES_MANAGE)
def show_year(year: int) -> ResponseReturnValue:
    """Show what a year's notice says, or ask for it."""
    _check_year(year)
    known = _known(year)
    form = CalendarYearForm(
        formdata=None, where=known.where, days=write_days(known.days, words=_words())
    )
    form.seen.data = _mark(known)
    return _year_page(year, form)


@bp.post("/calendar/<int:year>")
@requires(Permission.RULES_MANAGE)
def put_year(year: int) -> ResponseReturnValue:
    """Make a year known, or known better."""
    _check_year(year)
    form = CalendarYearForm()
    if not form.validate_on_submit():
        return _year_page(year, form), 422
    try:
        notice = read_notice(
            year, filled(form.where.data), form.days.data or "", words=_words(), field="days"
        )
        with unit_of_work():
            check_seen(form.seen.data or "", _shown(_known(year)))
            working_calendar.put_year(notice, loaded_by=the_person().id)
    except ChangedMeanwhile as refusal:
        now = _known(year)
        shown = {"where": now.where, "days": write_days(now.days, words=_words())}
        tell_changed(form, refusal, mark=_mark(now), now=shown)
        return _year_page(year, form), refusal.status
    except Invalid as refusal:
        tell(form, refusal)
        return _year_page(year, form), refusal.status
    flash(gettext("calendar.saved", year=year), "success")
    return redirect(url_for("administration.calendar.show_calendar"))


@bp.post("/calendar/office-hours")
@requires(Permission.RULES_MANAGE)
def set_office_hours() -> ResponseReturnValue:
    """Let other office hours hold from a day on."""
    form = OfficeHoursForm()
    if not form.validate_on_submit() or form.since.data is None:
        return _calendar_page(form), 422
    try:
        sessions = read_sessions(filled(form.sessions.data), field="sessions")
        with unit_of_work():
            working_calendar.set_office_hours(form.since.data, sessions, set_by=the_person().id)
    except Invalid as refusal:
        tell(form, refusal)
        return _calendar_page(form), refusal.status
    flash(gettext("calendar.hours_saved", since=form.since.data.isoformat()), "success")
    return redirect(url_for("administration.calendar.show_calendar"))


@bp.post("/calendar/follow")
@requires(Permission.RULES_MANAGE)
def follow_calendar() -> ResponseReturnValue:
    """Let every clock that runs follow the calendar as it is now, each with a record."""
    form, followed = FollowCalendarForm(), 0
    if not form.validate_on_submit():
        return _calendar_page(_hours_form(), follow_form=form), 422
    for _ in range(MOST_SAVES):
        with unit_of_work():
            more = calendar_following.let_follow(filled(form.reason.data), by=the_person().id)
        followed += more
        if not more:
            break
    if left := calendar_following.count_behind():
        flash(gettext("calendar.followed_in_part", count=followed, left=left), "warning")
    else:
        flash(gettext("calendar.followed", count=followed), "success")
    return redirect(url_for("administration.calendar.show_calendar"))


def _calendar_page(
    form: OfficeHoursForm,
    *,
    due_form: DueForm | None = None,
    reckoned: Reckoned | None = None,
    follow_form: FollowCalendarForm | None = None,
) -> str:
    asked = due_form or _due_form(
        DueForm(formdata=None, received=as_typed(clock.now()), limit="10wd", region="")
    )
    years = working_calendar.list_years()
    days = {row.year: working_calendar.days_of_notice(row.year) for row in years[:YEARS_SHOWN]}
    newest = years[0].year if years else _today().year - 1
    return render_template(
        "administration/calendar.html",
        years=[
            (row, _count(days.get(row.year, []), is_off=True), _count(days.get(row.year, [])))
            for row in years[:YEARS_SHOWN]
        ],
        older=len(years) - YEARS_SHOWN,
        missing=newest + 1,
        hours=[
            (each.since, write_sessions(each.sessions))
            for each in reversed(working_calendar.list_office_hours())
        ],
        form=form,
        behind=calendar_following.count_behind(),
        follow_form=follow_form or FollowCalendarForm(formdata=None),
        due_form=asked,
        reckoned=reckoned,
    )


def _due_form(form: DueForm) -> DueForm:
    """Offer the city's calendar and those of the regions."""
    of_city = choice("", gettext("calendar.of_city"))
    form.region.choices = [
        of_city, *(choice(each.code, each.name) for each in organisation.list_counties()),
    ]  # fmt: skip
    return form


def _year_page(year: int, form: CalendarYearForm) -> str:
    is_known = any(row.year == year for row in working_calendar.list_years())
    return render_template(
        "administration/calendar_year.html", year=year, form=form, is_known=is_known
    )


def _words() -> DayWords:
    """Return the words of the page's language, then those of the others, which are understood."""
    off, worked = [gettext("calendar.word_off")], [gettext("calendar.word_worked")]
    for locale in LOCALES.values():
        with force_locale(locale):
            off.append(gettext("calendar.word_off"))
            worked.append(gettext("calendar.word_worked"))
    return DayWords(off=tuple(off), worked=tuple(worked))


def _known(year: int) -> Notice:
    rows = [row for row in working_calendar.list_years() if row.year == year]
    days = working_calendar.days_of_notice(year)
    return Notice(
        year=year,
        where=rows[0].notice if rows else "",
        days=tuple(NoticeDay(day=d.day, name=d.name, is_off=d.is_off) for d in days),
    )


def _shown(notice: Notice) -> dict[str, object]:
    return asdict(notice)


def _mark(notice: Notice) -> str:
    return seen_mark(_shown(notice))


def _count(days: Sequence[SpecialDay], *, is_off: bool = False) -> int:
    return sum(day.is_off is is_off for day in days)


def _hours_form() -> OfficeHoursForm:
    now = working_calendar.list_office_hours()[-1]
    sessions = write_sessions(now.sessions)
    return OfficeHoursForm(formdata=None, since=_today(), sessions=sessions)


def _today() -> date:
    return clock.now().astimezone(CITY_TIME).date()


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
