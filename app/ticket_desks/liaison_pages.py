"""The register of liaison persons: units keep their own, the hotline sees all and files changes."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import (
    check_form,
    choice,
    filled,
    tell,
    tell_changed,
)
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.handling import scope
from app.organisation import liaisons
from app.organisation.liaisons import LiaisonWords
from app.organisation.service import LiaisonRole
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.working_time import CalendarYearMissing
from app.ticket_desks.dispatch_forms import ActForm, LiaisonForm
from app.ticket_desks.ticket_card import unit_name

bp = Blueprint("liaisons", __name__)


@bp.get("/liaisons")
@requires(Permission.TICKETS_HANDLE)
def list_own() -> ResponseReturnValue:
    """Show the persons of one's own unit and of the units below it."""
    return _list(own=scope.units_of(the_person().unit_id))


@bp.get("/liaisons/all")
@requires(Permission.TICKETS_DISPATCH)
def list_all() -> ResponseReturnValue:
    """Show every unit's persons and what is to be filed."""
    return _list(own=None)


@bp.get("/liaisons/new")
@requires(Permission.TICKETS_HANDLE)
def new_liaison() -> ResponseReturnValue:
    """Ask for a person."""
    form = _form(
        LiaisonForm(formdata=None, valid_from=_today(), unit=the_person().unit_id), is_new=True
    )
    return render_template("ticket_desks/liaison.html", form=form, shown=None)


@bp.post("/liaisons")
@requires(Permission.TICKETS_HANDLE)
def add_liaison() -> ResponseReturnValue:
    """Add a person to one's own unit or one below it."""
    form = _form(LiaisonForm(), is_new=True)
    if not form.validate_on_submit():
        return render_template("ticket_desks/liaison.html", form=form, shown=None), 422
    try:
        with unit_of_work():
            liaisons.add_liaison(
                filled(form.unit.data), _words(form), by=the_person().id, due_at=_filing_due()
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return render_template("ticket_desks/liaison.html", form=form, shown=None), refusal.status
    flash(gettext("liaisons.saved"), "success")
    return redirect(url_for("ticket_desks.liaisons.list_own"))


@bp.get("/liaisons/<int:liaison_id>")
@requires(Permission.TICKETS_HANDLE)
def show_liaison(liaison_id: int) -> ResponseReturnValue:
    """Show one person of one's own units to be changed."""
    row = liaisons.get_liaison(liaison_id, scope.units_of(the_person().unit_id))
    form = LiaisonForm(
        formdata=None, unit=row.unit_id, name=row.name, role=str(row.role),
        valid_from=row.valid_from, valid_until=row.valid_until,
    )  # fmt: skip
    shown = liaisons.shown_of(row)
    form.seen.data = seen_mark(shown)
    return _one(_form(form), liaison_id)


@bp.post("/liaisons/<int:liaison_id>")
@requires(Permission.TICKETS_HANDLE)
def change_liaison(liaison_id: int) -> ResponseReturnValue:
    """Change what is said of a person."""
    own = scope.units_of(the_person().unit_id)
    row = liaisons.get_liaison(liaison_id, own)
    form = LiaisonForm()
    form.unit.data = row.unit_id
    _form(form)
    if not form.validate_on_submit():
        return _one(form, liaison_id), 422
    try:
        with unit_of_work():
            liaisons.change_liaison(
                liaison_id, _words(form), unit_ids=own, seen=form.seen.data or "",
                by=the_person().id, due_at=_filing_due(),
            )  # fmt: skip
    except ChangedMeanwhile as refusal:
        now = liaisons.shown_of(liaisons.get_liaison(liaison_id, own))
        tell_changed(form, refusal, mark=seen_mark(now), now=_differing(form, now))
        return _one(form, liaison_id), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _one(form, liaison_id), refusal.status
    flash(gettext("liaisons.saved"), "success")
    return redirect(url_for("ticket_desks.liaisons.list_own"))


@bp.post("/liaison-changes/<int:change_id>/file")
@requires(Permission.TICKETS_DISPATCH)
def file_change(change_id: int) -> ResponseReturnValue:
    """Take note of a change."""
    check_form(ActForm())
    with unit_of_work():
        liaisons.file_change(change_id, by=the_person().id)
    flash(gettext("liaisons.filed_now"), "success")
    return redirect(url_for("ticket_desks.liaisons.list_all"))


def _list(own: frozenset[int] | None) -> str:
    rows, changed = liaisons.list_liaisons(own), liaisons.changes(own)
    by = {each.by for each in changed} | {each.filed_by for each in changed if each.filed_by}
    names = {each.id: each.name for each in liaisons.list_liaisons(own)}
    return render_template(
        "ticket_desks/liaisons.html",
        is_hotline=own is None,
        rows=[(each, unit_name(each.unit_id)) for each in rows],
        changes=[(each, unit_name(each.unit_id), names[each.liaison_id]) for each in changed],
        people=accounts.people(by),
        today=_today(),
        now=clock.now(),
    )


def _one(form: LiaisonForm, liaison_id: int) -> str:
    row = liaisons.get_liaison(liaison_id, scope.units_of(the_person().unit_id))
    return render_template("ticket_desks/liaison.html", form=form, shown=row)


def _form(form: LiaisonForm, *, is_new: bool = False) -> LiaisonForm:
    own = scope.units_of(the_person().unit_id)
    form.unit.choices = [choice(each, unit_name(each)) for each in sorted(own)]
    form.role.choices = [
        choice(str(each), gettext(f"liaisons.role_{each}")) for each in LiaisonRole
    ]
    form.number.flags.required = is_new  # of one who is there it may stay empty
    return form


def _words(form: LiaisonForm) -> LiaisonWords:
    return LiaisonWords(
        name=filled(form.name.data),
        number=form.number.data or "",
        role=LiaisonRole(form.role.data),
        valid_from=filled(form.valid_from.data),
        valid_until=form.valid_until.data,
    )


def _differing(form: LiaisonForm, now: dict[str, Any]) -> dict[str, str]:
    typed = {
        "name": form.name.data,
        "role": form.role.data,
        "valid_from": str(form.valid_from.data),
        "valid_until": str(form.valid_until.data) if form.valid_until.data else None,
    }
    told = {**now, "role": gettext(f"liaisons.role_{now['role']}")}
    return {name: str(told[name] or "") for name, value in typed.items() if value != now[name]}


def _filing_due() -> datetime | None:
    """Reckon by when the hotline should have filed a change that is made now."""
    book, at = rule_register.read_book(), clock.now()
    limit = book.limit("limit.liaison_filing", at)
    try:
        return reckon_due(at, limit, working_calendar.working_time(), way=book.counting(at)).due
    except CalendarYearMissing:
        return None


def _today() -> Any:
    return clock.now().astimezone(clock.CITY_TIME).date()
