"""How the rows of one page of a list are found among a million tickets.

On PostgreSQL the first tickets of the order are looked through, in an index that carries whatever a
list is narrowed by, so that no ticket itself is read: enough where something is wanted now and
then. Where it is rare, or a word is looked for, one index over marks and words finds it, in
stretches of time that grow until the page is full (`make bench ONLY=ticket_list`). What is chosen
bounds the time as well: what was closed until a day was opened before it, and what was closed since
a day was opened some weeks before it at the earliest, but for few, which are asked for by
themselves. SQLite walks the index of the order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.column_types import Moment
from app.core.database import db
from app.tickets import reading
from app.tickets.list_conditions import (
    begin_of,
    carried_by_marks,
    days_of,
    of_moments,
    of_tickets,
    of_words,
)
from app.tickets.list_cursor import Place
from app.tickets.list_wanted import (
    TicketsWanted,
    days_of_number,
    marks_of_privacy,
    marks_wanted,
    one_of,
    quarters_between,
    stretches,
)
from app.tickets.list_within import Within
from app.tickets.models import LISTED, Ticket, TicketListRow
from app.tickets.reading import Reader

WALKED = 30_000
"""Tickets in their order that an index alone is looked through for what many have."""
WALKED_FOR_RARE = 3000
"""The same for what few have: the index of marks finds those sooner."""
READ_FOR_WORDS = 1000
"""Tickets whose texts are read before the index of marks is asked."""
LATE = timedelta(days=45)
"""What is closed so long after it was opened, few are: `ix_tickets_closed_late` knows those."""
IS_LATE = text("tickets.closed_at - tickets.opened_at > interval '45 days'")


class Closed(Enum):
    """How long after its opening what is wanted was closed, where it was closed since a day."""

    ANY = auto()
    SOON = auto()
    LATE = auto()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One page that is asked for; `most` is one more than it shows.

    `within` is the scope of a list that is not the hotline's own.
    """

    wanted: TicketsWanted
    reader: Reader
    place: Place | None
    most: int
    within: Within | None = None
    closed: Closed = Closed.ANY

    @property
    def in_parts(self) -> "Sequence[Asked]":
        """Return it, or its two parts one after the other in the direction of reading."""
        if not self.wanted.closed_from or self.wanted.order.is_by_due:
            return [self]
        turns = (Closed.LATE, Closed.SOON) if self.goes_up else (Closed.SOON, Closed.LATE)
        return [replace(self, closed=each) for each in turns]

    @property
    def goes_up(self) -> bool:
        """Say whether rows are read from the earliest moment on."""
        is_back = self.place is not None and self.place.is_back
        return self.wanted.order.goes_up != is_back

    @property
    def is_among_owed(self) -> bool:
        """Say whether the index of what is still owed, a small part of all, has the answer."""
        return self.wanted.is_owed and not self.wanted.words and not self.asks_parts

    @property
    def is_few(self) -> bool:
        """Say whether few can be wanted, or each that is looked at costs a look elsewhere."""
        is_owed = self.wanted.is_owed and not self.wanted.words
        return self.wanted.is_rare or is_owed or self.asks_parts

    @property
    def is_past_walk(self) -> bool:
        """Say whether a walk meets nothing: it begins where a number is used up, days later."""
        return self.is_few and bool(self.wanted.number) and self.place is None

    @property
    def asks_parts(self) -> bool:
        """Say whether the parts of units decide what is in the list."""
        return self.within is not None and self.within.asks_parts

    @property
    def may_lack(self) -> bool:
        """Say whether more may be wanted than stands among the first rows."""
        return bool(self.visible()) or self.wanted.is_narrowed

    def visible(self, rows: Any = Ticket) -> list[ColumnElement[bool]]:
        """Keep to what is for this reader, and to what lies within."""
        if self.within is None:
            return visible_to(self.reader, rows)
        return [*self.not_kept_out(rows), *_lies_within(self.within, rows)]

    def not_kept_out(self, rows: Any) -> list[ColumnElement[bool]]:
        """Keep to what no mark knows of: whom a complaint is about."""
        if not self.reader.keeps_him_out:
            return []
        if self.within is None:
            return visible_to(self.reader, rows)
        return [reading.is_no_party(self.reader, rows)]


def found_ids(asked: Asked) -> list[int]:
    """Return the ids of one page and one more, in the direction of reading."""
    if asked.wanted.is_impossible or (asked.within is not None and asked.within.is_nothing):
        return []
    if db.session.get_bind().dialect.name != "postgresql":
        return list(db.session.scalars(walked_by_rows(asked)))
    ids: list[int] = []
    for part in asked.in_parts:
        ids += _found(replace(part, most=asked.most - len(ids)))
        if len(ids) >= asked.most:
            break
    return ids


def _found(asked: Asked) -> list[int]:
    if asked.closed is Closed.LATE:
        return list(db.session.scalars(closed_late(asked)))
    by_marks = asked.wanted.is_by_marks_alone
    near = [] if by_marks or asked.is_past_walk else list(db.session.scalars(walked(asked)))
    if len(near) >= asked.most or not asked.may_lack:
        return near
    if asked.is_among_owed and not by_marks:
        return list(db.session.scalars(owed(asked)))
    ids: list[int] = []
    for when, marks in marks_in_turn(asked):
        lacking = replace(asked, most=asked.most - len(ids))
        ids += db.session.scalars(marked(lacking, when, marks))
        if len(ids) >= asked.most:
            break
    return ids


def walked(asked: Asked) -> Select[Any]:
    """Select among the first tickets of the order, as PostgreSQL is asked first.

    Texts are read of the first ones alone that are wanted otherwise.
    """
    near = select(*(getattr(Ticket, name) for name in LISTED)).where(*_between(asked, Ticket))
    near = near.order_by(*_ordered(asked, Ticket)).limit(
        _plain(WALKED_FOR_RARE if asked.is_few else WALKED)
    )
    rows: Any = near.subquery("near").c
    wanted = select(rows.id, rows.opened_at, rows.due_at).where(
        *of_moments(asked.wanted, rows),
        *of_tickets(asked.wanted, rows),
        *asked.visible(rows),
    )
    wanted = wanted.order_by(*_ordered(asked, rows))
    if not asked.wanted.words:
        return wanted.limit(_plain(asked.most))
    kept: Any = wanted.limit(_plain(READ_FOR_WORDS)).subquery("kept").c
    read = select(kept.id).join(TicketListRow, TicketListRow.ticket_id == kept.id)
    read = read.where(*of_words(asked.wanted, TicketListRow))
    return read.order_by(*_ordered(asked, kept)).limit(_plain(asked.most))


def owed(asked: Asked) -> Select[Any]:
    """Select among everything that is still owed, by its own index; ordered afterwards."""
    wanted = select(Ticket.id).where(
        Ticket.closed_at.is_(None),
        *_between(asked, Ticket),
        *of_moments(asked.wanted, Ticket),
        *of_tickets(asked.wanted, Ticket),
        *asked.visible(),
    )
    found = wanted.add_columns(Ticket.opened_at, Ticket.due_at).cte("found")
    rows = found.prefix_with("MATERIALIZED").c
    return select(rows.id).order_by(*_ordered(asked, rows)).limit(_plain(asked.most))


def closed_late(asked: Asked) -> Select[Any]:
    """Select among what was closed long after it was opened, by the index of those alone."""
    wanted = select(Ticket.id).where(
        IS_LATE,
        *_between(asked, Ticket),
        *of_moments(asked.wanted, Ticket),
        *of_tickets(asked.wanted, Ticket),
        *carried_by_marks(asked.wanted),
        *asked.visible(),
    )
    if asked.wanted.words:
        wanted = wanted.join(TicketListRow, TicketListRow.ticket_id == Ticket.id)
        wanted = wanted.where(*of_words(asked.wanted, TicketListRow))
    return wanted.order_by(*_ordered(asked, Ticket)).limit(_plain(asked.most))


def walked_by_rows(asked: Asked) -> Select[Any]:
    """Select by the order among all rows, as SQLite is asked."""
    rows = TicketListRow
    wanted = select(rows.ticket_id).where(
        *_between(asked, rows),
        *of_words(asked.wanted, rows),
        *of_moments(asked.wanted, rows),
    )
    if conditions := fits(asked):  # a join might be begun at the tickets, which are in no order
        wanted = wanted.where(exists().where(Ticket.id == rows.ticket_id, *conditions))
    return wanted.order_by(*_ordered(asked, rows)).limit(_plain(asked.most))


def fits(asked: Asked) -> list[ColumnElement[bool]]:
    """Return the conditions on a ticket itself, but for words and moments: for a look at few."""
    return [*of_tickets(asked.wanted, Ticket), *carried_by_marks(asked.wanted), *asked.visible()]


def marks_in_turn(asked: Asked) -> Iterator[tuple[str, str]]:
    """Give the questions to the index of marks: one for each stretch of quarters, near to far.

    Each is when and for whom, and what else; the second may be nothing.
    """
    letter = "_d_" if asked.wanted.order.is_by_due else "_q_"
    may_read = marks_of_privacy(
        asked.wanted,
        reader_id=asked.reader.person_id,
        reads_confidential=asked.reader.reads_confidential,
    )
    terms = marks_wanted(asked.wanted, today=clock.now().astimezone(CITY_TIME).date())
    terms += asked.within.terms if asked.within is not None else []
    for stretch in stretches(_quarters(asked)):
        when = one_of(f"{letter}{quarter}" for quarter in stretch)
        yield " & ".join([when, *may_read]), " & ".join(terms)


def marked(asked: Asked, when: str, marks: str) -> Select[Any]:
    """Select by the index of marks; what it finds is ordered afterwards.

    The time is asked for by itself: in one question with the rest, every mark of it is read from
    the first ticket to the last; as two, both skip to where the other goes on.
    """
    rows = TicketListRow
    has_marks = [rows.marks.bool_op("@@")(cast(each, TSQUERY)) for each in (when, marks) if each]
    wanted = select(rows.ticket_id, rows.opened_at, rows.due_at)
    if asked.reader.keeps_him_out:  # marks know nothing of whom a complaint is about
        wanted = wanted.join(Ticket, Ticket.id == rows.ticket_id)
        wanted = wanted.where(*asked.not_kept_out(Ticket))
    found = (
        wanted.where(
            *has_marks,
            *_between(asked, rows),
            *of_words(asked.wanted, rows),
            *of_moments(asked.wanted, rows),
        )
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    return select(found.c.ticket_id).order_by(*_ordered(asked, found.c)).limit(_plain(asked.most))


def visible_to(reader: Reader, rows: Any = Ticket) -> list[ColumnElement[bool]]:
    """Keep to what is for this reader (1.13); for who reads everything there is nothing to ask."""
    if reader.reads_confidential and not reader.keeps_him_out:
        return []
    return [reading.is_for(reader, rows)]


def _lies_within(within: Within, rows: Any) -> list[ColumnElement[bool]]:
    if within.is_whole:
        return []
    own: list[ColumnElement[bool]] = [false()]
    if within.county_code:
        own.append(rows.county_code == within.county_code)
    if within.channel_ids:
        own.append(rows.channel_id.in_(within.channel_ids))
    if within.unit_ids:
        own.append(within.has_part(rows.id, within.unit_ids))
    return [or_(*own)]


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
    keys = (_moment(asked, rows), _id(rows))
    return [key.asc() if asked.goes_up else key.desc() for key in keys]


def _id(rows: Any) -> Any:
    return rows.ticket_id if hasattr(rows, "ticket_id") else rows.id


def _plain(count: int) -> ColumnElement[int]:
    """Write a number into the statement itself: a plan made for any number is made for many."""
    return literal_column(str(int(count)))


def _between(asked: Asked, rows: Any) -> list[ColumnElement[bool]]:
    """Bound the rows by what the order's own index knows: the place, and moments.

    What was closed until a day was opened until then; a number is drawn on the day of the opening
    or a few days before it.
    """
    wanted = asked.wanted
    bounds: list[ColumnElement[bool]] = []
    if wanted.order.is_by_due:
        bounds.append(rows.due_at.is_not(None))
        if rows is Ticket:  # the rows of lists hold only what is owed
            bounds.append(rows.closed_at.is_(None))
        if wanted.overdue:
            bounds.append(rows.due_at < clock.now())
    if asked.place is not None:
        here = tuple_(_moment(asked, rows), _id(rows))
        there = tuple_(literal(asked.place.at, type_=Moment()), literal(asked.place.ticket_id))
        bounds.append(here > there if asked.goes_up else here < there)
    bounds += days_of(rows.opened_at, wanted.opened_from, wanted.opened_until)
    bounds += days_of(rows.opened_at, "", wanted.closed_until)
    if asked.closed is not Closed.ANY and (since := begin_of(wanted.closed_from)) is not None:
        is_late = rows.opened_at < since - LATE
        bounds.append(is_late if asked.closed is Closed.LATE else ~is_late)
    first, last = days_of_number(wanted.number)
    bounds += days_of(rows.opened_at, first, last)
    return bounds
