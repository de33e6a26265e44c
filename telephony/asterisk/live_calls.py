"""The calls that a node carries now, read from a Status list: pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

from telephony.asterisk.agi_server import caller_number
from telephony.asterisk.ami_connection import Message
from telephony.asterisk.ami_translation import Node, known
from telephony.asterisk.call_legs import CallLegs, Leg, all_calls, read_party
from telephony.control_orders import SupervisionMode
from telephony.events import Place
from telephony.port import LiveCall, LiveParty


def live_calls_from(entries: Sequence[Message], *, node: Node) -> list[LiveCall]:
    """Return the calls among the entries of a Status list (call_legs.STATUS_VARIABLES)."""
    return [_live_call(call, node) for call in all_calls(entries)]


def _live_call(call: CallLegs, node: Node) -> LiveCall:
    caller = call.caller
    headers = caller.entry.headers
    return LiveCall(
        exchange_id=node.exchange_id,
        boot_id=node.boot_id,
        call_key=caller.key,
        from_number=_number_of(caller),
        from_name=known(headers.get("CallerIDName", "")),
        dialled_number=caller.variable("HL_DIALLED"),
        invited_at=datetime.fromtimestamp(int(caller.variable("HL_INVITED") or "0") / 1000, UTC),
        place=_place(call),
        place_counter=int(caller.variable("HL_PASS") or 0),
        phone=call.agent_phone or None,
        agent_leg_key=call.agent.key if call.agent else None,
        agent_party=_live_party(call.agent) if call.agent and call.agent.party else None,
        parties=tuple(_live_party(leg) for leg in (*call.parties, *call.supervisors) if leg.party),
        is_muted=call.agent.noted("HL_MUTED") if call.agent else None,
        is_recording_paused=caller.noted("HL_PAUSED"),
    )


def _number_of(caller: Leg) -> str:
    """Return the citizen's number; while an agent calls him, his leg bears what he is shown."""
    called = caller.variable("HL_PARTY") if caller.variable("HL_PLACE") == Place.CALLED else ""
    if called:
        return read_party(called).address
    return caller_number(known(caller.entry.headers.get("CallerIDNum", "")))


def _place(call: CallLegs) -> Place:
    """Say where the caller is.

    With an agent's leg there he rings until both are in one conversation: the fallback queue does
    not tell the dialplan that a phone rings, and an answer may be a moment ahead of the sound.
    """
    if call.place is Place.CALLED:
        # his leg stands there from the first moment, and calls nobody until the agent is there
        return Place.CALLED if call.agent and call.agent.is_up else Place.RINGING
    if call.agent is None or call.place in (Place.HELD, Place.KEPT):
        return call.place
    together = bool(call.caller.bridge) and call.caller.bridge == call.agent.bridge
    return Place.TALKING if together else Place.RINGING


def _live_party(leg: Leg) -> LiveParty:
    assert leg.party is not None  # noqa: S101 - asked by the caller
    return LiveParty(
        order_id=leg.party.order_id,
        leg_key=leg.key,
        role=leg.party.role,
        address=leg.party.address,
        is_talking=leg.is_talking,
        target_kind=leg.party.target_kind,
        mode=_mode(leg),
    )


def _mode(leg: Leg) -> SupervisionMode | None:
    """Say how a supervisor takes part: the dialplan notes it when his phone was answered."""
    said = leg.variable("HL_MODE")
    return SupervisionMode(said) if said else None
