"""Crowds of the last hours: several callers about one matter at one place, for the dispatcher."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app.core.database import db
from app.handling.crowd_rules import Crowd, Voice, crowds
from app.handling.merging import may_be_followed
from app.rules import rule_register
from app.rules.rule_book import RuleBook, UnknownRule
from app.tickets.likeness import Matter
from app.tickets.service import Ticket, TicketState
from app.tickets.ticket_moves import Actor, TicketAct, acts_open
from app.tickets.ticket_states import OPEN_STATES

USUAL_CALLERS, USUAL_HOURS = 3, 24
MOST_LOOKED_AT = 2000
LOOKED_AT = OPEN_STATES | {TicketState.MERGED}


def crowds_now(now: datetime) -> list[Crowd]:
    """Return the crowds of the window that the rules of the day give.

    Confidential tickets are left out: nobody learns from a signal that one is like another.
    """
    book = rule_register.read_book()
    hours = _value(book, "most.crowd_hours", now, usual=USUAL_HOURS)
    asked = (
        select(Ticket)
        .where(
            Ticket.opened_at >= now - timedelta(hours=hours),
            Ticket.state.in_(LOOKED_AT),
            ~Ticket.is_confidential,
        )
        .order_by(Ticket.id.desc())
        .limit(MOST_LOOKED_AT)
    )
    tickets = list(db.session.scalars(asked))
    followers: dict[int, set[str]] = defaultdict(set)
    for each in tickets:
        if each.master_id is not None:
            followers[each.master_id].add(_caller(each))
    voices = [
        voice_of(each, {_caller(each), *followers.get(each.id, ())}, is_master=each.id in followers)
        for each in tickets
        if each.state is not TicketState.MERGED
    ]
    return crowds(voices, least=_value(book, "most.crowd_callers", now, usual=USUAL_CALLERS))


def voice_of(ticket: Ticket, callers: Iterable[str], *, is_master: bool) -> Voice:
    """Return a ticket as a voice of these callers; `is_master`: others follow it."""
    return Voice(
        ticket_id=ticket.id,
        version=ticket.version,
        number=ticket.number,
        title=ticket.title,
        opened_at=ticket.opened_at,
        callers=frozenset(callers),
        county_code=ticket.county_code,
        matter=Matter(
            text=ticket.title,
            category_code=ticket.category_code,
            town_code=ticket.town_code or "",
            address=ticket.address,
        ),
        is_master=is_master,
        can_lead=may_be_followed(ticket),
        can_follow=not is_master
        and TicketAct.MERGE in acts_open(ticket.state, by=Actor.DISPATCHER),
    )


def caller_named(caller_id: int | None, number: str, ticket_id: int) -> str:
    """Name whoever asked: by his person, else by his number; who is unknown counts for himself."""
    if caller_id is not None:
        return f"c{caller_id}"
    return f"n{number}" if number else f"t{ticket_id}"


def _caller(ticket: Ticket) -> str:
    return caller_named(ticket.caller_id, ticket.contact_number, ticket.id)


def _value(book: RuleBook, key: str, at: datetime, *, usual: int) -> int:
    try:
        return book.most(key, at)
    except UnknownRule:
        return usual
