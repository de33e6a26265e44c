"""One page of the list of tickets, whatever it is narrowed by, in time that does not grow with it.

Pages are walked by keys: a row that comes or goes meanwhile moves nothing. On PostgreSQL the first
rows of the order are looked through, which is enough where much is wanted; where little is, one
index over marks and words finds it, in stretches of time that grow until the page is full (a
million tickets: `make bench ONLY=ticket_list`). SQLite walks the index of the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.column_types import Moment
from app.core.database import db
from app.tickets import reading
from app.tickets.list_cursor import Place
from app.tickets.list_wanted import (
    OPEN,
    TicketsWanted,
    day_of,
    marks_wanted,
    one_of,
    quarters_between,
    stretches,
)
from app.tickets.models import Ticket, TicketListRow
from app.tickets.reading import Reader
from app.tickets.ticket_states import OPEN_STATES

PER_PAGE = 25
LOOKED_THROUGH = 1000
"""Rows in their order that are looked through before the index of marks is asked."""
TOP_LEVEL = 2
"""Characters of a category's code that name its first level."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """Tickets in their order; places beside which the pages before and behind begin, or None."""

    tickets: Sequence[Ticket]
    before: Place | None
    behind: Place | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One page that is asked for; `most` is one more than it shows."""

    wanted: TicketsWanted
    reader: Reader
    place: Place | None
    most: int

    @property
    def goes_up(self) -> bool:
        """Say whether rows are read from the earliest moment on."""
        is_back = self.place is not None and self.place.is_back
        return self.wanted.order.goes_up != is_back


def page_of_list(
    wanted: TicketsWanted,
    reader: Reader,
    *,
    place: Place | None = None,
    per_page: int = PER_PAGE,
) -> ListPage:
    """Return the page that begins at a place, or the first one."""
    ids = found_ids(Asked(wanted=wanted, reader=reader, place=place, most=per_page + 1))
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
    found = select(Ticket).where(Ticket.id.in_(ticket_ids), *_visible(reader))
    tickets = {each.id: each for each in db.session.scalars(found)}
    return [tickets[each] for each in ticket_ids if each in tickets]


def in_order(ids: Sequence[int]) -> list[Ticket]:
    """Return the tickets with these ids, in this order."""
    tickets = {
        each.id: each for each in db.session.scalars(select(Ticket).where(Ticket.id.in_(ids)))
    }
    return [tickets[each] for each in ids if each in tickets]


def found_ids(asked: Asked) -> list[int]:
    """Return the ids of one page and one more, in the direction of reading."""
    if db.session.get_bind().dialect.name != "postgresql":
        return list(db.session.scalars(walked(asked)))
    near = list(db.session.scalars(walked(asked, through=LOOKED_THROUGH)))
    if len(near) >= asked.most or not _may_lack(asked):
        return near
    ids: list[int] = []
    for marks in marks_in_turn(asked):
        lacking = replace(asked, most=asked.most - len(ids))
        ids += db.session.scalars(marked(lacking, marks))
        if len(ids) >= asked.most:
            break
    return ids


def walked(asked: Asked, *, through: int | None = None) -> Select[Any]:
    """Select by the order: among all rows, or among the first ones `through`."""
    rows: Any = TicketListRow
    if through is not None:
        kept = (rows.ticket_id, rows.number, rows.opened_at, rows.closed_at, rows.due_at)
        near = select(*kept, rows.words).where(*_between(asked, rows))
        rows = near.order_by(*_ordered(asked, rows)).limit(through).subquery("near").c
    wanted = select(rows.ticket_id).join(Ticket, Ticket.id == rows.ticket_id)
    wanted = wanted.where(
        *(_between(asked, rows) if through is None else ()),
        *_of_rows(asked.wanted, rows),
        *_of_tickets(asked.wanted),
        *_visible(asked.reader),
    )
    return wanted.order_by(*_ordered(asked, rows)).limit(asked.most)


def marks_in_turn(asked: Asked) -> Iterator[str]:
    """Give the questions to the index of marks: one for each stretch of quarters, near to far."""
    letter = "_d_" if asked.wanted.order.is_by_due else "_q_"
    terms = marks_wanted(
        asked.wanted,
        reader_id=asked.reader.person_id,
        reads_confidential=asked.reader.reads_confidential,
    )
    for stretch in stretches(_quarters(asked)):
        yield " & ".join([*terms, one_of(f"{letter}{quarter}" for quarter in stretch)])


def marked(asked: Asked, marks: str) -> Select[Any]:
    """Select by the index of marks; what it finds is ordered afterwards."""
    rows = TicketListRow
    has_marks = rows.marks.bool_op("@@")(cast(marks, TSQUERY))
    wanted = select(rows.ticket_id, rows.opened_at, rows.due_at)
    if asked.reader.keeps_him_out:  # marks know nothing of whom a complaint is about
        wanted = wanted.join(Ticket, Ticket.id == rows.ticket_id).where(*_visible(asked.reader))
    found = (
        wanted.where(has_marks, *_between(asked, rows), *_of_rows(asked.wanted, rows))
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    return select(found.c.ticket_id).order_by(*_ordered(asked, found.c)).limit(asked.most)


def _may_lack(asked: Asked) -> bool:
    """Say whether more may be wanted than stands among the first rows."""
    unseen = bool(_visible(asked.reader))
    return unseen or asked.wanted.is_narrowed


def _quarters(asked: Asked) -> list[str]:
    """Return the quarters in which rows can lie, in the direction of reading."""
    moment = _moment(asked, TicketListRow)
    ends = select(func.min(moment), func.max(moment)).where(*_between(asked, TicketListRow))
    first, last = db.session.execute(ends).one()
    if first is None:
        return []
    quarters = quarters_between(first, last)
    return quarters if asked.goes_up else quarters[::-1]


def _moment(asked: Asked, rows: Any) -> Any:
    return rows.due_at if asked.wanted.order.is_by_due else rows.opened_at


def _ordered(asked: Asked, rows: Any) -> list[Any]:
    keys = (_moment(asked, rows), rows.ticket_id)
    return [key.asc() if asked.goes_up else key.desc() for key in keys]


def _between(asked: Asked, rows: Any) -> list[ColumnElement[bool]]:
    """Bound the rows by what the order's own index knows: the place, and the days of opening."""
    bounds: list[ColumnElement[bool]] = []
    if asked.wanted.order.is_by_due:
        bounds.append(rows.due_at.is_not(None))
    if asked.place is not None:
        here = tuple_(_moment(asked, rows), rows.ticket_id)
        there = tuple_(literal(asked.place.at, type_=Moment()), literal(asked.place.ticket_id))
        bounds.append(here > there if asked.goes_up else here < there)
    bounds += _days(rows.opened_at, asked.wanted.opened_from, asked.wanted.opened_until)
    return bounds


def _of_rows(wanted: TicketsWanted, rows: Any) -> list[ColumnElement[bool]]:
    """What is looked for in the list's own rows."""
    looked = [rows.words.contains(word, autoescape=True) for word in wanted.words]
    if wanted.number:
        looked.append(rows.number.startswith(wanted.number, autoescape=True))
    if wanted.overdue:
        looked.append(rows.due_at < clock.now())
    return looked + _days(rows.closed_at, wanted.closed_from, wanted.closed_until)


def _of_tickets(wanted: TicketsWanted) -> list[ColumnElement[bool]]:
    """Narrow by the tickets themselves: the same choices that `marks_wanted` makes marks of."""
    narrowed: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (cast(Ticket.request_type, String), wanted.request_type),
            (Ticket.county_code, wanted.county),
            (Ticket.town_code, wanted.town),
            (cast(Ticket.urgency, String), wanted.urgency),
        )
        if value
    ]
    if wanted.state == OPEN:
        narrowed.append(Ticket.state.in_(OPEN_STATES))
    elif wanted.state:
        narrowed.append(cast(Ticket.state, String) == wanted.state)
    if wanted.category:
        narrowed.append(
            or_(
                Ticket.category_code == wanted.category,
                func.substr(Ticket.category_code, 1, TOP_LEVEL) == wanted.category,
            )
        )
    if wanted.unit:
        narrowed.append(Ticket.lead_unit_id == int(wanted.unit))
    if wanted.first_contact:
        narrowed.append(Ticket.first_contact_id == int(wanted.first_contact))
    if wanted.confidential:
        narrowed.append(Ticket.is_confidential.is_(wanted.confidential == "yes"))
    return narrowed


def _visible(reader: Reader) -> list[ColumnElement[bool]]:
    """Keep to what is for this reader (1.13); for who reads everything there is nothing to ask."""
    if reader.reads_confidential and not reader.keeps_him_out:
        return []
    return [reading.is_for(reader)]


def _days(moment: Any, first: str, last: str) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if (day := day_of(first)) is not None:
        bounds.append(moment >= datetime.combine(day, time(), tzinfo=CITY_TIME))
    if (day := day_of(last)) is not None:
        bounds.append(moment < datetime.combine(day, time(), tzinfo=CITY_TIME) + ONE_DAY)
    return bounds


def _beside(ticket: Ticket, wanted: TicketsWanted, *, is_back: bool) -> Place:
    at = ticket.due_at if wanted.order.is_by_due else ticket.opened_at
    return Place(at=at or ticket.opened_at, ticket_id=ticket.id, is_back=is_back)
