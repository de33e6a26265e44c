"""Which news of a call with more than two becomes which fact. A part of `listeners`' table.

Who is rung for a colleague's call sees it as an offer, under a negative id (the leg's): his page
rings, answers and lets go of it as of any other.
"""

from typing import Any

from app.call_queue import service as call_queue
from app.calls import service as calls
from app.calls.events import (
    CallEntered,
    CallHandedOver,
    CallTransferred,
    OrderRefused,
    OutcomeMissing,
    PartyFact,
    PartyLeft,
    PartyRang,
    PartyTookCall,
    TalkChanged,
)
from app.core import clock
from app.core.events import listen_within_save
from app.core.facts import SUPERVISORS, agent_audience, record_fact
from app.core.formatting import wire_moment
from app.workstation import cards, control_cards


def register() -> None:
    """Within the saves of the ledger: a screen never shows a wish, only what came of it."""
    listen_within_save(TalkChanged, _talk_changed)
    listen_within_save(PartyRang, _party_rang)
    listen_within_save(PartyTookCall, _party_took_call)
    listen_within_save(PartyLeft, _party_left)
    listen_within_save(CallTransferred, _transferred)
    listen_within_save(CallHandedOver, _handed_over)
    listen_within_save(CallEntered, _called_out)
    listen_within_save(OrderRefused, _order_refused)
    listen_within_save(OutcomeMissing, _outcome_missing)


def _talk_changed(fact: TalkChanged) -> None:
    _tell_call(fact.call_id, what=fact.what, order_id=fact.order_id)


def _party_rang(fact: PartyRang) -> None:
    if fact.agent_id is not None:
        offer = ring_card(fact.agent_id, fact.call_id, leg_id=fact.leg_id)
        if offer is not None:
            _tell(fact.agent_id, "desk.offer_made", {"offer": offer})
    _tell_call(fact.call_id, what="party_ringing")


def _party_took_call(fact: PartyTookCall) -> None:
    if fact.agent_id is not None:
        _end_ring(fact, fact.agent_id, "answered")
        call = calls.get_call(fact.call_id)
        if call.agent_id != fact.agent_id:  # else he is told by CallAnswered
            card = cards.call_card(call, agent_id=fact.agent_id)
            _tell(fact.agent_id, "desk.call_answered", {"call": card})
    _tell_call(fact.call_id, what="party_answered")


def _party_left(fact: PartyLeft) -> None:
    if fact.agent_id is not None:
        _end_ring(fact, fact.agent_id, "missed" if fact.reason == "no_answer" else "withdrawn")
    _tell_call(fact.call_id, what="party_left")


def _end_ring(fact: PartyFact, agent_id: int, reason: str) -> None:
    body = {"offer_id": -fact.leg_id, "call_id": fact.call_id, "reason": reason}
    _tell(agent_id, "desk.offer_ended", body)


def _transferred(fact: CallTransferred) -> None:
    """For the agent who left, the call is over."""
    body = {
        "call_id": fact.call_id,
        "ended_at": wire_moment(fact.at),
        "ended_by": cards.TRANSFERRED,
    }
    _tell(fact.from_agent_id, "desk.call_ended", body)
    _tell_call(fact.call_id, what="transferred", but=fact.from_agent_id)


def _handed_over(fact: CallHandedOver) -> None:
    _tell_supervisors(fact.call_id, what="handed_over")


def _called_out(fact: CallEntered) -> None:
    """The agent's desk has the call from its wish on, before anybody is rung."""
    call = calls.get_call(fact.call_id)
    is_at_a_desk = call.direction.value == "out" and not call.is_by_telephone
    if is_at_a_desk and call.agent_id is not None:
        card = cards.call_card(call, agent_id=call.agent_id)
        _tell(call.agent_id, "desk.call_answered", {"call": card})


def _order_refused(fact: OrderRefused) -> None:
    if fact.wished_by is not None:
        body = {
            "order_id": fact.order_id,
            "call_id": fact.call_id,
            "kind": fact.kind,
            "code": fact.code,
        }
        _tell(fact.wished_by, "desk.order_refused", body)


def _outcome_missing(fact: OutcomeMissing) -> None:
    body = {"order_id": fact.order_id, "call_id": fact.call_id, "kind": fact.kind}
    if fact.wished_by is not None:
        _tell(fact.wished_by, "desk.outcome_missing", body)
    record_fact(SUPERVISORS, name="supervision.outcome_missing", body=body, at=clock.now())


def ring_card(agent_id: int, call_id: int, *, leg_id: int | None = None) -> dict[str, Any] | None:
    """Return a colleague's call that rings at this agent's phone, as an offer shows it."""
    presence = call_queue.presence_of(agent_id)
    legs = [leg for leg in calls.parties_of(call_id) if leg.agent_id == agent_id]
    leg = next((each for each in legs if leg_id in {None, each.id}), None)
    if presence is None or leg is None or leg.answered_at is not None:
        return None
    until = presence.until or clock.now()
    return {
        **cards.pop_card(calls.get_call(call_id), agent_id=agent_id),
        "offer_id": -leg.id,
        "ring_until": wire_moment(until),
        "resumes": False,
        "why": leg.role.value,
        "handing": control_cards.handing_card(calls.get_call(call_id), agent_id=agent_id),
    }


def _tell_call(
    call_id: int, *, what: str, order_id: int | None = None, but: int | None = None
) -> None:
    """Tell the call's agent, whoever of ours helps him, and the supervisors how it stands."""
    call = calls.get_call(call_id)
    body = {
        "call_id": call.id,
        "state": cards.state_on_desk(call),
        "state_since": wire_moment(call.state_since),
        "what": what,
        "order_id": order_id,
        "control": control_cards.control_card(call),
    }
    helping = {leg.agent_id for leg in calls.parties_of(call_id) if leg.answered_at is not None}
    for agent_id in sorted({each for each in {call.agent_id, *helping} if each} - {but}):
        # Who gave the caller away stays its agent until another takes it: for him it is over.
        if calls.left_at(call, agent_id=agent_id) is None:
            _tell(agent_id, "desk.call_changed", body)
    _tell_supervisors(call_id, what=what)


def _tell_supervisors(call_id: int, *, what: str) -> None:
    call = calls.get_call(call_id)
    body = {
        "call_id": call.id,
        "agent_id": call.agent_id,
        "state_since": wire_moment(call.state_since),
        "what": what,
        **control_cards.control_card(call, for_supervisors=True),
    }
    record_fact(SUPERVISORS, name="supervision.call_changed", body=body, at=clock.now())


def _tell(agent_id: int, name: str, body: dict[str, object]) -> None:
    record_fact(agent_audience(agent_id), name=name, body=body, at=clock.now())
