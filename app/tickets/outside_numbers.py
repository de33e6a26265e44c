"""The numbers that other systems have for a ticket: added, taken away, found."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.tickets import reading
from app.tickets.events import OutsideNumberAdded, OutsideNumberRemoved
from app.tickets.list_wanted import TicketsWanted
from app.tickets.models import OutsideNumber, Ticket
from app.tickets.outside_kinds import (
    MOST_NUMBERS,
    NoOutsideNumber,
    OutsideKind,
    OutsideNumberThere,
    TooManyOutsideNumbers,
    UnfitOutsideNumber,
    searched_number,
)
from app.tickets.ticket_list import page_of_list
from app.tickets.ticket_numbers import read_number

MOST_CALLED_SO = 10
SHORTEST_OWN = 12
"""Characters of a number of ours that name more than a day."""


def numbers_of(ticket_id: int) -> Sequence[OutsideNumber]:
    """Return a ticket's outside numbers in the order in which they came."""
    asked = select(OutsideNumber).where(OutsideNumber.ticket_id == ticket_id)
    return list(db.session.scalars(asked.order_by(OutsideNumber.id)))


def add_number(ticket_id: int, kind: OutsideKind, number: str, *, by: int) -> OutsideNumber:
    """Keep what another system calls a ticket.

    Raises UnfitOutsideNumber, OutsideNumberThere, TooManyOutsideNumbers.
    """
    searched = searched_number(number)
    # Two people at one ticket: the second waits here and sees what the first has added.
    db.session.get_one(Ticket, ticket_id, with_for_update=True)
    there = numbers_of(ticket_id)
    if any((each.kind, each.searched) == (kind, searched) for each in there):
        raise OutsideNumberThere(field="number")
    if len(there) >= MOST_NUMBERS:
        raise TooManyOutsideNumbers(field="number", most=MOST_NUMBERS)
    added = OutsideNumber(
        ticket_id=ticket_id, kind=kind, number=number, searched=searched,
        added_by=by, added_at=clock.now(),
    )  # fmt: skip
    db.session.add(added)
    db.session.flush()
    publish(
        OutsideNumberAdded(ticket_id=ticket_id, kind=kind.value, outside_number=number, added_by=by)
    )
    return added


def remove_number(ticket_id: int, number_id: int, *, by: int) -> None:
    """Take away a number that does not belong to a ticket. Raises NoOutsideNumber."""
    row = db.session.get(OutsideNumber, number_id)
    if row is None or row.ticket_id != ticket_id:
        raise NoOutsideNumber
    db.session.delete(row)
    publish(
        OutsideNumberRemoved(
            ticket_id=ticket_id, kind=row.kind.value, outside_number=row.number, removed_by=by
        )
    )


def own_tickets(numbers: Sequence[str]) -> dict[str, int]:
    """Return the id of each of these that is one of our own tickets."""
    asked = select(Ticket.number, Ticket.id).where(Ticket.number.in_(numbers))
    return {row.number: row.id for row in db.session.execute(asked)}


def tickets_called(text: str, reader: reading.Reader) -> list[Ticket]:
    """Return the tickets with this number, as far as this reader may know of them.

    Another system's, or our own as it is read aloud: with gaps, without its letters.
    """
    try:
        searched = searched_number(text)
    except UnfitOutsideNumber:
        return []
    elsewhere = select(OutsideNumber.ticket_id).where(
        OutsideNumber.searched.startswith(searched, autoescape=True)
    )
    called = select(Ticket).where(Ticket.id.in_(elsewhere), reading.is_for(reader))
    found = list(db.session.scalars(called.order_by(Ticket.id.desc()).limit(MOST_CALLED_SO)))
    own = read_number(text).number
    if len(own) >= SHORTEST_OWN and own != text.strip():
        page = page_of_list(TicketsWanted(text=own), reader, per_page=MOST_CALLED_SO)
        found += [each for each in page.tickets if each not in found]
    return sorted(found, key=lambda each: each.id, reverse=True)[:MOST_CALLED_SO]
