"""What calls left in tickets, as far as the keeping of their recordings is concerned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.rules import type_register
from app.rules.type_natures import ABOUT_SOMEBODY
from app.tickets.duplicates import tickets_added_to
from app.tickets.models import Ticket
from app.tickets.ticket_states import OPEN_STATES


@dataclass(frozen=True, kw_only=True)
class LeftTicket:
    """A ticket as far as the keeping of its call's recording is concerned."""

    is_complaint: bool  # a complaint or a report
    is_confidential: bool
    is_open: bool
    closed_at: datetime | None


def left_by_calls(call_ids: Collection[int]) -> dict[int, list[LeftTicket]]:
    """Return the tickets that these calls left; a call without any is left out."""
    wanted = select(Ticket).where(Ticket.call_id.in_(call_ids)).order_by(Ticket.id)
    complaints = type_register.codes_of(ABOUT_SOMEBODY)
    left: dict[int, list[LeftTicket]] = {}
    for ticket in db.session.scalars(wanted):
        if ticket.call_id is not None:
            left.setdefault(ticket.call_id, []).append(_left(ticket, complaints))
    # A later call about the same matter is kept as long as the ticket's own.
    for call_id, added in tickets_added_to(call_ids).items():
        left.setdefault(call_id, []).extend(_left(ticket, complaints) for ticket in added)
    return left


def _left(ticket: Ticket, complaints: Collection[str]) -> LeftTicket:
    return LeftTicket(
        is_complaint=ticket.request_type in complaints,
        is_confidential=ticket.is_confidential,
        is_open=ticket.state in OPEN_STATES,
        closed_at=ticket.closed_at,
    )
