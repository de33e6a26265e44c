"""Finds tickets that may be about the same matter, and adds a call to one of them."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.calls import service as calls
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from app.rules import rule_register
from app.tickets import reading
from app.tickets.events import CallAddedToTicket
from app.tickets.likeness import (
    ALIKE,
    SAME_CALLER,
    SAME_PLACE,
    Matter,
    likeness,
)
from app.tickets.models import Ticket, TicketCall
from app.tickets.reading import Reader
from app.tickets.refusals import NoSuchTicket

MOST_COMPARED = 200
MOST_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class AlikeTicket:
    """A ticket beside which an agent should look before he opens another one.

    `title` is None where this agent may not read it.
    """

    ticket_id: int
    number: str
    title: str | None
    state: str
    opened_at: datetime
    county_code: str
    town_code: str | None
    is_same_caller: bool
    likeness: float


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks, about which caller, and what is typed so far. `number` is normalised, or ""."""

    number: str
    county_code: str
    matter: Matter
    reader_id: int
    reads_confidential: bool


def alike_tickets(asked: Asked) -> list[AlikeTicket]:
    """Return what may be the same matter: this caller's first, then others' in the same place.

    A confidential ticket of somebody else is never shown; of the same number without its title.
    """
    now = clock.now()
    reader = reading.reader_of(asked.reader_id, reads_confidential=asked.reads_confidential)
    theirs = _of_caller(asked, since=_since(SAME_CALLER, now))
    others = [
        each
        for each in _of_place(asked, since=_since(SAME_PLACE, now))
        if reading.may_read(each, reader)
    ]
    found = [
        *_rated(theirs, asked, reader, is_same_caller=True),
        *_rated(others, asked, reader, is_same_caller=False),
    ]
    return found[:MOST_SHOWN]


def add_call(
    ticket_id: int, *, call_id: int, agent_id: int, note: str, reads_confidential: bool = False
) -> Ticket:
    """Keep that this call is about a ticket that is there already; twice is once.

    A confidential one can only be named from its caller's own number, by its first contact, or by
    who reads such tickets. Raises NoSuchTicket.
    """
    ticket = db.session.get(Ticket, ticket_id)
    if ticket is None:
        raise NoSuchTicket
    number = normalise(calls.get_call(call_id).from_number)
    is_own = bool(number) and number in {ticket.calling_number, ticket.contact_number}
    reader = reading.reader_of(agent_id, reads_confidential=reads_confidential)
    if not (is_own or reading.may_read(ticket, reader)):
        raise NoSuchTicket
    here = (TicketCall.ticket_id == ticket_id, TicketCall.call_id == call_id)
    if db.session.scalar(select(TicketCall).where(*here)) is not None:
        return ticket
    added = TicketCall(
        ticket_id=ticket_id, call_id=call_id, agent_id=agent_id, note=note, at=clock.now()
    )
    db.session.add(added)
    db.session.flush()
    publish(
        CallAddedToTicket(
            ticket_id=ticket_id, number=ticket.number, call_id=call_id, agent_id=agent_id
        )
    )
    return ticket


def calls_added_to(ticket_id: int) -> list[TicketCall]:
    """Return the later calls about a ticket, oldest first."""
    wanted = select(TicketCall).where(TicketCall.ticket_id == ticket_id)
    return list(db.session.scalars(wanted.order_by(TicketCall.id)))


def count_added_to(ticket_ids: Select[Any]) -> Counter[int]:
    """Return how many later calls each of the selected tickets has."""
    wanted = (
        select(TicketCall.ticket_id, func.count())
        .where(TicketCall.ticket_id.in_(ticket_ids))
        .group_by(TicketCall.ticket_id)
    )
    return Counter({row[0]: row[1] for row in db.session.execute(wanted)})


def tickets_added_to(call_ids: Collection[int]) -> dict[int, list[Ticket]]:
    """Return the tickets that these calls were added to; a call without any is left out."""
    wanted = (
        select(TicketCall.call_id, Ticket)
        .join(Ticket, Ticket.id == TicketCall.ticket_id)
        .where(TicketCall.call_id.in_(call_ids))
        .order_by(TicketCall.id)
    )
    found: dict[int, list[Ticket]] = {}
    for call_id, ticket in db.session.execute(wanted):
        found.setdefault(call_id, []).append(ticket)
    return found


def _since(window: tuple[str, timedelta], now: datetime) -> datetime:
    key, usual = window
    book = this_save.once(("rule_book",), rule_register.read_book) or rule_register.read_book()
    return now - (book.span(key, now) if book.says(key, now) else usual)


def _of_caller(asked: Asked, *, since: datetime) -> list[Ticket]:
    if not asked.number:
        return []
    return _newest(_is_of(asked.number), Ticket.opened_at >= since)


def _of_place(asked: Asked, *, since: datetime) -> list[Ticket]:
    town = asked.matter.town_code
    if not asked.county_code and not town:
        return []
    place = Ticket.town_code == town if town else Ticket.county_code == asked.county_code
    others = [~_is_of(asked.number)] if asked.number else []
    return _newest(place, Ticket.opened_at >= since, ~Ticket.is_confidential, *others)


def _is_of(number: str) -> ColumnElement[bool]:
    return or_(Ticket.calling_number == number, Ticket.contact_number == number)


def _newest(*where: ColumnElement[bool]) -> list[Ticket]:
    wanted = select(Ticket).where(*where).order_by(Ticket.opened_at.desc()).limit(MOST_COMPARED)
    return list(db.session.scalars(wanted))


def _rated(
    tickets: list[Ticket], asked: Asked, reader: Reader, *, is_same_caller: bool
) -> list[AlikeTicket]:
    rated = [(likeness(asked.matter, _matter(ticket)), ticket) for ticket in tickets]
    rated.sort(key=lambda pair: pair[0], reverse=True)  # stable: the newest first among equals
    return [
        AlikeTicket(
            ticket_id=ticket.id,
            number=ticket.number,
            title=reading.title_in_list(ticket, reader),
            state=ticket.state.value,
            opened_at=ticket.opened_at,
            county_code=ticket.county_code,
            town_code=ticket.town_code,
            is_same_caller=is_same_caller,
            likeness=round(rate, 2),
        )
        for rate, ticket in rated
        if is_same_caller or rate >= ALIKE
    ]


def _matter(ticket: Ticket) -> Matter:
    return Matter(
        text=f"{ticket.title} {ticket.content}",
        category_code=ticket.category_code,
        town_code=ticket.town_code or "",
        address=ticket.address,
    )
