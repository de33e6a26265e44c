"""What a desk is told about a call with more than two, and whom a caller can be handed to.

Numbers are masked here, once. A supervisor who only listens is shown to nobody but supervisors.
"""

from datetime import timedelta
from typing import Any

from app.accounts import service as accounts
from app.call_queue import conferring
from app.calls import service as calls
from app.calls.exchange_controls import controls_of
from app.channels import directory
from app.core import clock
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask

Card = dict[str, Any]

LONGEST_LOOK_BACK = 30


def control_card(call: calls.Call, *, for_supervisors: bool = False) -> Card:
    """Return how a call stands: state, parties, what goes on."""
    going_on = calls.going_on(call.id)
    own_phone = accounts.get_person(call.agent_id).work_number if call.agent_id else ""
    muted = any(each.kind == "mute" and each.phone == own_phone for each in going_on)
    return {
        **fresh_control_card(call),
        "is_muted": muted,
        "is_recording_paused": any(each.kind == "recording_pause" for each in going_on),
        "parties": [
            _party_card(leg)
            for leg in calls.parties_of(call.id)
            if for_supervisors or not calls.is_hidden_listener(leg, going_on)
        ],
        "supervision": [
            {"phone": each.phone, "mode": each.mode}
            for each in going_on
            if each.kind == "supervision" and (for_supervisors or each.mode != "listen")
        ],
    }


def fresh_control_card(call: calls.Call) -> Card:
    """Return how a call of two stands in which nothing has been wished yet."""
    return {
        "state": call.state.value,
        "direction": call.direction.value,
        "can": controls_of(call.exchange_id),
        "is_muted": False,
        "is_recording_paused": False,
        "parties": [],
        "supervision": [],
    }


def _party_card(leg: Any) -> Card:
    person = accounts.get_person(leg.agent_id) if leg.agent_id else None
    return {
        "party": leg.order_id,
        "role": leg.role.value,
        "name": person.name if person else "",
        "number_shown": mask(leg.phone) if leg.is_outside else leg.phone,
        "is_answered": leg.answered_at is not None,
    }


def directory_card(agent_id: int) -> Card:
    """Return colleagues with what they do now, and the entries of the directory."""
    return {
        "colleagues": [
            {
                "work_number": each.work_number,
                "name": each.name,
                "state": each.state.value,
                "can_be_rung": each.can_be_rung,
            }
            for each in conferring.list_colleagues(agent_id)
        ],
        "entries": [
            {
                "code": entry.code,
                "name": entry.name,
                "kind": entry.kind.value,
                "number_shown": mask(entry.number),
                "has_fallback": bool(entry.fallback_number),
                "hands_over": entry.hands_over.value,
                "is_sample": entry.is_sample,
            }
            for entry in directory.list_entries(clock.now())
        ],
    }


def call_back_cards(days: int) -> list[Card]:
    """Return missed callers with masked numbers; `days` back, a month at most."""
    back = timedelta(days=max(1, min(days, LONGEST_LOOK_BACK)))
    return [
        {
            "call_id": call.id,
            "number_shown": mask(call.from_number),
            "dialled_number": call.dialled_number,
            "called_at": wire_moment(call.invited_at),
            "waited_seconds": round(calls.waits_of(call).until_answer),
            "result": call.result.value if call.result else None,
        }
        for call in calls.missed_calls(since=clock.now() - back)
    ]
