"""What other systems call a ticket: written and taken away on its page by who opens tickets."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import check_form, filled, tell
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.tickets import outside_numbers, service
from app.tickets.forms import OutsideNumberForm
from app.tickets.outside_kinds import OutsideKind
from app.tickets.ticket_page import ticket_page

bp = Blueprint("outside_numbers", __name__)


@bp.post("/tickets/<int:ticket_id>/outside-numbers")
@requires(Permission.TICKETS_OPEN)
def add_number(ticket_id: int) -> ResponseReturnValue:
    """Keep what another system calls a ticket."""
    ticket = _read(ticket_id)
    form = OutsideNumberForm()
    if not form.validate_on_submit():
        return ticket_page(ticket, number_form=form), 422
    try:
        with unit_of_work():
            outside_numbers.add_number(
                ticket_id, OutsideKind(filled(form.kind.data)), filled(form.number.data),
                by=the_person().id,
            )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return ticket_page(_read(ticket_id), number_form=form), refusal.status
    return _done(ticket_id, "tickets.outside_added")


@bp.post("/tickets/<int:ticket_id>/outside-numbers/<int:number_id>/remove")
@requires(Permission.TICKETS_OPEN)
def remove_number(ticket_id: int, number_id: int) -> ResponseReturnValue:
    """Take away a number that does not belong to a ticket."""
    _read(ticket_id)
    check_form(FlaskForm())
    with unit_of_work():
        outside_numbers.remove_number(ticket_id, number_id, by=the_person().id)
    return _done(ticket_id, "tickets.outside_removed")


def _read(ticket_id: int) -> service.Ticket:
    return service.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )


def _done(ticket_id: int, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id))
