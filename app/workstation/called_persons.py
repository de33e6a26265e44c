"""Whose number a call out dials: a page names a thing that has a number, and never the number."""

from collections.abc import Callable

from app.callers import person_list
from app.calls import call_backs
from app.channels import directory
from app.channels import service as channels
from app.core import clock
from app.core.errors import NotAllowed
from app.core.permissions import Permission
from app.tickets import person_tickets
from app.workstation.forms import CallOutForm


class NotYoursToCall(NotAllowed):
    """The number stands on pages that this person may not open."""

    code = "not-yours-to-call"


def number_asked(form: CallOutForm, *, agent_id: int, may: Callable[[Permission], bool]) -> str:
    """Return the whole number that a form means; a try at a missed caller is counted.

    Raises NotYoursToCall, and what the room says that keeps the number: NoSuchCall, NoSuchTicket,
    ContactIsHidden, NoContact, NoSuchNumber, NoSuchEntry.
    """

    def need(permission: Permission) -> None:
        if not may(permission):
            raise NotYoursToCall

    if (call_id := form.of_call.data) is not None:
        sees_all = may(Permission.CALLS_READ_ALL)
        number = call_backs.number_of(call_id, agent_id=agent_id, sees_all=sees_all)
        call_backs.note_try(call_id, agent_id=agent_id)
        return number
    if (ticket_id := form.of_ticket.data) is not None:
        need(Permission.TICKETS_READ)
        return person_tickets.contact_of(
            ticket_id,
            reader_id=agent_id,
            reads_confidential=may(Permission.TICKETS_READ_CONFIDENTIAL),
        )
    if (number_id := form.of_number.data) is not None:
        need(Permission.CALLERS_READ)
        return person_list.number_of(number_id)
    if code := form.of_entry.data:
        return directory.get_entry(code).number
    return form.number.data or ""


def number_shown() -> str:
    """Return the public number that a called citizen sees where nobody chose one."""
    ours = channels.shown_when_calling(clock.now())
    return ours[0].number if ours else ""
