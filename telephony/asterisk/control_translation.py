"""AMI messages about a call of more than two, as our own control events: pure, without memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from telephony.asterisk.ami_connection import Message
from telephony.asterisk.call_legs import read_party
from telephony.control_events import (
    AgentMuted,
    CallerHeld,
    CallerResumed,
    CallPlacedOut,
    CitizenAnswered,
    DigitsSent,
    PartiesJoined,
    PartyAnswered,
    PartyFailed,
    PartyGone,
    PartyRinging,
    PartyRole,
    RecordingPaused,
    SupervisionChanged,
)
from telephony.control_orders import SupervisionMode
from telephony.events import News, RingFailure

# What Dial() said of a phone or number that did not take the call.
RING_FAILURES = {
    "NOANSWER": RingFailure.NO_ANSWER,
    "BUSY": RingFailure.BUSY,
    "CONGESTION": RingFailure.REJECTED,
    "DONTCALL": RingFailure.REJECTED,
    "CHANUNAVAIL": RingFailure.UNREACHABLE,
    "INVALIDARGS": RingFailure.UNREACHABLE,
    "WITHDRAWN": RingFailure.WITHDRAWN,
    "CANCEL": RingFailure.WITHDRAWN,
}

Event = dict[str, Any]


def control_news(message: Message, event: Event) -> News | None:
    """Return what a UserEvent of the dialplan or of ours means; None when it is not one of these.

    `event` holds exchange_id, boot_id and happened_at.
    """
    translator = _USER_EVENTS.get(message.headers.get("UserEvent", ""))
    if translator is None:
        return None
    headers = message.headers
    call_key = headers.get("Call") or headers["Uniqueid"]
    leg_key = headers.get("Leg") or call_key
    return translator(headers, {**event, "call_key": call_key, "leg_key": leg_key})


def party_rings(name: str, event: Event) -> News | None:
    """Return that a party's phone rings; `name` as in HL_PARTY, `event` names call and leg too."""
    party = _named(name)
    if party["role"] is PartyRole.SUPERVISOR:
        return None
    return PartyRinging(**event, **party, counter=read_party(name).ring)


def party_answered(name: str, event: Event) -> News | None:
    """Return that a party took the call."""
    party = _named(name)
    if party["role"] is PartyRole.SUPERVISOR:
        return None  # how he takes part is told when he does
    return PartyAnswered(**event, **party)


def party_leg_of(message: Message) -> str:
    """Return the leg of the party that a Dial event is about.

    A caller's own leg rings the target of a transfer; every other party has a leg that we named,
    whose other half dials.
    """
    headers = message.headers
    dialler = headers.get("Uniqueid", "")
    return dialler[1:] if dialler.startswith(("lp", "ls")) else headers["DestUniqueid"]


def _named(text: str) -> Event:
    name = read_party(text)
    return {
        "order_id": name.order_id,
        "role": name.role,
        "target_kind": name.target_kind,
        "address": name.address,
    }


def _counted(headers: Mapping[str, str]) -> Event:
    order = headers.get("Order", "")
    return {"counter": int(headers["Step"]), "order_id": int(order) if order else None}


def _placed_out(headers: Mapping[str, str], event: Event) -> News:
    return CallPlacedOut(
        **event,
        phone=headers["Phone"],
        number=headers["Number"],
        shown_number=headers.get("Shown", ""),
    )


def _citizen_answered(_headers: Mapping[str, str], event: Event) -> News:
    return CitizenAnswered(**event)


def _held(headers: Mapping[str, str], event: Event) -> News:
    return CallerHeld(**event, **_counted(headers), phone=headers["Phone"])


def _resumed(headers: Mapping[str, str], event: Event) -> News:
    return CallerResumed(**event, **_counted(headers), phone=headers["Phone"])


def _joined(headers: Mapping[str, str], event: Event) -> News:
    return PartiesJoined(**event, **_counted(headers))


def _muted(headers: Mapping[str, str], event: Event) -> News:
    said = headers["Is"] == "yes"
    return AgentMuted(**event, **_counted(headers), phone=headers["Phone"], is_muted=said)


def _digits(headers: Mapping[str, str], event: Event) -> News:
    return DigitsSent(**event, **_counted(headers), how_many=int(headers["HowMany"]))


def _recording(headers: Mapping[str, str], event: Event) -> News:
    return RecordingPaused(**event, **_counted(headers), is_paused=headers["Is"] == "yes")


def _supervision(headers: Mapping[str, str], event: Event) -> News:
    mode = headers.get("Mode", "")
    return SupervisionChanged(
        **event,
        **_counted(headers),
        phone=headers["Phone"],
        mode=SupervisionMode(mode) if mode else None,
    )


def _failed(headers: Mapping[str, str], event: Event) -> News:
    reason = RING_FAILURES.get(headers.get("Status", ""), RingFailure.UNREACHABLE)
    return PartyFailed(**event, **_named(headers["Party"]), reason=reason)


def _gone(headers: Mapping[str, str], event: Event) -> News:
    return PartyGone(**event, **_named(headers["Party"]))


_USER_EVENTS: Mapping[str, Callable[[Mapping[str, str], Event], News]] = {
    "HLCallPlacedOut": _placed_out,
    "HLCitizenAnswered": _citizen_answered,
    "HLCallerHeld": _held,
    "HLCallerResumed": _resumed,
    "HLPartiesJoined": _joined,
    "HLAgentMuted": _muted,
    "HLDigitsSent": _digits,
    "HLRecordingPaused": _recording,
    "HLSupervision": _supervision,
    "HLPartyFailed": _failed,
    "HLPartyGone": _gone,
}


def event_at(exchange_id: str, boot_id: str, happened_at: datetime) -> Event:
    """Return what every event of a node begins with."""
    return {"exchange_id": exchange_id, "boot_id": boot_id, "happened_at": happened_at}
