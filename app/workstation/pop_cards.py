"""Builds what an agent sees before he speaks, part by part, the most important first.

The parts are filled into a dict that somebody else may read meanwhile: when time is up, what has
been found is shown, and the desk says what is missing (peers P16).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from app.accounts import service as accounts
from app.callers import person_list
from app.callers import service as callers
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock, this_save
from app.core.database import db
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask, mask_in_text, normalise
from app.privacy.levels import Shown
from app.tickets import reading
from app.tickets import service as tickets
from app.tickets.person_details import kind_called_from
from knowledge_base import service as knowledge_base

logger = logging.getLogger(__name__)

Card = dict[str, Any]
Parts = dict[str, Any]
LookUp = Callable[[calls.Call, int, Parts], Any]

HEAD = "_head"
"""The part that needs no look-up."""
CALLER_IDS = "_caller_ids"
"""Whose earlier tickets are looked for; found with the caller."""
READER = "_reader"
"""The agent as a reader of tickets; found once, where there is anything to read."""

REPEAT_WINDOW = timedelta(days=7)
"""How far back a caller counts as calling again (peers P20; the first-contact window)."""


def fill(parts: Parts, call: calls.Call, *, agent_id: int) -> None:
    """Look up every part, in the order in which an agent needs them.

    A part whose look-up fails is left out and the next one follows: a ring must not wait for it,
    nor its save break with it.
    """
    parts[HEAD] = head_of(call)
    todo = list(PARTS.items())
    while todo:
        try:
            with _that_may_fail():
                while todo:
                    name, look_up = todo[0]
                    parts[name] = look_up(call, agent_id, parts)
                    todo.pop(0)
        except Exception:
            logger.exception("a part of a pop could not be looked up", extra={"part": todo[0][0]})
            todo.pop(0)


@contextmanager
def _that_may_fail() -> Iterator[None]:
    """Let what fails inside break nothing around it: a save goes on, a reader begins anew."""
    if this_save.current() is not None:
        with db.session.begin_nested():
            yield
        return
    try:
        yield
    except Exception:
        db.session.rollback()
        raise


def pop_of(parts: Parts, call_id: int) -> Card:
    """Put together what was found; `missing` names the parts that were not.

    Asks the database only where not even the call itself was found in time.
    """
    found = dict(parts)
    head = found.get(HEAD) or head_of(calls.get_call(call_id))
    return {
        "call_id": call_id,
        "line": found.get("line", head["line"]),
        "caller": {
            **head["caller"],
            **found.get("caller", {}),
            **found.get("tickets", {}),
            **found.get("calls", {}),
        },
        "suggestions": found.get("suggestions", []),
        "arrived_at": head["arrived_at"],
        "missing": [name for name in PARTS if name not in found],
    }


def head_of(call: calls.Call) -> Card:
    """Return what the call itself says: the number dialled, and the number that calls."""
    return {
        "line": bare_line_card(call),
        "caller": _bare_caller(call),
        "arrived_at": wire_moment(call.invited_at),
    }


def line_card(call: calls.Call, *, agent_id: int) -> Card:
    """Return the dialled line: number, name, mode, and what to say first."""
    line = channels.recognise_number(
        call.dialled_number, call.invited_at, exchange_id=call.exchange_id
    )
    if line is None:
        return bare_line_card(call)
    work_number = accounts.get_person(agent_id).work_number
    return {
        "number": line.number,
        "name": line.name,
        "mode": line.mode.value,
        "mode_is_sample": line.is_sample,
        "greeting": channels.greeting_for(line, work_number=work_number),
        "language": line.language.value if line.language else None,
        "person_kind": kind_called_from(line.skill),
    }


def bare_line_card(call: calls.Call) -> Card:
    """Return what is known of a line that stands in no register."""
    return {
        "number": call.dialled_number,
        "name": call.dialled_number,
        "mode": "main",
        "mode_is_sample": False,
        "greeting": "",
        "language": None,
        "person_kind": None,
    }


def suggestion_cards(text: str, line_number: str) -> list[Card]:
    """Return the entries that may answer this, best first."""
    return [
        {
            "article_id": found.article_id,
            "title": found.title,
            "unit_name": found.unit_name,
            "answer": found.answer,
            "basis": found.basis,
            "valid_until": wire_moment(found.valid_until) if found.valid_until else None,
            "category_code": found.category_code,
        }
        for found in knowledge_base.suggest(text, line_number=line_number or None)
    ]


def _bare_caller(call: calls.Call) -> Card:
    """Return a caller of whom nothing but the number is known."""
    return {
        "number_shown": mask(call.from_number),
        "is_withheld": not call.from_number,
        "place": None,
        "persons": [],
        "chosen_id": call.caller_id,
        "restricted_until": None,
        "calls_7_days": 0,
        "open_tickets": [],
        "recent_calls": [],
    }


def _line(call: calls.Call, agent_id: int, _parts: Parts) -> Card:
    return line_card(call, agent_id=agent_id)


def _caller(call: calls.Call, _agent_id: int, parts: Parts) -> Card:
    known = callers.recognise(call.from_number)
    parts[CALLER_IDS] = known.caller_ids
    until = callers.restricted_until(known.normalised, at=clock.now())
    others = person_list.other_numbers(known.caller_ids, but_not=known.normalised)
    return {
        "number_shown": known.number_shown,
        "is_withheld": known.is_withheld,
        "place": known.place,
        "persons": [
            {
                "caller_id": person.caller_id,
                "name_shown": person.name_shown,
                "language": person.language,
                "other_numbers": [
                    {
                        "number_id": each.link_id,
                        "number_shown": each.number_shown,
                        "is_contact": each.is_contact,
                    }
                    for each in others.get(person.caller_id, [])
                ],
            }
            for person in known.persons
        ],
        "restricted_until": wire_moment(until) if until else None,
    }


def _tickets(call: calls.Call, agent_id: int, parts: Parts) -> Card:
    found = tickets.open_tickets_of(call.from_number, caller_ids=parts.get(CALLER_IDS, ()))
    if not found:
        return {"open_tickets": []}
    reader = _reader(agent_id, parts)
    return {
        "open_tickets": [
            {
                "ticket_id": ticket.id,
                "number": ticket.number,
                # "": the desk says that there is one, and no more.
                "title": reading.title_in_list(ticket, reader) or "",
                "state": ticket.state.value,
                "opened_at": wire_moment(ticket.opened_at),
                "is_confidential": ticket.is_confidential,
                "contact_shown": _contact(ticket, call, reader),
            }
            for ticket in found
        ]
    }


def _calls(call: calls.Call, agent_id: int, parts: Parts) -> Card:
    if not call.from_number:
        return {}
    since = clock.now() - REPEAT_WINDOW
    recent = calls.recent_calls_from(call.from_number, since=since, but_not=call.id)
    if not recent:
        return {"calls_7_days": 0, "recent_calls": []}
    outcomes = tickets.outcomes_of([each.id for each in recent])
    names = channels.names_of({each.legacy_number_id for each in recent})
    reader = _reader(agent_id, parts)
    return {
        "calls_7_days": len(recent),
        "recent_calls": [
            {
                "call_id": each.id,
                "line_name": names.get(each.legacy_number_id, each.dialled_number),
                "at": wire_moment(each.invited_at),
                "outcome": outcomes[each.id][-1].kind if outcomes[each.id] else None,
                "summary": _summary(outcomes[each.id][-1], reader) if outcomes[each.id] else None,
            }
            for each in recent
        ],
    }


def _suggestions(call: calls.Call, _agent_id: int, parts: Parts) -> list[Card]:
    line = parts.get("line") or bare_line_card(call)
    return suggestion_cards(line["name"], line["number"])


def _reader(agent_id: int, parts: Parts) -> reading.Reader:
    if READER not in parts:
        parts[READER] = reading.reader_of(agent_id)
    reader: reading.Reader = parts[READER]
    return reader


def _contact(ticket: Any, call: calls.Call, reader: reading.Reader) -> str:
    """Return the masked number to call back on, where it is another one and no secret."""
    seen = reading.sight(ticket, reader)
    if seen is None or seen.number is Shown.HIDDEN:
        return ""
    contact = mask(ticket.contact_number)
    return "" if ticket.contact_number == normalise(call.from_number) else contact


def _summary(left: tickets.Outcome, reader: reading.Reader) -> str | None:
    if left.kind == "enquiry":
        return mask_in_text(tickets.summary_of(left))
    return reading.title_in_list(tickets.get_ticket(left.id), reader) or None


PARTS: dict[str, LookUp] = {
    "line": _line,
    "caller": _caller,
    "tickets": _tickets,
    "calls": _calls,
    "suggestions": _suggestions,
}
"""In this order they are looked up and shown (peers 9.3)."""
