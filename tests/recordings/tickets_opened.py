"""Tickets that calls left, made by the real service."""

from datetime import datetime

from app.core.database import db, unit_of_work
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from app.tickets.models import Ticket


def a_ticket_of(
    call_id: int, *, by: int, request_type: str = "help", is_confidential: bool = False
) -> int:
    """Open a ticket for a call; return its id. The registers must be loaded."""
    with unit_of_work():
        return tickets.open_ticket(
            tickets.NewTicket(
                call_id=call_id,
                opened_by=by,
                request_type=Nature(request_type),
                title="路灯不亮",
                content="三盏路灯坏了一周。",
                category_code="1201",
                county_code="441602",
                is_confidential=is_confidential,
            )
        ).id


def close(ticket_id: int, *, at: datetime) -> None:
    """Close a ticket as its handling desk will."""
    with unit_of_work():
        ticket = db.session.get_one(Ticket, ticket_id)
        ticket.state, ticket.closed_at = tickets.TicketState.CLOSED, at
