"""Promises about who comes to a call (ADR 0016): asked, joined by three, handed the caller."""

import pytest

from telephony.control_events import (
    CallerHeld,
    CallerResumed,
    PartiesJoined,
    PartyAnswered,
    PartyFailed,
    PartyGone,
    PartyRinging,
    PartyRole,
)
from telephony.control_orders import (
    CallParty,
    DropParty,
    HoldCaller,
    JoinParties,
    LeaveToParties,
    ResumeCaller,
    Target,
    TargetKind,
    TransferCaller,
)
from telephony.events import (
    AgentGone,
    CallEnded,
    CallerPlaced,
    EndedBy,
    PartyLost,
    Place,
    RingFailure,
)
from telephony.port import ExchangeRefused
from tests.telephony.controlling import (
    AGENT,
    COLLEAGUE,
    OF_ORDER,
    colleague,
    consulting,
    live,
    order,
)
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import talking_caller

# --- consulting, three together, attended transfer ----------------------------------------------


def test_a_consulted_colleague_rings_while_the_caller_is_held(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    link.ear.wait_for(CallerHeld, call_key=key)
    rang = link.ear.wait_for(PartyRinging, call_key=key)
    assert (rang.role, rang.address) == (PartyRole.CONSULTED, COLLEAGUE)
    assert live(link, key).place is Place.HELD


def test_a_colleague_who_lets_it_ring_leaves_the_caller_with_his_agent(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, CallParty, key, 1, phone=AGENT, target=colleague(), ring_seconds=2)
    link.ear.wait_for(PartyRinging, call_key=key)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, reason=RingFailure.NO_ANSWER)
    order(link, ResumeCaller, key, 2, phone=AGENT)
    link.ear.wait_for(CallerResumed, call_key=key)
    assert link.ear.of(CallerPlaced, call_key=key, place=Place.KEPT) == []


def test_a_colleague_without_a_phone_fails_at_once(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, CallParty, key, 1, phone=AGENT, target=colleague("1099"), ring_seconds=20)

    failed = link.ear.wait_for(PartyFailed, call_key=key)
    assert failed.reason is RingFailure.UNREACHABLE


UNIT, SECOND = "07623331111", "07623332222"


def unit_with_two_numbers() -> Target:
    return Target(kind=TargetKind.NUMBER, address=UNIT, fallback_number=SECOND)


def test_a_unit_that_does_not_answer_is_rung_under_its_second_number(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    link.number_lets_it_ring(UNIT)

    order(link, CallParty, key, 1, phone=AGENT, target=unit_with_two_numbers(), ring_seconds=3)
    link.ear.wait_for(PartyRinging, call_key=key, address=UNIT)
    link.pass_time(4)

    again = link.ear.wait_for(PartyRinging, call_key=key, address=SECOND)
    assert (again.order_id, again.counter) == (OF_ORDER + 1, 2)
    link.pass_time(4)
    link.ear.wait_for(PartyAnswered, call_key=key, order_id=OF_ORDER + 1, address=SECOND)
    assert link.ear.of(PartyFailed) == []


def test_a_caller_blindly_handed_to_a_unit_waits_through_both_its_numbers(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    for number in (UNIT, SECOND):
        link.number_lets_it_ring(number)

    target = unit_with_two_numbers()
    order(link, TransferCaller, key, 1, phone=AGENT, target=target, ring_seconds=3)
    link.ear.wait_for(PartyRinging, call_key=key, address=UNIT)
    link.pass_time(4)
    link.ear.wait_for(PartyRinging, call_key=key, address=SECOND)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, order_id=OF_ORDER + 1, address=SECOND)
    link.ear.wait_for(CallerPlaced, call_key=key, place=Place.QUEUE, nth=2)
    assert len(link.ear.of(PartyFailed)) == 1


def test_a_ring_taken_back_ends_the_colleagues_leg_alone(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    order(link, DropParty, key, 2, party=OF_ORDER + 1)

    link.ear.wait_for(PartyGone, call_key=key, order_id=OF_ORDER + 1)
    assert live(link, key).phone == AGENT


def test_a_held_caller_is_not_resumed_past_a_colleague_who_is_there(link: Bench) -> None:
    key = consulting(link)

    with pytest.raises(ExchangeRefused):
        order(link, ResumeCaller, key, 2, phone=AGENT)


def test_three_talk_together_and_the_snapshot_names_the_third(link: Bench) -> None:
    key = consulting(link)

    order(link, JoinParties, key, 2, phone=AGENT)

    link.ear.wait_for(PartiesJoined, call_key=key)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, AGENT)
    [party] = call.parties
    assert (party.order_id, party.address, party.is_talking) == (OF_ORDER + 1, COLLEAGUE, True)


def test_an_attended_transfer_makes_the_colleague_the_calls_agent(link: Bench) -> None:
    key = consulting(link)

    order(link, LeaveToParties, key, 2, phone=AGENT)

    gone = link.ear.wait_for(AgentGone, call_key=key)
    assert (gone.phone, gone.reason) == (AGENT, PartyLost.TRANSFERRED)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, COLLEAGUE)
    order(link, HoldCaller, key, 3, phone=COLLEAGUE)
    link.ear.wait_for(CallerHeld, call_key=key, phone=COLLEAGUE)


def test_nobody_leaves_a_caller_to_a_phone_that_still_rings(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    with pytest.raises(ExchangeRefused):
        order(link, LeaveToParties, key, 2, phone=AGENT)

    assert link.ear.of(AgentGone) == []


def test_a_caller_who_hangs_up_in_a_consultation_ends_the_call(link: Bench) -> None:
    key = consulting(link)

    link.caller_hangs_up(key)

    assert link.ear.wait_for(CallEnded, call_key=key).ended_by is EndedBy.CALLER


# --- blind transfer -----------------------------------------------------------------------------


def blindly_transferred(link: Bench, *, ring_seconds: int = 20) -> str:
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, TransferCaller, key, 1, phone=AGENT, target=colleague(), ring_seconds=ring_seconds)
    link.ear.wait_for(AgentGone, call_key=key, reason=PartyLost.TRANSFERRED)
    link.ear.wait_for(PartyRinging, call_key=key, role=PartyRole.TRANSFERRED_TO)
    return key


def test_a_blind_transfer_frees_the_agent_at_once_and_gives_the_caller_to_who_answers(
    link: Bench,
) -> None:
    key = blindly_transferred(link)
    assert live(link, key).place is Place.HELD

    link.phone_answers(key, COLLEAGUE)

    link.ear.wait_for(PartyAnswered, call_key=key, role=PartyRole.TRANSFERRED_TO)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, COLLEAGUE)


def test_a_blind_transfer_that_nobody_takes_brings_the_caller_back_to_the_queue(
    link: Bench,
) -> None:
    key = blindly_transferred(link, ring_seconds=2)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, reason=RingFailure.NO_ANSWER)
    link.ear.wait_for(CallerPlaced, call_key=key, place=Place.QUEUE, nth=2)
