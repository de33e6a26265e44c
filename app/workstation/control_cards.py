"""What a desk is told about a call with more than two, and whom a caller can be handed to.

Numbers are masked here, once. A supervisor who only listens is shown to nobody but supervisors.
"""

import logging
from datetime import datetime
from typing import Any

from app.accounts import service as accounts
from app.call_queue import conferring
from app.calls import service as calls
from app.calls.exchange_controls import controls_of
from app.channels import directory
from app.channels import service as channels
from app.channels.opening_hours import UnreadableHours, opening_at
from app.core import clock
from app.core.formatting import wire_moment
from app.core.phone_numbers import mask, mask_in_text

logger = logging.getLogger(__name__)

Card = dict[str, Any]


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
    """Return colleagues, the entries of the directory, and the numbers a called citizen can see."""
    now = clock.now()
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
                **_opening_card(entry.hours, now),
            }
            for entry in directory.list_entries(now)
        ],
        "shown_numbers": [
            {"number": each.number, "name": each.name} for each in channels.shown_when_calling(now)
        ],
    }


def handing_card(call: calls.Call, *, agent_id: int) -> Card | None:
    """Return who brings this agent into the call, and what he says of the matter."""
    mine = [each for each in calls.transfers_of(call.id) if each.to_agent_id == agent_id]
    if not mine or mine[-1].from_agent_id is None:
        return None
    sender = accounts.get_person(mine[-1].from_agent_id)
    return {
        "from_name": sender.name,
        "from_number": sender.work_number,
        "kind": mine[-1].kind.value,
        "summary": mask_in_text(mine[-1].summary or ""),
    }


def _opening_card(hours: str, now: datetime) -> Card:
    """Return whether somebody answers there now; unreadable hours are said to be unknown."""
    try:
        opening = opening_at(hours, now)
    except UnreadableHours:
        logger.warning("an entry of the directory has unreadable hours", extra={"hours": hours})
        return {"is_open": None, "changes_at": None}
    changes_at = wire_moment(opening.changes_at) if opening.changes_at else None
    return {"is_open": opening.is_open, "changes_at": changes_at}
