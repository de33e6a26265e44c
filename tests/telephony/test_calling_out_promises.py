"""Promises about calling a citizen: whoever calls is rung first, at a phone here or at his own."""

from telephony.control_events import CallPlacedOut, CitizenAnswered, PartyRinging, PartyRole
from telephony.control_orders import CallOut, TargetKind
from telephony.events import (
    AgentAnswered,
    AgentRinging,
    CallEnded,
    EndedBy,
    Place,
    RingFailed,
    RingFailure,
)
from telephony.orders import HangUp
from tests.telephony.exchange_bench import Bench

AGENT, TELEPHONE, CITIZEN = "1006", "13900000031", "15407620008"


def call_out(link: Bench, key: str, **changes: object) -> str:
    given = {"phone": AGENT, "number": CITIZEN, "shown_number": "12315", "ring_seconds": 20}
    link.exchange.orders.send(CallOut(order_id=501, call_key=key, **{**given, **changes}))  # type: ignore[arg-type]  # as the promise says
    return key


def from_his_own_telephone(link: Bench, key: str, **changes: object) -> str:
    """Somebody who has no phone here calls a citizen."""
    call_out(link, key, phone=TELEPHONE, phone_kind=TargetKind.NUMBER, **changes)
    link.ear.wait_for(AgentRinging, call_key=key, phone=TELEPHONE)
    return key


def place_of(link: Bench, key: str) -> tuple[Place, str | None]:
    assert link.exchange.snapshot is not None
    [found] = [call for call in link.exchange.snapshot.live_calls() if call.call_key == key]
    return found.place, found.phone


def test_calling_out_rings_the_agent_first_and_then_the_citizen(link: Bench) -> None:
    link.phone_comes(AGENT)
    key = call_out(link, "out-1")
    link.ear.wait_for(CallPlacedOut, call_key=key)
    link.ear.wait_for(AgentRinging, call_key=key, phone=AGENT)
    assert link.ear.of(PartyRinging, call_key=key) == []
    # else whoever compares would take it that the agent has answered
    assert place_of(link, key) == (Place.RINGING, AGENT)

    link.phone_answers(key, AGENT)

    link.ear.wait_for(AgentAnswered, call_key=key)
    rang = link.ear.wait_for(PartyRinging, call_key=key, role=PartyRole.CITIZEN)
    assert rang.address.endswith(CITIZEN)
    link.pass_time(3)
    link.ear.wait_for(CitizenAnswered, call_key=key)
    assert place_of(link, key) == (Place.TALKING, AGENT)


def test_a_call_out_without_a_phone_ends_and_rings_no_citizen(link: Bench) -> None:
    key = call_out(link, "out-2", phone="1099")

    link.ear.wait_for(RingFailed, call_key=key, reason=RingFailure.UNREACHABLE)
    link.ear.wait_for(CallEnded, call_key=key)
    assert link.ear.of(PartyRinging, call_key=key) == []


def test_who_has_no_phone_here_is_rung_at_his_own_telephone_and_then_the_citizen(
    link: Bench,
) -> None:
    key = from_his_own_telephone(link, "out-3")
    assert place_of(link, key)[0] is Place.RINGING
    link.pass_time(3)
    link.ear.wait_for(AgentAnswered, call_key=key, phone=TELEPHONE)
    link.ear.wait_for(PartyRinging, call_key=key, role=PartyRole.CITIZEN)
    link.pass_time(3)
    link.ear.wait_for(CitizenAnswered, call_key=key)

    assert place_of(link, key) == (Place.TALKING, TELEPHONE)
    link.send(HangUp, key)
    link.ear.wait_for(CallEnded, call_key=key, ended_by=EndedBy.APP)


def test_an_own_telephone_that_nobody_takes_calls_no_citizen(link: Bench) -> None:
    link.number_lets_it_ring(TELEPHONE)
    key = from_his_own_telephone(link, "out-4", ring_seconds=1)
    link.pass_time(2)

    link.ear.wait_for(RingFailed, call_key=key, phone=TELEPHONE, reason=RingFailure.NO_ANSWER)
    link.ear.wait_for(CallEnded, call_key=key, ended_by=EndedBy.EXCHANGE)
    assert link.ear.of(PartyRinging, call_key=key) == []
