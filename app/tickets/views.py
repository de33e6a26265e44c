"""Pages of tickets: one ticket here, the list and its files beside."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.core.permissions import Permission, may, requires
from app.core.phone_numbers import mask_in_text
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.rules import service as rules
from app.tickets import export_pages, list_pages, opening, service, timeline_words
from app.tickets.unit_view import hidden_in_text

bp = Blueprint("tickets", __name__)
bp.register_blueprint(list_pages.bp)
bp.register_blueprint(export_pages.bp)

TEXTS = ("title", "content", "occurred", "respondent", "demand", "address")


@bp.get("/tickets/<int:ticket_id>")
@requires(Permission.TICKETS_READ)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket."""
    ticket = service.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    is_as_unit_reads = ticket.is_confidential and ticket.first_contact_id != the_person().id
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        said=_said(ticket, is_as_unit_reads=is_as_unit_reads),
        is_as_unit_reads=is_as_unit_reads,
        siblings=[each for each in opening.group_of(ticket) if each.id != ticket.id],
        life=timeline_words.life_of(ticket.id, hide=_hiding(ticket, is_as_unit_reads)),
        category=rules.get_category(ticket.category_code),
        place=organisation.region_path(ticket.town_code or ticket.county_code),
        first_contact=accounts.get_person(ticket.first_contact_id),
    )


def _hiding(ticket: service.Ticket, is_as_unit_reads: bool) -> Callable[[str], str]:
    """Return what takes out of a text of the ticket's life what this reader must not see."""
    if not is_as_unit_reads:
        return mask_in_text
    return partial(hidden_in_text, caller_name=ticket.caller_name)


def _said(ticket: service.Ticket, *, is_as_unit_reads: bool) -> dict[str, str]:
    """Return the texts of a ticket; of a confidential one as its handling unit reads them."""
    said = {name: getattr(ticket, name) for name in TEXTS}
    if not is_as_unit_reads:
        return said
    hidden = {
        name: hidden_in_text(text, caller_name=ticket.caller_name) for name, text in said.items()
    }
    return {**hidden, "address": ""}
