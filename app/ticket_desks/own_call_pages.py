"""Calling the citizen of a ticket from one's own telephone: who works without a desk does it here.

The page never learns the number. While a call goes on it looks again by itself, every few seconds.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.calls.own_telephones import Stage
from app.core.database import unit_of_work
from app.core.error_pages import sentence
from app.core.errors import Conflict, Invalid, NotAllowed, Refusal
from app.core.permissions import Permission, may, requires
from app.core.phone_numbers import mask
from app.core.sign_in import the_person
from app.handling import calling, contacting, reply_owed
from app.ticket_desks import unit_picture
from app.ticket_desks.desk_acts import doer
from app.ticket_desks.unit_forms import ContactWordsForm
from app.tickets import service as tickets
from app.tickets.service import Ticket

bp = Blueprint("own_calls", __name__)

PROVES = frozenset({Stage.REACHED, Stage.NOT_REACHED})


@bp.post("/unit/tickets/<int:ticket_id>/call")
@requires(Permission.TICKETS_HANDLE)
def call_for_unit(ticket_id: int) -> ResponseReturnValue:
    """Ring the clerk's telephone, then the citizen."""
    unit_picture.read(ticket_id)
    return _call(ticket_id, back=url_for("ticket_desks.unit.show_ticket", ticket_id=ticket_id))


@bp.get("/unit/tickets/<int:ticket_id>/call")
@requires(Permission.TICKETS_HANDLE)
def show_for_unit(ticket_id: int) -> ResponseReturnValue:
    """Show how far the clerk's call has come: a piece of the ticket's page."""
    return _piece(unit_picture.read(ticket_id))


@bp.post("/unit/tickets/<int:ticket_id>/contacts/<int:contact_id>/words")
@requires(Permission.TICKETS_HANDLE)
def add_words(ticket_id: int, contact_id: int) -> ResponseReturnValue:
    """Add what was said to a contact that the platform wrote down."""
    unit_picture.read(ticket_id)
    form = ContactWordsForm(prefix="words")
    if not form.validate_on_submit():
        flash(gettext("own_call.words_needed"), "warning")
    else:
        with unit_of_work():
            contacting.say_what_was_said(
                contact_id, form.note.data or "", ticket_id=ticket_id,
                is_reply_told=bool(form.told.data), doer=doer(),
            )  # fmt: skip
        flash(gettext("own_call.words_kept"), "success")
    return redirect(url_for("ticket_desks.unit.show_ticket", ticket_id=ticket_id))


@bp.post("/visits/<int:ticket_id>/call")
@requires(Permission.TICKETS_VISIT)
def call_for_visit(ticket_id: int) -> ResponseReturnValue:
    """Ring the visitor's own telephone, then the citizen."""
    _read_for_visit(ticket_id)
    return _call(ticket_id, back=url_for("ticket_desks.visits.show_visit", ticket_id=ticket_id))


@bp.get("/visits/<int:ticket_id>/call")
@requires(Permission.TICKETS_VISIT)
def show_for_visit(ticket_id: int) -> ResponseReturnValue:
    """Show how far the visitor's call has come: a piece of the visit's page."""
    return _piece(_read_for_visit(ticket_id))


def picture(ticket: Ticket) -> dict[str, Any]:
    """Return what a page shows of calling from one's own telephone; `why_not`: it cannot be."""
    why_not, telephone = "", ""
    try:
        telephone = mask(calling.check(ticket, doer=doer()).telephone)
    except Refusal as refusal:
        why_not = sentence(refusal.code, refusal.parameters)
    newest = calling.newest_call(ticket.id, by=the_person().id)
    is_visit = may(Permission.TICKETS_VISIT)
    name = "visit" if is_visit else "unit"
    return {
        "ticket_id": ticket.id,
        "is_visit": is_visit,
        "telephone": telephone,
        "why_not": why_not,
        "newest": newest,
        "post_to": url_for(f"ticket_desks.own_calls.call_for_{name}", ticket_id=ticket.id),
        "look_at": url_for(f"ticket_desks.own_calls.show_for_{name}", ticket_id=ticket.id),
        "hotline_answers": reply_owed.hotline_answers(ticket),
        "is_logged": not is_visit and newest is not None and newest.stage in PROVES,
        "contact": None if is_visit or newest is None else _without_words(ticket, newest.call_id),
        "form": ContactWordsForm(formdata=None, prefix="words"),
    }


def _without_words(ticket: Ticket, call_id: int) -> Any:
    """Return the contact that this call proved, while this person may add what was said."""
    for each in contacting.contacts_of(ticket.id):
        if each.call_id == call_id and contacting.may_add_words(each, doer=doer()):
            return each
    return None


def _call(ticket_id: int, *, back: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            calling.call_citizen(ticket_id, doer=doer())
    except (Conflict, Invalid, NotAllowed) as refusal:
        flash(sentence(refusal.code, refusal.parameters), "warning")
    else:
        flash(gettext("own_call.begun"), "success")
    return redirect(f"{back}#own-call")


def _piece(ticket: Ticket) -> str:
    return render_template("ticket_desks/own_call.html", own_call=picture(ticket))


def _read_for_visit(ticket_id: int) -> Ticket:
    reads = Permission.TICKETS_READ_CONFIDENTIAL in doer().permissions
    return tickets.read_ticket(ticket_id, reader_id=the_person().id, reads_confidential=reads)
