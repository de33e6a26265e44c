"""Pages of tickets: the list, and one ticket."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.rules import service as rules
from app.tickets import service

bp = Blueprint("tickets", __name__)


@bp.get("/tickets")
@requires(Permission.TICKETS_READ)
def list_tickets() -> ResponseReturnValue:
    """Show the tickets this person may read, newest first; numbers masked."""
    text = request.args.get("text", "")[:50]
    page = service.list_tickets(
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
        page=request.args.get("page", 1, type=int),
        text=text,
    )
    return render_template("tickets/list.html", page=page, text=text)


@bp.get("/tickets/<int:ticket_id>")
@requires(Permission.TICKETS_READ)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket."""
    ticket = service.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        category=rules.get_category(ticket.category_code),
        place=organisation.region_path(ticket.town_code or ticket.county_code),
        first_contact=accounts.get_person(ticket.first_contact_id),
    )
