"""What a desk is told about a call: line, caller, suggestions, the call itself; ready for the wire.

Personal data is masked here, once: facts, snapshots and pages take it from this file.
"""

from typing import Any

from app.call_queue import service as call_queue
from app.calls import service as calls
from app.core import clock
from app.core.formatting import wire_moment
from app.recordings import service as recordings
from app.rules import service as rules
from app.tickets import service as tickets
from app.workstation import control_cards, pop_cards

Card = dict[str, Any]

TRANSFERRED = "transferred"
"""Who ended the call, for an agent who left it to somebody else."""

SHOWN_STATES = frozenset(
    {"calling", "talking", "held", "transferring", "handed_over", "reconnecting", "ended"}
)


def pop_card(call: calls.Call, *, agent_id: int) -> Card:
    """Return everything an agent sees before he speaks; line and number always come."""
    parts: pop_cards.Parts = {}
    pop_cards.fill(parts, call, agent_id=agent_id)
    return pop_cards.pop_of(parts, call.id)


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
        "control": _control_card(call, is_over=ended_at is not None),
        "handing": control_cards.handing_card(call, agent_id=agent_id),
        "draft": {
            "version": draft.version if draft else 0,
            "body": draft.body if draft else {},
            "saved_at": wire_moment(draft.saved_at) if draft else None,
        },
        "outcomes": [outcome_card(each) for each in tickets.outcomes_of([call.id])[call.id]],
        "recordings": recording_cards(call.id),
    }


def _control_card(call: calls.Call, *, is_over: bool) -> Card:
    """Return what goes on in the call; to whom it is over, nothing does, whoever talks on."""
    if is_over:
        return {**control_cards.fresh_control_card(call), "state": "ended"}
    return control_cards.control_card(call)


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
    card: Card = {"kind": outcome.kind, "id": outcome.id, "number": outcome.number}
    return {**card, "check_code": outcome.check_code} if outcome.check_code else card


def recording_cards(call_id: int) -> list[Card]:
    """Return the pieces of a call's recording, in order."""
    return [
        {
            "recording_id": piece.id,
            "segment": piece.segment,
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
            "next_reason": None,
            "extensions": 0,
        }
    return {
        "state": presence.state.value,
        "reason": presence.reason,
        "since": wire_moment(presence.since),
        "until": wire_moment(presence.until) if presence.until else None,
        "next_state": presence.next_state.value if presence.next_state else None,
        "next_reason": presence.next_reason,
        "extensions": call_queue.extensions_of(presence),
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
