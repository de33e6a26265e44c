"""One page of the list of tickets, whatever it is narrowed by, in time that does not grow with it.

Pages are walked by keys: a row that comes or goes meanwhile moves nothing. How the rows of a page
are found is `list_search`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core.database import db
from app.tickets.list_cursor import Place
from app.tickets.list_search import Asked, found_ids, visible_to
from app.tickets.list_wanted import TicketsWanted
from app.tickets.list_within import Within
from app.tickets.models import Ticket
from app.tickets.reading import Reader

PER_PAGE = 25


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Tickets in their order; places beside which the pages before and behind begin, or None."""

    tickets: Sequence[Ticket]
    before: Place | None
    behind: Place | None


def page_of_list(
    wanted: TicketsWanted,
    reader: Reader,
    *,
    place: Place | None = None,
    per_page: int = PER_PAGE,
    within: Within | None = None,
) -> ListPage:
    """Return the page that begins at a place, or the first one; `within` a scope of its own."""
    asked = Asked(wanted=wanted, reader=reader, place=place, most=per_page + 1, within=within)
    ids = found_ids(asked)
    is_back = place is not None and place.is_back
    goes_on = len(ids) > per_page
    tickets = in_order(ids[:per_page][::-1] if is_back else ids[:per_page])
    has_before = goes_on if is_back else place is not None
    has_behind = is_back or goes_on
    return ListPage(
        tickets=tickets,
        before=_beside(tickets[0], wanted, is_back=True) if tickets and has_before else None,
        behind=_beside(tickets[-1], wanted, is_back=False) if tickets and has_behind else None,
    )


def all_wanted(wanted: TicketsWanted, reader: Reader, *, batch: int) -> Iterator[list[Ticket]]:
    """Give every ticket of a list, batch by batch.

    What was given is forgotten by the session, so that memory does not grow.
    """
    place: Place | None = None
    while True:
        page = page_of_list(wanted, reader, place=place, per_page=batch)
        place = page.behind
        yield list(page.tickets)
        db.session.expunge_all()
        if place is None:
            return


def chosen_tickets(ticket_ids: Sequence[int], reader: Reader) -> list[Ticket]:
    """Return those of these tickets that somebody may read, in the order given."""
    found = select(Ticket).where(Ticket.id.in_(ticket_ids), *visible_to(reader))
    tickets = {each.id: each for each in db.session.scalars(found)}
    return [tickets[each] for each in ticket_ids if each in tickets]


def in_order(ids: Sequence[int]) -> list[Ticket]:
    """Return the tickets with these ids, in this order."""
    tickets = {
        each.id: each for each in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))
    }
    return [tickets[each] for each in ids if each in tickets]


def _beside(ticket: Ticket, wanted: TicketsWanted, *, is_back: bool) -> Place:
    at = ticket.due_at if wanted.order.is_by_due else ticket.opened_at
    return Place(at=at or ticket.opened_at, ticket_id=ticket.id, is_back=is_back)
