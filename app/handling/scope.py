"""Which tickets are a unit's business: those in which it, or a unit below it, has or had a part."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, event, select
from sqlalchemy.orm import Mapper

from app.core.database import db
from app.handling.models import Assignment
from app.organisation import service as organisation
from app.tickets import list_rows, reading
from app.tickets.list_within import part_mark
from app.tickets.refusals import NoSuchTicket
from app.tickets.service import Ticket, get_ticket


def has_part(ticket_id: Any, unit_ids: Collection[int]) -> ColumnElement[bool]:
    """Return the condition that one of these units has or had a part in the ticket with this id.

    Looked up ticket by ticket: with the offset no plan collects everything that the units ever had.
    """
    here = (Assignment.ticket_id == ticket_id, Assignment.unit_id.in_(unit_ids))
    return select(Assignment.id).where(*here).offset(0).exists()


def part_marks(connection: Connection, ticket_ids: Collection[int]) -> Mapping[int, set[str]]:
    """Return the marks by which lists find what the units have or had a part in."""
    asked = select(Assignment.ticket_id, Assignment.unit_id).distinct()
    found: dict[int, set[str]] = {}
    for row in connection.execute(asked.where(Assignment.ticket_id.in_(ticket_ids))):
        found.setdefault(row.ticket_id, set()).add(part_mark(row.unit_id))
    return found


def mark_parts() -> None:
    """Let lists find tickets by the parts of units, from the save that gives a part."""
    list_rows.also_marked_by(part_marks)
    if not event.contains(Assignment, "after_insert", _mark_part):
        event.listen(Assignment, "after_insert", _mark_part)


def _mark_part(_mapper: Mapper[Assignment], connection: Connection, part: Assignment) -> None:
    list_rows.add_marks(connection, part.ticket_id, {part_mark(part.unit_id)})


def units_of(unit_id: int | None) -> frozenset[int]:
    """Return a unit and all below it; nobody's unit is none."""
    if unit_id is None:
        return frozenset()
    return frozenset({unit_id, *organisation.units_below(unit_id)})


def read_as_unit(ticket_id: int, *, unit_id: int | None) -> Ticket:
    """Return a ticket to a person of a unit that has or had a part in it.

    Raises NoSuchTicket to all others, and to people of the unit that the complaint is about: who
    guesses a number learns nothing.
    """
    own = units_of(unit_id)
    asked = select(Assignment.id).where(
        Assignment.ticket_id == ticket_id, Assignment.unit_id.in_(own)
    )
    if not own or db.session.scalar(asked.limit(1)) is None:
        raise NoSuchTicket
    ticket = get_ticket(ticket_id)
    if unit_id is not None and reading.is_kept_out(unit_id, ticket):
        raise NoSuchTicket
    return ticket
