"""Promises that every exchange behind the port keeps: order and outcome, repeat, refusal, loss."""

import pytest

from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallEnded,
    CallerPlaced,
    EndedBy,
    LinkChanged,
    PartyLost,
    PhoneChanged,
    Place,
    RecordingReady,
    RingFailed,
    RingFailure,
)
from telephony.orders import HangUp, KeepCaller, ReturnToQueue, RingAgent, StopRinging
from telephony.port import ExchangeRefused
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import ring, ringing_caller, talking_caller, waiting_caller

# --- ringing ----------------------------------------------------------------------------------


def test_an_answered_phone_talks(link: Bench) -> None:
    call_key = talking_caller(link)

    answered = link.ear.wait_for(AgentAnswered, call_key=call_key)
    ringing = link.ear.wait_for(AgentRinging, call_key=call_key)
    assert answered.phone == ringing.phone == "1006"
    assert answered.leg_key == ringing.leg_key != call_key


def test_a_phone_that_nobody_answers_gives_the_caller_back_to_the_queue(link: Bench) -> None:
    link.phone_comes("1006")
    call_key = waiting_caller(link)

    ring(link, call_key, ring_seconds=2)
    link.ear.wait_for(AgentRinging, call_key=call_key)
    link.pass_time(3)

    link.ear.wait_for(RingFailed, call_key=call_key, reason=RingFailure.NO_ANSWER)
    placed = link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    assert placed.counter > link.ear.of(CallerPlaced, call_key=call_key)[0].counter


def test_an_offer_taken_back_stops_the_phone_and_keeps_the_caller(link: Bench) -> None:
    call_key = ringing_caller(link)

    link.send(StopRinging, call_key, phone="1006")

    link.ear.wait_for(RingFailed, call_key=call_key, reason=RingFailure.WITHDRAWN)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    assert link.ear.of(CallEnded) == []


def test_a_phone_that_is_not_there_gives_the_caller_back_at_once(link: Bench) -> None:
    call_key = waiting_caller(link)

    ring(link, call_key, "1099")

    link.ear.wait_for(RingFailed, call_key=call_key, reason=RingFailure.UNREACHABLE)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)


def test_a_caller_can_be_rung_through_again_after_a_miss(link: Bench) -> None:
    call_key = ringing_caller(link)
    link.send(StopRinging, call_key, phone="1006")
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)
    link.phone_comes("1007")

    ring(link, call_key, "1007")

    again = link.ear.wait_for(AgentRinging, call_key=call_key, phone="1007")
    assert again.leg_key != link.ear.of(AgentRinging, phone="1006")[0].leg_key


def test_one_phone_never_rings_for_two_callers(link: Bench) -> None:
    ringing_caller(link)
    other = waiting_caller(link)

    ring(link, other)

    link.ear.wait_for(RingFailed, call_key=other, reason=RingFailure.BUSY)
    assert len(link.ear.of(AgentRinging)) == 1


def test_the_same_order_sent_twice_rings_once(link: Bench) -> None:
    link.phone_comes("1006")
    call_key = waiting_caller(link)
    order = RingAgent(order_id=900, call_key=call_key, phone="1006", ring_seconds=20)

    link.exchange.orders.send(order)
    link.ear.wait_for(AgentRinging, call_key=call_key)
    link.exchange.orders.send(order)
    link.phone_answers(call_key, "1006")

    link.ear.wait_for(AgentAnswered, call_key=call_key)
    assert len(link.ear.of(AgentRinging, call_key=call_key)) == 1


# --- losing and keeping -------------------------------------------------------------------------


def test_a_phone_that_comes_and_goes_is_told(link: Bench) -> None:
    link.phone_comes("1006")
    came = link.ear.wait_for(PhoneChanged, phone="1006", is_there=True)
    assert link.exchange.snapshot is not None
    assert link.exchange.snapshot.phones_there() == {"1006": came.contact}

    link.phone_goes("1006")

    link.ear.wait_for(PhoneChanged, phone="1006", is_there=False)
    assert link.exchange.snapshot.phones_there() == {}


def test_a_phone_that_comes_back_is_a_new_contact(link: Bench) -> None:
    link.phone_comes("1006")
    link.phone_goes("1006")
    link.phone_comes("1006")

    link.ear.wait_for(PhoneChanged, phone="1006", is_there=True, nth=2)
    first, second = link.ear.of(PhoneChanged, is_there=True)
    assert first.contact != second.contact


def test_a_caller_whose_agent_was_lost_is_kept_and_talks_on(link: Bench) -> None:
    call_key = talking_caller(link)
    link.phone_goes("1006")

    link.send(KeepCaller, call_key)
    link.ear.wait_for(AgentGone, call_key=call_key, reason=PartyLost.PHONE_LOST)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.KEPT)
    link.phone_comes("1006")
    link.ear.wait_for(PhoneChanged, is_there=True, nth=2)
    ring(link, call_key, resumes=True)
    link.ear.wait_for(AgentRinging, call_key=call_key, nth=2)
    link.pass_time(1)

    link.ear.wait_for(AgentAnswered, call_key=call_key, nth=2)
    assert link.ear.of(CallEnded) == []


def test_a_kept_caller_can_be_returned_to_the_queue(link: Bench) -> None:
    call_key = talking_caller(link)
    link.send(KeepCaller, call_key)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.KEPT)

    link.send(ReturnToQueue, call_key)

    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE, nth=2)


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [waiting_caller, ringing_caller, talking_caller])
def test_a_hang_up_order_ends_the_call_wherever_it_is(link: Bench, reach: object) -> None:
    call_key = reach(link)  # type: ignore[operator]

    link.send(HangUp, call_key)

    assert link.ear.wait_for(CallEnded, call_key=call_key).ended_by is EndedBy.APP


@pytest.mark.parametrize("reach", [waiting_caller, ringing_caller, talking_caller])
def test_a_caller_who_hangs_up_ends_the_call_wherever_it_is(link: Bench, reach: object) -> None:
    call_key = reach(link)  # type: ignore[operator]

    link.caller_hangs_up(call_key)

    assert link.ear.wait_for(CallEnded, call_key=call_key).ended_by is EndedBy.CALLER


def test_a_caller_without_patience_left_hangs_up(link: Bench) -> None:
    call_key = waiting_caller(link, patience=4)

    link.pass_time(5)

    assert link.ear.wait_for(CallEnded, call_key=call_key).ended_by is EndedBy.CALLER


def test_a_recording_of_the_talk_can_be_had_after_the_end(link: Bench) -> None:
    assert link.exchange.recordings is not None
    call_key = talking_caller(link)
    link.pass_time(3)
    link.caller_hangs_up(call_key)
    link.ear.wait_for(CallEnded, call_key=call_key)
    link.pass_time(2)

    ready = link.ear.wait_for(RecordingReady, call_key=call_key)
    assert ready.recording_name.startswith(f"{link.exchange.exchange_id}_{call_key}_")
    assert link.exchange.recordings.fetch(ready.recording_name).startswith(b"RIFF")
    link.exchange.recordings.discard(ready.recording_name)
    with pytest.raises(ExchangeRefused):
        link.exchange.recordings.fetch(ready.recording_name)


def test_a_call_that_nobody_answered_has_no_recording(link: Bench) -> None:
    call_key = ringing_caller(link)
    link.caller_hangs_up(call_key)
    link.ear.wait_for(CallEnded, call_key=call_key)
    link.pass_time(3)

    second = waiting_caller(link)

    assert second != call_key
    assert link.ear.of(RecordingReady) == []


# --- refusals -----------------------------------------------------------------------------------


def test_orders_about_a_call_that_is_gone_are_refused_for_good(link: Bench) -> None:
    call_key = waiting_caller(link)
    link.caller_hangs_up(call_key)
    link.ear.wait_for(CallEnded, call_key=call_key)

    for send in (
        lambda: ring(link, call_key),
        lambda: link.send(HangUp, call_key),
        lambda: link.send(KeepCaller, call_key),
    ):
        with pytest.raises(ExchangeRefused) as refusal:
            send()
        assert (refusal.value.code, refusal.value.is_retryable) == ("no-such-call", False)


def test_a_talking_caller_is_not_rung_through_to_somebody_else(link: Bench) -> None:
    call_key = talking_caller(link)
    link.phone_comes("1007")

    with pytest.raises(ExchangeRefused) as refusal:
        ring(link, call_key, "1007")

    assert (refusal.value.code, refusal.value.is_retryable) == ("refused", False)


def test_an_offer_cannot_be_taken_back_from_a_talk(link: Bench) -> None:
    call_key = talking_caller(link)

    with pytest.raises(ExchangeRefused):
        link.send(StopRinging, call_key, phone="1006")

    assert link.ear.of(AgentGone) == []


def test_orders_over_a_lost_link_are_refused_and_may_be_tried_again(link: Bench) -> None:
    call_key = waiting_caller(link)
    link.cut_link()
    link.ear.wait_for(LinkChanged, is_up=False)

    with pytest.raises(ExchangeRefused) as refusal:
        link.send(HangUp, call_key)

    assert (refusal.value.code, refusal.value.is_retryable) == ("link-down", True)
