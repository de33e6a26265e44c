"""AMI messages in, our own events out: pure, and without memory of earlier messages.

Every channel event carries HL_OF, the unique id of the caller's leg it belongs to (manager.conf
`channelvars`). A leg without it is none of a citizen's calls and is ignored. What repeats is
counted by the dialplan (HL_PASS, HL_RING), so that a restarted application counts the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telephony.asterisk.agi_server import caller_number
from telephony.asterisk.ami_connection import Message
from telephony.asterisk.call_legs import citizen_leg, read_party
from telephony.asterisk.control_translation import (
    RING_FAILURES,
    control_news,
    event_at,
    party_answered,
    party_leg_of,
    party_rings,
)
from telephony.asterisk.landing_translation import LANDING_NEWS
from telephony.control_events import PartyRole
from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    News,
    PartyLost,
    PhoneChanged,
    Place,
    RingFailed,
    RingFailure,
)

NO_SOUND_CAUSE = 44  # Q.850 "requested channel unavailable": what Asterisk says of an RTP timeout

# a carrier may play its ringing instead of saying that it rings
_RINGS = ("RINGING", "PROGRESS")

# where such a leg is in the dialplan while he rings, and when he answers
_OUT = ("out-ring", "out-agent")

_PHONE_OF_CHANNEL = re.compile(r"^PJSIP/(.+)-[0-9a-f]{8}$")
_PHONE = re.compile(r"^\d{2,12}$")

_THERE = {"Created": True, "Reachable": True, "NonQualified": True, "Updated": True}
_NOT_THERE = {"Removed": False, "Unreachable": False}


@dataclass(frozen=True, kw_only=True)
class Node:
    """Which exchange a message came from, and which life of it."""

    exchange_id: str
    boot_id: str


def translate(message: Message, *, node: Node) -> list[News]:
    """Return what a message means to us; an empty list when it is none of our business."""
    translator = _TRANSLATORS.get(message.event_name)
    return translator(message, node) if translator else []


def moment_of(message: Message) -> datetime:
    """Return the exchange's own time of an event. AMI gives seconds since 1970 with fractions."""
    return datetime.fromtimestamp(float(message.headers["Timestamp"]), UTC)


def boot_id_of(core_status: Message) -> str:
    """Return what names one life of an exchange: its start, as CoreStatus gives it."""
    headers = core_status.headers
    return f"{headers.get('CoreStartupDate', '')}T{headers.get('CoreStartupTime', '')}"


def phones_from(entries: Iterable[Message]) -> dict[str, str]:
    """Return phone → contact for each entry of a PJSIPShowAors list that can be rung.

    PJSIPShowContacts would leave out desk phones with a fixed address.
    """
    phones = {}
    for entry in entries:
        phone, contacts = entry.headers.get("ObjectName", ""), entry.headers.get("Contacts", "")
        if contacts and _PHONE.match(phone):
            phones[phone] = contacts.split(",")[0].removeprefix(f"{phone}/")
    return phones


def phone_of_channel(channel: str) -> str:
    """Return the phone of a channel name such as PJSIP/1006-0000002a, or nothing."""
    match = _PHONE_OF_CHANNEL.match(channel)
    return match[1] if match else ""


def _milliseconds(text: str) -> datetime:
    return datetime.fromtimestamp(int(text or "0") / 1000, UTC)


def known(value: str) -> str:
    """Return a name or number of Asterisk's, nothing for its words for nothing."""
    return "" if value in ("<unknown>", "<none>") else value


def _of_call(message: Message, node: Node, *, call_key: str = "") -> dict[str, Any]:
    key = call_key or message.headers["Uniqueid"]
    return {
        "exchange_id": node.exchange_id,
        "boot_id": node.boot_id,
        "call_key": key,
        "leg_key": key,
        "happened_at": moment_of(message),
    }


def _user_event(message: Message, node: Node) -> list[News]:
    translator = _USER_EVENTS.get(message.headers.get("UserEvent", ""))
    if translator is not None:
        # the dialplan sends them on the caller's own leg, or says whose call it is
        return [
            translator(message, _of_call(message, node, call_key=message.headers.get("Call", "")))
        ]
    news = control_news(message, event_at(node.exchange_id, node.boot_id, moment_of(message)))
    return [news] if news else []


def _arrived(message: Message, of_call: dict[str, Any]) -> News:
    headers = message.headers
    return CallArrived(
        **of_call,
        from_number=caller_number(known(headers.get("CallerIDNum", ""))),
        from_name=known(headers.get("CallerIDName", "")),
        dialled_number=headers["Dialled"],
        invited_at=_milliseconds(headers["Invited"]),
    )


def _placed(message: Message, of_call: dict[str, Any]) -> News:
    headers = message.headers
    return CallerPlaced(**of_call, counter=int(headers["Pass"]), place=Place(headers["Place"]))


def _ring_failed(message: Message, of_call: dict[str, Any]) -> News:
    headers = message.headers
    return RingFailed(
        # a phone that was never rung has no leg of its own
        **{**of_call, "leg_key": headers.get("Leg") or of_call["leg_key"]},
        counter=int(headers["Ring"]),
        phone=headers["Phone"],
        reason=RING_FAILURES.get(headers["Status"], RingFailure.UNREACHABLE),
    )


def _gone(message: Message, of_call: dict[str, Any]) -> News:
    headers = message.headers
    return AgentGone(
        **{**of_call, "leg_key": headers.get("Leg") or of_call["leg_key"]},
        phone=headers["Phone"],
        reason=PartyLost(headers["Reason"]),
    )


def _dial_state(message: Message, node: Node) -> list[News]:
    status = message.headers.get("DialStatus")
    if "Uniqueid" not in message.headers:
        return _citizen_rings(message, node)
    if message.variables.get("HL_PARTY"):
        rings = status in _RINGS
        return (
            _told(party_rings(message.variables["HL_PARTY"], _of_party(message, node)))
            if rings
            else []
        )
    if status not in (_RINGS if _telephone_of(message) else ("RINGING",)):
        return []
    return [AgentRinging(**leg) for leg in _agent_leg(message, node)]


def _dial_end(message: Message, node: Node) -> list[News]:
    status = message.headers.get("DialStatus", "")
    if message.variables.get("HL_PARTY"):
        answered = status == "ANSWER"
        return (
            _told(party_answered(message.variables["HL_PARTY"], _of_party(message, node)))
            if answered
            else []
        )
    legs = _agent_leg(message, node)
    if status == "ANSWER":
        return [AgentAnswered(**leg) for leg in legs]
    # in [to-agent] the dialplan itself says that a ring failed; Queue() of the fallback does not,
    # and there CANCEL only means that the caller left
    if message.headers.get("Context") == "alone" and status != "CANCEL":
        reason = RING_FAILURES.get(status, RingFailure.UNREACHABLE)
        return [RingFailed(**leg, reason=reason) for leg in legs]
    return []


def _citizen_rings(message: Message, node: Node) -> list[News]:
    """A leg that nobody dials is of our making: it says itself who it is.

    Of a party's Local channel only the half that dials tells of ringing.
    """
    own = _variables_of_dest(message)
    name, rings = own.get("HL_PARTY", ""), message.headers.get("DialStatus") in _RINGS
    if not rings or not name or read_party(name).role is not PartyRole.CITIZEN:
        return []
    of_call = _of_call(message, node, call_key=own["HL_OF"])
    return _told(party_rings(name, {**of_call, "leg_key": citizen_leg(own["HL_OF"])}))


def _variables_of_dest(message: Message) -> dict[str, str]:
    return dict(line.split("=", 1) for line in message.all_of("DestChanVariable") if "=" in line)


def _telephone_of(message: Message) -> str:
    """Return the number outside that is rung as an agent's own telephone, or nothing."""
    return _variables_of_dest(message).get("HL_TELEPHONE", "")


def _told(news: News | None) -> list[News]:
    return [news] if news else []


def _of_party(message: Message, node: Node) -> dict[str, Any]:
    of_call = _of_call(message, node, call_key=message.variables["HL_OF"])
    return {**of_call, "leg_key": party_leg_of(message)}


def _agent_leg(message: Message, node: Node) -> list[dict[str, Any]]:
    headers = message.headers
    telephone = _telephone_of(message)
    phone = telephone or phone_of_channel(headers.get("DestChannel", ""))
    call_key = message.variables.get("HL_OF", "")
    # an agent who calls a citizen is rung by a leg that is only there for it
    rings_for = headers.get("Uniqueid") == call_key or headers.get("Context") in _OUT
    is_phone = bool(telephone or _PHONE.match(phone))
    if not is_phone or not call_key or not rings_for:
        return []
    of_call = _of_call(message, node, call_key=call_key)
    return [{**of_call, "leg_key": headers["DestUniqueid"], "phone": phone}]


def _hangup(message: Message, node: Node) -> list[News]:
    key = message.headers.get("Uniqueid", "")
    if not key or message.variables.get("HL_OF") != key:
        return []
    cause = int(message.headers.get("Cause") or 0)
    said = message.variables.get("HL_ENDED_BY", "")
    return [CallEnded(**_of_call(message, node), cause=cause, ended_by=_who_ended(said, cause))]


def _who_ended(said: str, cause: int) -> EndedBy:
    # the dialplan and the application say it before they hang up; a caller cannot
    if said:
        return EndedBy(said)
    return EndedBy.EXCHANGE if cause == NO_SOUND_CAUSE else EndedBy.CALLER


def _contact(message: Message, node: Node) -> list[News]:
    headers = message.headers
    phone = headers.get("AOR", "")
    is_there = {**_THERE, **_NOT_THERE}.get(headers.get("ContactStatus", ""))
    if is_there is None or not _PHONE.match(phone):
        return []
    return [
        PhoneChanged(
            exchange_id=node.exchange_id,
            phone=phone,
            is_there=is_there,
            contact=headers.get("URI", ""),
            happened_at=moment_of(message),
        )
    ]


_USER_EVENTS: Mapping[str, Callable[[Message, dict[str, Any]], News]] = {
    "HLCallArrived": _arrived,
    "HLCallerPlaced": _placed,
    "HLRingFailed": _ring_failed,
    "HLAgentGone": _gone,
    **LANDING_NEWS,
}
_TRANSLATORS: Mapping[str, Callable[[Message, Node], list[News]]] = {
    "UserEvent": _user_event,
    "DialState": _dial_state,
    "DialEnd": _dial_end,
    "Hangup": _hangup,
    "ContactStatus": _contact,
}
