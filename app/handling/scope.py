"""Which tickets are a unit's business: those in which it, or a unit below it, has or had a part."""

from collections.abc import Collection

from sqlalchemy import Select, exists, select

from app.core.database import db
from app.handling.models import Assignment
from app.organisation import service as organisation
from app.tickets.refusals import NoSuchTicket
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_states import TicketState


def of_units(unit_ids: Collection[int], *, live: bool = False) -> Select[Ticket]:
    """Select the tickets in which these units have a part; `live`: which they still have."""
    part = exists().where(Assignment.ticket_id == Ticket.id, Assignment.unit_id.in_(unit_ids))
    if live:
        part = part.where(Assignment.ended_at.is_(None))
    return select(Ticket).where(part)


def units_of(unit_id: int | None) -> frozenset[int]:
    """Return a unit and all below it; nobody's unit is none."""
    if unit_id is None:
        return frozenset()
    return frozenset({unit_id, *organisation.units_below(unit_id)})


def read_as_unit(ticket_id: int, *, unit_id: int | None) -> Ticket:
    """Return a ticket to a person of a unit that has or had a part in it.

    Raises NoSuchTicket to all others: who guesses a number learns nothing.
    """
    own = units_of(unit_id)
    asked = select(Assignment.id).where(
        Assignment.ticket_id == ticket_id, Assignment.unit_id.in_(own)
    )
    if not own or db.session.scalar(asked.limit(1)) is None:
        raise NoSuchTicket
    return get_ticket(ticket_id)


def tickets_in(states: Collection[TicketState]) -> Select[Ticket]:
    """Select tickets by where they stand, the most urgent and then the earliest due first."""
    return (
        select(Ticket)
        .where(Ticket.state.in_(states))
        .order_by(Ticket.urgency.desc(), Ticket.due_at, Ticket.id)
    )
