"""The one page over all channels, for leaders and departments: read, and nothing else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.channel_entries import channel_register
from app.core import clock
from app.core.database import unit_of_work
from app.core.forms import choice
from app.core.handed_down import given
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.handling import scope as handling_scope
from app.organisation import service as organisation
from app.results import service
from app.results.forms import SearchForm
from app.results.scopes import Scope, scope_of
from app.rules import service as rules
from app.tickets.list_cursor import BadPlace, Place, read_place, write_place
from app.tickets.list_names import ListNames, Names
from app.tickets.list_wanted import BY_PHONE, TicketsWanted, wanted_from
from app.tickets.type_names import types_until_now

bp = Blueprint("results", __name__, url_prefix="/results")


@bp.get("")
@requires(Permission.RESULTS_READ)
def list_results() -> ResponseReturnValue:
    """Show what reached the city by any channel, as far as this person reads it."""
    channels = channel_register.channel_names()
    names = given(ListNames).at(clock.now())
    form = _form(channels, names)
    if not form.validate():
        return render_template("results/list.html", form=form, lines=[], asked={}), 422
    wanted = _wanted(form)
    with unit_of_work():
        page = service.list_results(
            wanted, _scope(), reader_id=the_person().id, place=_place(wanted)
        )
    asked = {field.name: _written(field.data) for field in form if field.data}
    return render_template(
        "results/list.html",
        form=form,
        lines=page.lines,
        asked=asked,
        newer=_link(page.before, wanted, asked),
        older=_link(page.behind, wanted, asked),
        names=channels,
        places=names.paths,
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


def _form(channels: Mapping[int, str], names: Names) -> SearchForm:
    form = SearchForm(request.args)
    every = choice("", gettext("administration.all"))
    form.channel.choices = [
        every,
        choice(BY_PHONE, gettext("results.by_phone")),
        *(choice(str(id_), name) for id_, name in channels.items()),
    ]
    form.request_type.choices = [every, *(choice(*each) for each in types_until_now().items())]
    counties = [choice(code, name) for code, name in names.counties.items()]
    form.county_code.choices = [every, *counties]
    return form


def _wanted(form: SearchForm) -> TicketsWanted:
    return wanted_from(
        {
            "text": form.text.data or "",
            "channel": form.channel.data or "",
            "request_type": form.request_type.data or "",
            "county": form.county_code.data or "",
            "state": form.state.data or "",
            "opened_from": _written(form.since.data),
            "opened_until": _written(form.until.data),
        }
    )


def _written(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _place(wanted: TicketsWanted) -> Place | None:
    """Return where the page begins; an address that was not made here begins at the beginning."""
    text = request.args.get("at", "")
    if not text:
        return None
    try:
        return read_place(text, wanted, secret=current_app.config["SECRET_KEY"])
    except BadPlace:
        flash(gettext("tickets.list_from_the_beginning"), "warning")
        return None


def _link(place: Place | None, wanted: TicketsWanted, asked: dict[str, str]) -> str:
    if place is None:
        return ""
    at = write_place(place, wanted, secret=current_app.config["SECRET_KEY"])
    values: dict[str, Any] = {**asked, "at": at}
    return url_for("results.list_results", **values)
