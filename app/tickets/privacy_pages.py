"""A ticket's personal data: uncovered for a time and a reason, covered again, and who saw it."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.error_pages import wants_json
from app.core.forms import check_form, filled
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.privacy import service as privacy
from app.privacy.forms import UnmaskForm
from app.privacy.levels import MAY_UNMASK
from app.privacy.looks import Subject, SubjectKind
from app.privacy.uncovering import UnmaskReason
from app.tickets import duplicates, reading, service
from app.tickets.refusals import NotUncovered
from app.tickets.ticket_page import ticket_page

bp = Blueprint("privacy_pages", __name__)


@bp.post("/tickets/<int:ticket_id>/unmask")
@requires(Permission.CALLERS_UNMASK)
def unmask_ticket(ticket_id: int) -> ResponseReturnValue:
    """Show this ticket whole to this person, for a time; who looked and why is kept."""
    ticket = _readable(ticket_id)
    form = UnmaskForm(prefix="unmask")
    if not form.validate_on_submit():
        if wants_json():
            check_form(form)
        return ticket_page(ticket, unmask_form=form), 422
    reader_id = the_person().id
    with unit_of_work():
        ticket = service.get_ticket(ticket_id)
        if reading.capacity_of(ticket, reading.reader_of(reader_id)) not in MAY_UNMASK:
            raise NotUncovered
        privacy.unmask(
            reading.subject_of(ticket),
            reason_code=UnmaskReason(filled(form.reason_code.data)),
            reason=form.reason.data or "",
            by=reader_id,
            level=ticket.privacy,
            address=request.remote_addr or "",
        )
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id))


@bp.post("/tickets/<int:ticket_id>/cover")
@requires(Permission.CALLERS_UNMASK)
def cover_ticket(ticket_id: int) -> ResponseReturnValue:
    """Cover it again before the time is over."""
    _readable(ticket_id)
    with unit_of_work():
        subject = reading.subject_of(service.get_ticket(ticket_id))
        privacy.cover_again(subject, person_id=the_person().id)
    return redirect(url_for("tickets.show_ticket", ticket_id=ticket_id))


@bp.get("/tickets/<int:ticket_id>/views")
@requires(Permission.TICKETS_VIEWS_READ)
def list_views(ticket_id: int) -> ResponseReturnValue:
    """Show who saw this ticket, who heard its calls and who had it uncovered."""
    ticket = service.get_ticket(ticket_id) if may(Permission.AUDIT_READ) else _readable(ticket_id)
    call_ids = {each.call_id for each in duplicates.calls_added_to(ticket.id)}
    call_ids |= {ticket.call_id} if ticket.call_id is not None else set()
    calls = [Subject(kind=SubjectKind.CALL, id=each) for each in sorted(call_ids)]
    subjects = [reading.subject_of(ticket), *calls]
    page = privacy.views_of(subjects, page=request.args.get("page", 1, type=int))
    unmaskings = privacy.unmaskings_of(subjects)
    return render_template(
        "tickets/views.html",
        number=ticket.number,
        ticket_id=ticket.id,
        page=page,
        unmaskings=unmaskings,
        people=accounts.people(
            {row.viewer_id for row in page.items} | {each.by for each in unmaskings}
        ),
    )


def _readable(ticket_id: int) -> service.Ticket:
    return service.read_ticket(
        ticket_id,
        reader_id=the_person().id,
        reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
    )
