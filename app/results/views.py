"""The one page over all channels, for leaders and departments: read, and nothing else."""

from datetime import date, datetime, time, timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.channel_entries import channel_register
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.forms import choice
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.handling import scope as handling_scope
from app.organisation import service as organisation
from app.results import service
from app.results.forms import SearchForm
from app.results.scopes import Scope, scope_of
from app.results.service import BY_PHONE, Wanted
from app.rules import service as rules

bp = Blueprint("results", __name__, url_prefix="/results")


@bp.get("")
@requires(Permission.RESULTS_READ)
def list_results() -> ResponseReturnValue:
    """Show what reached the city by any channel, as far as this person reads it."""
    form = _form()
    if not form.validate():
        return render_template("results/list.html", form=form, lines=[], asked={}), 422
    with unit_of_work():
        lines, before = service.list_results(_wanted(form), _scope(), reader_id=the_person().id)
    asked = {
        field.name: field.data.isoformat() if isinstance(field.data, date) else field.data
        for field in form
        if field.data and field.name != "before"
    }
    return render_template(
        "results/list.html",
        form=form,
        lines=lines,
        asked=asked,
        before=before,
        names=channel_register.channel_names(),
        places={code: organisation.region_path(code) for code in {e.place_code for e in lines}},
    )


@bp.get("/<int:ticket_id>")
@requires(Permission.RESULTS_READ)
def show_result(ticket_id: int) -> ResponseReturnValue:
    """Show one case: what it was about, its course, the public reply."""
    with unit_of_work():
        shown = service.read_result(
            ticket_id, _scope(), reader_id=the_person().id, address=request.remote_addr or ""
        )
    units = {each.unit_id for each in shown.steps if each.unit_id}
    units |= {shown.lead_unit_id} if shown.lead_unit_id else set()
    return render_template(
        "results/show.html",
        shown=shown,
        line=shown.line,
        category=rules.get_category(shown.category_code).name,
        place=organisation.region_path(shown.line.place_code),
        channel=channel_register.channel_names().get(shown.line.channel_id or 0, ""),
        units={unit_id: organisation.get_unit(unit_id).name for unit_id in units},
    )


def _scope() -> Scope:
    person = the_person()
    unit = organisation.get_unit(person.unit_id) if person.unit_id else None
    return scope_of(
        person.role,
        unit_region=unit.region_code if unit else None,
        unit_ids=handling_scope.units_of(person.unit_id),
    )


def _form() -> SearchForm:
    form = SearchForm(request.args)
    every = choice("", gettext("administration.all"))
    names = channel_register.channel_names()
    form.channel.choices = [
        every,
        choice(BY_PHONE, gettext("results.by_phone")),
        *(choice(str(id_), name) for id_, name in names.items()),
    ]
    counties = [choice(each.code, each.name) for each in organisation.list_counties()]
    form.county_code.choices = [every, *counties]
    return form


def _wanted(form: SearchForm) -> Wanted:
    until: date | None = form.until.data
    return Wanted(
        text=form.text.data or "",
        channel=form.channel.data or "",
        request_type=form.request_type.data or "",
        county_code=form.county_code.data or "",
        state=form.state.data or "",
        since=_midnight(form.since.data),
        until=_midnight(until + timedelta(days=1)) if until and until.year < 9000 else None,
        before=form.before.data,
    )


def _midnight(day: date | None) -> datetime | None:
    if day is None or not 2000 <= day.year <= 9000:  # beyond these no clock of ours has been
        return None
    return datetime.combine(day, time.min, tzinfo=CITY_TIME)
