"""The legal hold of one ticket: set, lifted, and every hold that it ever had."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import filled, moment_of, tell
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.tickets import holds, service
from app.tickets.forms import HoldForm, LiftForm

bp = Blueprint("hold_pages", __name__)


@bp.get("/tickets/<int:ticket_id>/hold")
@requires(Permission.TICKETS_HOLD)
def show_hold(ticket_id: int) -> ResponseReturnValue:
    """Show whether a ticket is held, why and until when, and what was before."""
    return _page(_readable(ticket_id))


@bp.post("/tickets/<int:ticket_id>/hold")
@requires(Permission.TICKETS_HOLD)
def hold_ticket(ticket_id: int) -> ResponseReturnValue:
    """Keep a ticket and what belongs to it from deletion."""
    ticket = _readable(ticket_id)
    form = HoldForm()
    if not form.validate_on_submit():
        return _page(ticket, form), 422
    try:
        with unit_of_work():
            holds.hold_ticket(
                ticket_id,
                reason=filled(form.reason.data),
                until=moment_of(form.until),
                held_by=the_person().id,
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(_readable(ticket_id), form), refusal.status
    flash(gettext("hold.was_set"), "success")
    return redirect(url_for("tickets.hold_pages.show_hold", ticket_id=ticket_id))


@bp.post("/tickets/<int:ticket_id>/hold/lift")
@requires(Permission.TICKETS_HOLD)
def lift_hold(ticket_id: int) -> ResponseReturnValue:
    """Let time pass again for a ticket."""
    ticket = _readable(ticket_id)
    form = LiftForm()
    if not form.validate_on_submit():
        return _page(ticket, form), 422
    try:
        with unit_of_work():
            holds.lift_hold(ticket_id, reason=filled(form.reason.data), lifted_by=the_person().id)
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(_readable(ticket_id), form), refusal.status
    flash(gettext("hold.was_lifted"), "success")
    return redirect(url_for("tickets.hold_pages.show_hold", ticket_id=ticket_id))


def _page(ticket: service.Ticket, form: FlaskForm | None = None) -> str:
    """Show the form that fits what stands now; one that was typed for the other state is told."""
    standing = holds.standing_hold(ticket.id)
    fitting = LiftForm if standing else HoldForm
    shown = form if isinstance(form, fitting) else fitting(formdata=None)
    if form is not None and shown is not form:
        shown.form_errors = [each for errors in form.errors.values() for each in errors]
    had = holds.holds_of(ticket.id)
    people = {each.set_by for each in had} | {each.lifted_by for each in had if each.lifted_by}
    return render_template(
        "tickets/hold.html",
        ticket=ticket,
        standing=standing,
        form=shown,
        holds=had,
        people=accounts.people(people),
    )


def _readable(ticket_id: int) -> service.Ticket:
    return service.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
