"""Pages of tickets: the list, and one ticket."""

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.database import unit_of_work
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy import service as privacy
from app.tickets import privacy_pages, reading, service, ticket_pages

bp = Blueprint("tickets", __name__)
bp.register_blueprint(privacy_pages.bp)


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
    reader = reading.reader_of(the_person().id)
    titles = {each.id: reading.title_in_list(each, reader) for each in page.items}
    return render_template("tickets/list.html", page=page, text=text, titles=titles)


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
    answer = make_response(ticket_pages.page(service.get_ticket(ticket_id)))
    if opened is not None:
        # When its time is over an open page is drawn anew, covered.
        answer.headers["Refresh"] = str(opened.seconds_left(clock.now()))
    return answer
