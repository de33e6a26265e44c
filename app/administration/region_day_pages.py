"""Pages of the days that a region has for itself over the city's calendar: set, and taken back."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import RegionDayForm, TakeDayBackForm
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import choice, filled, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.handling import calendar_following
from app.organisation import service as organisation
from app.rules import working_calendar
from app.rules.calendar_history import RegionDay, RegionDayKind
from app.rules.calendar_notices import LONGEST_SPAN
from app.rules.working_time import A_DAY

bp = Blueprint("region_days", __name__)


class SpanUnfit(Invalid):
    """The last day is not before the first, and no more than a month behind it."""

    code = "calendar-span-unfit"


@bp.get("/calendar/regions")
@requires(Permission.RULES_MANAGE)
def list_days() -> ResponseReturnValue:
    """Show which regions have days of their own."""
    return _page(_form())


@bp.post("/calendar/regions")
@requires(Permission.RULES_MANAGE)
def set_days() -> ResponseReturnValue:
    """Let a region have a day of its own, or each day of a span."""
    form = _form(is_sent=True)
    if not form.validate_on_submit() or form.day.data is None:
        return _page(form), 422
    region, kind = form.region.data, RegionDayKind(form.kind.data)
    try:
        days = _span(form.day.data, form.until.data)
        with unit_of_work():
            for day in days:
                wanted = RegionDay(
                    region=region,
                    day=day,
                    kind=kind,
                    name=filled(form.why.data),
                    basis=filled(form.basis.data),
                )
                working_calendar.set_region_day(wanted, set_by=the_person().id)
    except (Conflict, Invalid, NotFound) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    name = organisation.region_path(region)
    flash(gettext("calendar.region_saved", region=name, count=len(days)), "success")
    return redirect(url_for("administration.region_days.list_days"))


@bp.post("/calendar/regions/take-back")
@requires(Permission.RULES_MANAGE)
def take_back() -> ResponseReturnValue:
    """Let the city's calendar hold again on a day that a region had for itself."""
    form = TakeDayBackForm()
    if not form.validate_on_submit() or form.day.data is None:
        raise NotFound
    region, day = filled(form.region.data), form.day.data
    try:
        with unit_of_work():
            working_calendar.take_region_day_back(region, day, taken_back_by=the_person().id)
    except (Conflict, Invalid) as refusal:
        page = _form()
        tell(page, refusal)
        return _page(page), refusal.status
    name = organisation.region_path(region)
    flash(gettext("calendar.region_taken_back", region=name, day=day.isoformat()), "success")
    return redirect(url_for("administration.region_days.list_days"))


def _form(*, is_sent: bool = False) -> RegionDayForm:
    form = RegionDayForm() if is_sent else RegionDayForm(formdata=None)
    form.region.choices = [choice(each.code, each.name) for each in organisation.list_counties()]
    return form


def _page(form: RegionDayForm) -> str:
    names = organisation.region_paths()
    known = working_calendar.calendar().regional.values()
    return render_template(
        "administration/calendar_regions.html",
        rows=sorted(known, key=lambda each: (each.day, each.region), reverse=True),
        names=names,
        today=clock.now().astimezone(CITY_TIME).date(),
        behind=calendar_following.count_behind(),
        form=form,
    )


def _span(first: date, last: date | None) -> list[date]:
    """Return the days from the first to the last; raises SpanUnfit."""
    until = last or first
    if not first <= until <= first + LONGEST_SPAN:
        raise SpanUnfit(field="until", most=LONGEST_SPAN.days)
    return [first + A_DAY * each for each in range((until - first).days + 1)]
