"""What a desk is told about a call: line, caller, suggestions, the call itself; ready for the wire.

Personal data is masked here, once: facts, snapshots and pages take it from this file.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from app.accounts import service as accounts
from app.call_queue import service as call_queue
from app.callers import service as callers
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask, mask_in_text
from app.recordings import service as recordings
from app.rules import service as rules
from app.tickets import service as tickets
from app.workstation import control_cards
from knowledge_base import service as knowledge_base

logger = logging.getLogger(__name__)

Card = dict[str, Any]
T = TypeVar("T")

REPEAT_WINDOW = timedelta(days=7)
"""How far back a caller counts as calling again (peers P20; the first-contact window)."""


TRANSFERRED = "transferred"
"""Who ended the call, for an agent who left it to somebody else."""

SHOWN_STATES = frozenset(
    {"calling", "talking", "held", "transferring", "handed_over", "reconnecting", "ended"}
)


def pop_card(call: calls.Call, *, agent_id: int) -> Card:
    """Return everything an agent sees before he speaks.

    Line and number always come. A part whose look-up fails is left empty, and the ring goes on: a
    ring must not wait for it (peers P16), nor its save break with it.
    """
    whole = _tried(lambda: _pop(call, agent_id=agent_id, part=_as_it_is))
    return whole or _pop(call, agent_id=agent_id, part=_or_empty)


def _pop(call: calls.Call, *, agent_id: int, part: "Part") -> Card:
    line = part(lambda: line_card(call, agent_id=agent_id), bare_line_card(call))
    return {
        "call_id": call.id,
        "line": line,
        "caller": part(lambda: caller_card(call), bare_caller_card(call)),
        "suggestions": part(lambda: suggestion_cards(line["name"], line["number"]), list[Card]()),
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
    }


def bare_line_card(call: calls.Call) -> Card:
    """Return what is known of a line that stands in no register."""
    return {
        "number": call.dialled_number,
        "name": call.dialled_number,
        "mode": "main",
        "mode_is_sample": False,
        "greeting": "",
    }


def caller_card(call: calls.Call) -> Card:
    """Return the caller: masked number, known people, open tickets, the last calls."""
    known = callers.recognise(call.from_number)
    since = clock.now() - REPEAT_WINDOW
    recent = (
        calls.recent_calls_from(call.from_number, since=since, but_not=call.id)
        if call.from_number
        else []
    )
    return {
        "number_shown": known.number_shown,
        "is_withheld": known.is_withheld,
        "place": None,
        "persons": [
            {"caller_id": person.caller_id, "name_shown": person.name_shown}
            for person in known.persons
        ],
        "calls_7_days": len(recent),
        "open_tickets": [
            {
                "ticket_id": ticket.id,
                "number": ticket.number,
                "title": mask_in_text(ticket.title),
                "state": ticket.state.value,
                "opened_at": wire_moment(ticket.opened_at),
            }
            for ticket in tickets.open_tickets_of(call.from_number)
        ],
        "recent_calls": _recent_cards(list(recent)),
    }


def bare_caller_card(call: calls.Call) -> Card:
    """Return a caller of whom nothing but the number could be found."""
    return {
        "number_shown": mask(call.from_number),
        "is_withheld": not call.from_number,
        "place": None,
        "persons": [],
        "calls_7_days": 0,
        "open_tickets": [],
        "recent_calls": [],
    }


def _recent_cards(recent: list[calls.Call]) -> list[Card]:
    outcomes = tickets.outcomes_of([call.id for call in recent])
    names = channels.names_of({call.legacy_number_id for call in recent})
    cards = []
    for call in recent:
        left = outcomes[call.id]
        cards.append(
            {
                "call_id": call.id,
                "line_name": names.get(call.legacy_number_id, call.dialled_number),
                "at": wire_moment(call.invited_at),
                "outcome": left[-1].kind if left else None,
                "summary": mask_in_text(tickets.summary_of(left[-1])) if left else None,
            }
        )
    return cards


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


def call_card(call: calls.Call, *, agent_id: int) -> Card:
    """Return the call on a desk: the pop, how it stands, what was written, what was recorded."""
    draft = tickets.draft_of(call.id)
    left_at = calls.left_at(call, agent_id=agent_id)
    ended_at, ended_by = (left_at, TRANSFERRED) if left_at else (call.ended_at, call.ended_by)
    return {
        **pop_card(call, agent_id=agent_id),
        "exchange_id": call.exchange_id,
        "state": "ended" if left_at else state_on_desk(call),
        "state_since": wire_moment(left_at or call.state_since),
        "talk_started_at": wire_moment(call.talk_started_at or call.state_since),
        "ended_at": wire_moment(ended_at) if ended_at else None,
        "ended_by": ended_by,
        "control": control_cards.control_card(call),
        "draft": {
            "version": draft.version if draft else 0,
            "body": draft.body if draft else {},
            "saved_at": wire_moment(draft.saved_at) if draft else None,
        },
        "outcomes": [outcome_card(each) for each in tickets.outcomes_of([call.id])[call.id]],
        "recordings": recording_cards(call.id),
    }


def answered_card(call: calls.Call) -> Card:
    """Return what an offered call's desk does not know yet when its first talk begins."""
    return {
        "call_id": call.id,
        "exchange_id": call.exchange_id,
        "state": state_on_desk(call),
        "state_since": wire_moment(call.state_since),
        "talk_started_at": wire_moment(call.talk_started_at or call.state_since),
        "control": control_cards.fresh_control_card(call),
    }


def state_on_desk(call: calls.Call) -> str:
    """Return the call's state in a word that a desk shows; a call in line is none of its words."""
    state = call.state.value
    return state if state in SHOWN_STATES else "talking"


def outcome_card(outcome: tickets.Outcome) -> Card:
    """Return what a call left: an enquiry record or a ticket."""
    return {"kind": outcome.kind, "id": outcome.id, "number": outcome.number}


def recording_cards(call_id: int) -> list[Card]:
    """Return the pieces of a call's recording, in order."""
    return [
        {
            "recording_id": piece.id,
            "state": piece.state.value,
            "seconds": piece.seconds,
            "url": f"/recordings/{piece.id}/audio",
        }
        for piece in recordings.recordings_of_call(call_id)
    ]


def presence_card(agent_id: int) -> Card:
    """Return what an agent is doing, since when and until when."""
    presence = call_queue.presence_of(agent_id)
    if presence is None:
        return {
            "state": "signed_out",
            "reason": None,
            "since": wire_moment(clock.now()),
            "until": None,
            "next_state": None,
        }
    return {
        "state": presence.state.value,
        "reason": presence.reason,
        "since": wire_moment(presence.since),
        "until": wire_moment(presence.until) if presence.until else None,
        "next_state": presence.next_state.value if presence.next_state else None,
    }


def category_cards() -> list[Card]:
    """Return the categories an agent may choose from."""
    return [
        {
            "code": each.code,
            "name": each.name,
            "parent_code": each.parent_code,
            "keywords": each.keywords,
            "initials": each.initials,
            "pinyin": each.pinyin,
        }
        for each in rules.list_categories()
    ]


def wrap_up_cards() -> list[Card]:
    """Return the codes that close the work after a call."""
    return [
        {"code": each.code, "name_zh": each.name_zh, "name_en": each.name_en}
        for each in rules.list_wrap_up_codes()
    ]


def _as_it_is(look_up: Callable[[], T], _otherwise: T) -> T:
    return look_up()


def _or_empty(look_up: Callable[[], T], otherwise: T) -> T:
    found = _tried(look_up)
    return otherwise if found is None else found


def _tried(look_up: Callable[[], T]) -> T | None:
    """Look up; None where that fails, and the save goes on."""
    try:
        with db.session.begin_nested():
            return look_up()
    except Exception:
        logger.exception("a pop, or a part of one, could not be looked up")
        return None


class Part(Protocol):
    """How a part of a pop is looked up, and what stands for it where that fails."""

    def __call__(self, look_up: Callable[[], T], otherwise: T, /) -> T: ...
