"""What the end of tickets asks of their table: whose time is over, what their calls are, who waits.

Ties to calls are pairs of a ticket and a call; the rooms above know of more (`handling.erasing`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app.core.database import db
from app.tickets.models import Ticket, TicketCall
from app.tickets.ticket_states import OPEN_STATES, OVER

Ties = set[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class EndedTicket:
    """A ticket that ended at a moment and has not been erased."""

    id: int
    number: str
    closed_at: datetime
    caller_id: int | None


def ended_before(
    before: datetime, *, after: tuple[datetime, int] | None, most: int
) -> list[EndedTicket]:
    """Return the next tickets that ended before a moment, oldest first, locked for this save.

    `after` is where to go on: the end and the id of the last one that was looked at.
    """
    wanted = select(Ticket).where(
        Ticket.erased_at.is_(None), Ticket.closed_at < before, Ticket.state.in_(OVER)
    )
    if after is not None:
        moment, last = after
        is_behind = or_(Ticket.closed_at > moment, Ticket.id > last)
        wanted = wanted.where(and_(Ticket.closed_at >= moment, is_behind))
    wanted = wanted.order_by(Ticket.closed_at, Ticket.id).limit(most).with_for_update()
    return [
        EndedTicket(id=row.id, number=row.number, closed_at=row.closed_at, caller_id=row.caller_id)
        for row in db.session.scalars(wanted)
        if row.closed_at is not None
    ]


def needed(ticket_ids: Collection[int], *, before: datetime) -> frozenset[int]:
    """Return which of these something that has not come to its end still needs.

    That is an open demand of the same call, and the ticket that one was merged into, as long as
    its own time is not over: what is merged ends with its master.
    """
    other = aliased(Ticket)
    is_sibling = or_(
        other.id == Ticket.sibling_of_id,
        other.sibling_of_id == Ticket.id,
        other.sibling_of_id == Ticket.sibling_of_id,
    )
    is_open = other.state.in_(OPEN_STATES)
    is_running = is_open | other.closed_at.is_(None) | (other.closed_at >= before)
    is_needed = or_(
        is_sibling & is_open,
        (other.id == Ticket.master_id) & other.erased_at.is_(None) & is_running,
    )
    wanted = select(Ticket.id).join(other, is_needed).where(Ticket.id.in_(ticket_ids))
    return frozenset(db.session.scalars(wanted))


def ties_of_tickets(ticket_ids: Collection[int]) -> Ties:
    """Return these tickets with the calls in which they were opened and named again."""
    return _ties(Ticket.id.in_(ticket_ids), TicketCall.ticket_id.in_(ticket_ids))


def ties_of_calls(call_ids: Collection[int]) -> Ties:
    """Return these calls with the tickets that they opened or named again."""
    return _ties(Ticket.call_id.in_(call_ids), TicketCall.call_id.in_(call_ids))


def still_kept(ticket_ids: Collection[int]) -> frozenset[int]:
    """Return which of these have not been erased."""
    wanted = select(Ticket.id).where(Ticket.id.in_(ticket_ids), Ticket.erased_at.is_(None))
    return frozenset(db.session.scalars(wanted))


def persons_kept(caller_ids: Collection[int]) -> frozenset[int]:
    """Return which of these persons have a ticket that has not been erased."""
    wanted = select(Ticket.caller_id).where(
        Ticket.caller_id.in_(caller_ids), Ticket.erased_at.is_(None)
    )
    return frozenset(each for each in db.session.scalars(wanted) if each is not None)


def persons_of(ticket_ids: Collection[int]) -> frozenset[int]:
    """Return the persons whose tickets these are."""
    wanted = select(Ticket.caller_id).where(Ticket.id.in_(ticket_ids))
    return frozenset(each for each in db.session.scalars(wanted) if each is not None)


def names_in(ticket_ids: Collection[int]) -> frozenset[str]:
    """Return how the callers of these tickets are called."""
    wanted = select(Ticket.caller_name).where(Ticket.id.in_(ticket_ids), Ticket.caller_name != "")
    return frozenset(db.session.scalars(wanted))


def numbers_of(ticket_ids: Collection[int]) -> frozenset[str]:
    """Return the numbers by which people call these tickets."""
    return frozenset(db.session.scalars(select(Ticket.number).where(Ticket.id.in_(ticket_ids))))


def _ties(opened: ColumnElement[bool], named: ColumnElement[bool]) -> Ties:
    first = select(Ticket.id, Ticket.call_id).where(opened, Ticket.call_id.is_not(None))
    later = select(TicketCall.ticket_id, TicketCall.call_id).where(named)
    return {
        (ticket_id, call_id)
        for ticket_id, call_id in [*db.session.execute(first), *db.session.execute(later)]
    }
