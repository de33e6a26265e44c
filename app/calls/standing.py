"""Where a call stands, in the ledger and at the exchange, in words that can be compared."""

from app.calls import legs, spells
from app.calls.call_spells import SpellKind
from app.calls.call_states import WITH_AGENT, CallState
from app.calls.models import Call
from app.calls.reconciliation import (
    CITIZEN_RINGS,
    HELD_FOR_ANOTHER,
    TALKING_OUTSIDE,
    StandingCall,
)
from app.calls.talk_adoption import supervision, talking_parties
from telephony.control_events import PartyRole
from telephony.events import Place
from telephony.port import LiveCall

WITHOUT_AGENT = {Place.HELD: HELD_FOR_ANOTHER, Place.TALKING: TALKING_OUTSIDE}
TALKS = frozenset({Place.HELD, Place.TALKING, Place.CALLED})
IN_TALK = WITH_AGENT | {CallState.TRANSFERRING, CallState.HANDED_OVER}


def at_exchange(live: LiveCall) -> StandingCall:
    """Return what the exchange's list says of a call."""
    is_talk = live.place in TALKS
    return StandingCall(
        call_key=live.call_key,
        boot_id=live.boot_id,
        standing=live.place.value
        if live.phone
        else WITHOUT_AGENT.get(live.place, live.place.value),
        agent=(live.phone or "") if is_talk and live.place is not Place.CALLED else "",
        parties=frozenset(
            _party(each.leg_key, is_talking=each.is_talking)
            for each in live.parties
            if is_talk and each.role in {PartyRole.CONSULTED, PartyRole.TRANSFERRED_TO}
        ),
        supervision=frozenset(
            f"{each.address} {each.mode}" for each in live.parties if is_talk and each.mode
        ),
        is_muted=live.is_muted if is_talk and live.phone else None,
        is_paused=live.is_recording_paused if is_talk else None,
    )


def in_ledger(call: Call, *, mark: str) -> StandingCall:
    """Return what the ledger says of a call."""
    is_talk = call.state in IN_TALK
    agent = _agent(call) if call.state in WITH_AGENT else ""
    return StandingCall(
        call_key=call.call_key,
        boot_id=call.boot_id,
        standing=_standing(call),
        agent=agent,
        parties=frozenset(
            _party(leg.leg_key, is_talking=leg.answered_at is not None)
            for leg in (talking_parties(call.id) if is_talk else [])
        ),
        supervision=frozenset(
            f"{phone} {mode}" for phone, mode in (supervision(call.id) if is_talk else {}).items()
        ),
        is_muted=spells.goes_on(call, SpellKind.MUTE, phone=agent) if agent else None,
        is_paused=spells.goes_on(call, SpellKind.RECORDING_PAUSE) if is_talk else None,
        mark=mark,
    )


def _standing(call: Call) -> str:
    is_out_for_citizen = call.state is CallState.CALLING and legs.last_answered_leg(call.id)
    return CITIZEN_RINGS if is_out_for_citizen else call.state.value


def _agent(call: Call) -> str:
    had = legs.agents_legs(call.id)
    return had[-1][1].phone if had else ""


def _party(leg_key: str, *, is_talking: bool) -> str:
    return f"{leg_key} {'talks' if is_talking else 'rings'}"
