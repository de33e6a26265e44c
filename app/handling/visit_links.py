"""How a citizen answers himself, before anybody calls him: by a link, or by his telephone's keys.

A link holds no name, number or matter, opens without a sign-in, and is good once: for one round of
one ticket, until he has answered, and as long as the city's rule says (`limit.visit_link`). Keys
are of a call that asks whom no text reaches; their carrier reports them.
"""

import re
from datetime import datetime, timedelta

from app.core import clock, signed_links
from app.handling import clocks, reply_owed, visiting
from app.handling.clock_rules import ClockKind
from app.handling.models import VisitWay
from app.handling.visit_keys import ForAPerson, read_keys
from app.handling.visiting import Answers, NewVisit
from app.rules.rule_register import read_book
from app.tickets.service import Ticket, get_ticket

PURPOSE = "visit"
IN_TEXT = re.compile(r"/visit/[\w.-]+")
HIDDEN = "/visit/***"


def link_for(ticket_id: int) -> str:
    """Return the path of the link for this ticket as it stands in its present round."""
    ticket = get_ticket(ticket_id)
    token = signed_links.sign([ticket.id, ticket.round], purpose=PURPOSE)
    return f"/visit/{token}"


def link_in(text: str) -> str:
    """Return the path of the first link in a text, or nothing."""
    found = IN_TEXT.search(text)
    return found[0] if found else ""


def hidden_in(text: str) -> str:
    """Return a text without the links in it: whoever has one answers for the citizen."""
    return IN_TEXT.sub(HIDDEN, text)


def ticket_of(token: str) -> Ticket:
    """Return the ticket that a link is about.

    Raises LinkUnfit for one that is too old, forged, or of a round that is over.
    """
    ticket_id, nth = signed_links.read(
        token, purpose=PURPOSE, longest=int(good_for().total_seconds())
    )
    ticket = get_ticket(ticket_id)
    if ticket.round != nth:
        raise signed_links.LinkUnfit
    return ticket


def good_for() -> timedelta:
    """Return how long a link opens its questions, by the rule that holds now."""
    return read_book().span("limit.visit_link", clock.now())


def is_open(ticket: Ticket) -> bool:
    """Say whether the citizen of this ticket is still to be asked."""
    return visiting.is_to_be_asked(ticket) and not visiting.has_answered(ticket)


def is_answered(token: str) -> bool:
    """Say whether the citizen of this link's ticket has said what he thinks. Raises LinkUnfit."""
    return visiting.has_answered(ticket_of(token))


def suits(ticket: Ticket) -> bool:
    """Say whether its citizen is asked by a link: not who wants no call-back.

    Nor whom the hotline answers: he is asked in that call.
    """
    is_called = reply_owed.hotline_answers(ticket)
    return is_open(ticket) and ticket.callback_wanted is not False and not is_called


def answer(token: str, said: Answers, *, asks_redo: bool) -> Ticket:
    """Take down what the citizen answered. Raises LinkUnfit and what `visiting.visit` raises."""
    ticket = ticket_of(token)
    new = NewVisit(way=VisitWay.SMS, answers=said, asks_redo=asks_redo)
    return visiting.visit(ticket.id, new, doer=None)


def answer_by_keys(ticket_id: int, pressed: str, *, asked_at: datetime) -> None:
    """Take down what he answered by his keys to a call made at `asked_at`.

    Nothing is noted of keys that come too late: to a round that is over, of a matter that is
    closed, or after an answer; nor of somebody who hung up half-way. A person asks then, as he
    does whoever pressed 0 or what nobody asked for.
    """
    ticket, said = get_ticket(ticket_id), read_keys(pressed)
    if said is None or not is_open(ticket) or asked_at < _asked_since(ticket):
        return
    if isinstance(said, ForAPerson):
        visiting.visit(ticket_id, NewVisit(way=VisitWay.KEYPAD, note=said.value), doer=None)
        return
    answers = Answers(
        is_solved=said.is_solved, result_mark=said.result_mark, attitude_mark=said.attitude_mark
    )
    new = NewVisit(way=VisitWay.KEYPAD, answers=answers, asks_redo=said.asks_redo)
    visiting.visit(ticket_id, new, doer=None)


def _asked_since(ticket: Ticket) -> datetime:
    """Return since when there is something to ask about in this round."""
    row = clocks.newest(ticket.id, ClockKind.VISIT) or clocks.newest(ticket.id, ClockKind.CITIZEN)
    return row.started_at if row is not None else ticket.opened_at
