"""Urgent tickets that their lead has not signed for: who has to be woken, and since when.

A ticket that was taken up by itself at its limit is among them for a while: nobody has looked yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select

from app.core.database import db
from app.handling.clock_rules import ClockKind
from app.handling.models import Assignment, Part, TicketClock
from app.tickets.service import Ticket, Urgency
from app.tickets.ticket_states import TicketState

LOOKED_BACK = timedelta(days=2)
STATES = (TicketState.TO_SIGN, TicketState.HANDLING)


@dataclass(frozen=True, kw_only=True)
class UnsignedLead:
    """One urgent dispatch that waits for a person of its unit."""

    assignment_id: int
    unit_id: int
    ticket_id: int
    number: str
    dispatched_at: datetime
    sign_due: datetime


def urgent_unsigned(now: datetime) -> list[UnsignedLead]:
    """Return the urgent dispatches of the last days that nobody has signed for, oldest first."""
    asked = (
        select(Assignment, Ticket.number, TicketClock.due_at)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .join(
            TicketClock,
            and_(
                TicketClock.ticket_id == Ticket.id,
                TicketClock.kind == ClockKind.SIGN,
                TicketClock.unit_id == Assignment.unit_id,
                TicketClock.started_at >= Assignment.dispatched_at,
            ),
        )
        .where(
            Assignment.part == Part.LEAD,
            Assignment.ended_at.is_(None),
            Assignment.dispatched_at > now - LOOKED_BACK,
            or_(Assignment.signed_at.is_(None), Assignment.is_signed_by_itself),
            Ticket.urgency != Urgency.NORMAL,
            Ticket.state.in_(STATES),
        )
        .order_by(Assignment.id, TicketClock.id)
    )
    return [
        UnsignedLead(
            assignment_id=part.id,
            unit_id=part.unit_id,
            ticket_id=part.ticket_id,
            number=number,
            dispatched_at=part.dispatched_at,
            sign_due=due_at,
        )
        for part, number, due_at in db.session.execute(asked)
        if due_at is not None
    ]
