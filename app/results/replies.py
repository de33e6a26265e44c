"""What everybody may read of how a case ended, whoever handled it."""

from collections.abc import Collection

from app.channel_entries import case_reading
from app.handling import results as handling_results
from app.handling import shared_replies
from app.tickets.service import Ticket, TicketState, get_ticket

HEARD = frozenset({TicketState.CLOSED, TicketState.ARCHIVED})


def public_reply(ticket: Ticket) -> str:
    """Return the reply that holds, or "" while there is none to be read.

    A case that follows another has the other's reply, as far as its caller may have it. What was
    handed in and not found good is no reply yet.
    """
    if ticket.state is TicketState.MERGED and ticket.master_id is not None:
        master = get_ticket(ticket.master_id)
        return shared_replies.told(public_reply(master), ticket, master)
    if ticket.state not in HEARD:
        return ""
    if ticket.is_channels_own:
        return _of_channels([ticket.id])
    held = [
        each
        for each in handling_results.results_of(ticket.id)
        if each.audited_at is not None and not each.defect
    ]
    return held[-1].public_reply if held else _of_channels([ticket.id])


def _of_channels(ticket_ids: Collection[int]) -> str:
    cases = case_reading.cases_of_tickets(ticket_ids)
    found = case_reading.results_of([case.id for case in cases])
    replies = [result.public_reply for results in found.values() for result in results]
    return replies[-1] if replies else ""
