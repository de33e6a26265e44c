"""The numbers that units read: which round of a ticket is meant, and whose part (domain rules 2.2).

A part other than the lead's is the nth of its round, in the order in which the parts began: that
order stands in the parts themselves, and a part that ended keeps its place in it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from app.core.database import db
from app.handling.models import Assignment, Part
from app.tickets.service import Ticket
from app.tickets.ticket_numbers import with_round_and_part


def numbers_of_parts(ticket: Ticket, parts: Sequence[Assignment]) -> Mapping[int, str]:
    """Return the number of each part of a ticket, by the part's id; all parts must be given."""
    found: dict[int, str] = {}
    counted: defaultdict[int, int] = defaultdict(int)
    for each in sorted(parts, key=lambda part: part.id):
        nth = 0
        if each.part is not Part.LEAD:
            counted[each.round] += 1
            nth = counted[each.round]
        found[each.id] = with_round_and_part(ticket.number, nth_round=each.round, part=nth)
    return found


def number_for(ticket: Ticket, unit_id: int | None) -> str:
    """Return the number of a ticket as this unit reads it."""
    return numbers_for([ticket], unit_id)[ticket.id]


def numbers_for(tickets: Collection[Ticket], unit_id: int | None) -> Mapping[int, str]:
    """Return the numbers of these tickets as this unit reads them, by the ticket's id.

    Its newest part says it; a unit without any reads which round it is.
    """
    wanted = {each.id: each for each in tickets}
    parts: defaultdict[int, list[Assignment]] = defaultdict(list)
    if unit_id is not None:
        mine = select(Assignment.ticket_id).where(
            Assignment.ticket_id.in_(wanted), Assignment.unit_id == unit_id
        )
        asked = select(Assignment).where(Assignment.ticket_id.in_(mine)).order_by(Assignment.id)
        for each in db.session.scalars(asked):
            parts[each.ticket_id].append(each)
    return {
        ticket_id: _newest_of(ticket, parts[ticket_id], unit_id)
        for ticket_id, ticket in wanted.items()
    }


def _newest_of(ticket: Ticket, parts: Sequence[Assignment], unit_id: int | None) -> str:
    own = [each for each in parts if each.unit_id == unit_id]
    if not own:
        return with_round_and_part(ticket.number, nth_round=ticket.round)
    return numbers_of_parts(ticket, parts)[own[-1].id]
