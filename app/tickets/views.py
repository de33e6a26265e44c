"""Pages of tickets: one ticket here, the list and its files beside."""

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.core import clock
from app.core.database import unit_of_work
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy import service as privacy
from app.tickets import (
    export_pages,
    hold_pages,
    list_pages,
    number_pages,
    privacy_pages,
    reading,
    service,
)
from app.tickets.ticket_numbers import groups_of
from app.tickets.ticket_page import ticket_page
from app.tickets.type_names import type_name_on_page

bp = Blueprint("tickets", __name__)
bp.register_blueprint(list_pages.bp)
bp.register_blueprint(export_pages.bp)
bp.register_blueprint(number_pages.bp)
bp.register_blueprint(privacy_pages.bp)
bp.register_blueprint(hold_pages.bp)
bp.add_app_template_global(type_name_on_page, "type_name")


@bp.get("/tickets/<int:ticket_id>")
@requires(Permission.TICKETS_READ)
def show_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket as this person may see it; that he saw it is kept."""
    reader = the_person()
    with unit_of_work():
        ticket = service.read_ticket(
            ticket_id,
            reader_id=reader.id,
            reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
        )
        subject = reading.subject_of(ticket)
        opened = privacy.open_for(subject, person_id=reader.id)
        privacy.note_view(
            subject,
            viewer_id=reader.id,
            level=ticket.privacy,
            is_unmasked=opened is not None,
            address=request.remote_addr or "",
        )
    answer = make_response(ticket_page(service.get_ticket(ticket_id)))
    if opened is not None:
        # When its time is over an open page is drawn anew, covered.
        answer.headers["Refresh"] = str(opened.seconds_left(clock.now()))
    return answer


@bp.app_template_filter("spoken_number")
def spoken_number(number: str) -> Markup:
    """Write a ticket number in the parts in which it is read aloud; copied, it is one word."""
    parts = Markup("").join(Markup("<span>{}</span>").format(part) for part in groups_of(number))
    return Markup('<span class="spoken-number">{}</span>').format(parts)
