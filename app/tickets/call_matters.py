"""What calls were about, as far as another call can be about the same."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import select

from app.core.database import db
from app.tickets.models import EnquiryRecord, Ticket, TicketCall

Matters = frozenset[str]


def matters_of(call_ids: Collection[int]) -> Mapping[int, Matters]:
    """Return what each of these calls was about: its tickets, and the categories of what it left.

    Two calls are about the same matter if they have one of these in common.
    """
    found: dict[int, set[str]] = defaultdict(set)
    records = select(EnquiryRecord.call_id, EnquiryRecord.category_code)
    for call_id, category in db.session.execute(records.where(EnquiryRecord.call_id.in_(call_ids))):
        if category:
            found[call_id].add(f"category {category}")
    opened = select(Ticket.call_id, Ticket.id, Ticket.category_code)
    for opened_in, ticket_id, category in db.session.execute(
        opened.where(Ticket.call_id.in_(call_ids))
    ):
        if opened_in is not None:
            found[opened_in] |= {f"ticket {ticket_id}", f"category {category}"}
    added = select(TicketCall.call_id, TicketCall.ticket_id)
    for call_id, ticket_id in db.session.execute(added.where(TicketCall.call_id.in_(call_ids))):
        found[call_id].add(f"ticket {ticket_id}")
    return {call_id: frozenset(matters) for call_id, matters in found.items()}
