"""Promises that every exchange behind the port keeps: order and outcome, repeat, refusal, loss."""

from datetime import UTC, timedelta
from threading import Event as Signal

import pytest

from telephony.events import (
    AgentAnswered,
    AgentGone,
    AgentRinging,
    CallArrived,
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
    TelephonyEvent,
)
from telephony.orders import HangUp, KeepCaller, ReturnToQueue, RingAgent, StopRinging
from telephony.port import ExchangeRefused, IncomingCall, IntakeAction, IntakeAnswer
from tests.services.processes import wait_until
from tests.telephony.exchange_bench import Bench, to_the_queue
from tests.telephony.reaching import ring, ringing_caller, talking_caller, waiting_caller

FINEST_SNAPSHOT = timedelta(seconds=1)  # an exchange may keep whole seconds

# --- the door ---------------------------------------------------------------------------------


def test_a_call_arrives_with_both_numbers_and_is_put_on_hold(link: Bench) -> None:
    call_key = link.caller("12315", from_number="15407620001")

    arrived = link.ear.wait_for(CallArrived, call_key=call_key)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)
    assert (arrived.dialled_number, arrived.from_number) == ("12315", "15407620001")
    assert arrived.invited_at.tzinfo is UTC


def test_the_app_is_asked_about_each_call_once(bench: Bench) -> None:
    asked: list[IncomingCall] = []

    def ask(call: IncomingCall) -> IntakeAnswer:
        asked.append(call)
        return to_the_queue(call)

    bench.connect(ask)
    keys = [waiting_caller(bench, dialled=number) for number in ("12315", "12333")]

    assert [call.call_key for call in asked] == keys
    assert [call.dialled_number for call in asked] == ["12315", "12333"]


def test_a_refused_call_ends_and_is_never_put_on_hold(bench: Bench) -> None:
    bench.connect(lambda _call: IntakeAnswer(action=IntakeAction.REFUSE))

    call_key = bench.caller()

    assert bench.ear.wait_for(CallEnded, call_key=call_key).ended_by is EndedBy.EXCHANGE
    assert bench.ear.of(CallerPlaced) == []


def test_an_announced_call_hears_the_announcement_and_ends(bench: Bench) -> None:
    bench.connect(lambda _call: IntakeAnswer(action=IntakeAction.ANNOUNCE, announcement="moved"))

    call_key = bench.caller()
    bench.pass_time(10)

    assert bench.ear.wait_for(CallEnded, call_key=call_key).ended_by is EndedBy.EXCHANGE
    assert bench.ear.of(AgentRinging) == []


def test_a_caller_who_hears_that_he_is_recorded_stands_in_line_only_after_it(bench: Bench) -> None:
    bench.connect(
        lambda _call: IntakeAnswer(action=IntakeAction.QUEUE, plays_recording_notice=True)
    )

    call_key = bench.caller()
    arrived = bench.ear.wait_for(CallArrived, call_key=call_key)
    bench.pass_time(0.5)
    assert bench.ear.of(CallerPlaced) == []
    bench.pass_time(4)

    placed = bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)
    assert placed.happened_at > arrived.happened_at


def test_a_greeting_that_the_exchange_does_not_have_keeps_nobody_from_the_queue(
    bench: Bench,
) -> None:
    bench.connect(lambda _call: IntakeAnswer(action=IntakeAction.QUEUE, greeting="greeting-1-ab"))

    call_key = bench.caller()
    bench.pass_time(6)

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)


def test_a_silent_app_leaves_the_caller_to_the_exchange_after_two_seconds(bench: Bench) -> None:
    let_go = Signal()

    def ask(call: IncomingCall) -> IntakeAnswer:
        let_go.wait(10)
        return to_the_queue(call)

    bench.connect(ask)
    call_key = bench.caller()
    bench.pass_time(2.5)

    placed = bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.ALONE)
    let_go.set()
    invited = bench.ear.of(CallArrived)[0].invited_at
    assert placed.happened_at - invited <= timedelta(seconds=2.5)


def test_an_app_that_fails_at_the_door_leaves_the_caller_to_the_exchange(bench: Bench) -> None:
    def ask(_call: IncomingCall) -> IntakeAnswer:
        raise RuntimeError("the app is broken")

    bench.connect(ask)
    call_key = bench.caller()

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.ALONE)


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


# --- an app that was away -------------------------------------------------------------------------


def test_a_link_that_comes_back_names_the_same_life_of_the_exchange(link: Bench) -> None:
    link.cut_link()
    link.ear.wait_for(LinkChanged, is_up=False)
    link.mend_link()

    link.ear.wait_for(LinkChanged, is_up=True, nth=2)
    first, second = link.ear.of(LinkChanged, is_up=True)
    assert first.boot_id == second.boot_id


def test_callers_of_an_app_that_is_gone_go_the_exchanges_own_way(bench: Bench) -> None:
    bench.connect()
    waiting_caller(bench)
    bench.disconnect()

    bench.pass_time(7)
    bench.connect()

    assert bench.exchange.snapshot is not None
    assert [call.place for call in bench.exchange.snapshot.live_calls()] == [Place.ALONE]


def test_a_caller_whom_the_exchange_kept_comes_back_to_a_returning_app(bench: Bench) -> None:
    call_key = bench.caller()
    bench.pass_time(3)
    bench.connect()

    with pytest.raises(ExchangeRefused) as refusal:
        ring(bench, call_key)
    assert (refusal.value.code, refusal.value.is_retryable) == ("refused", True)
    bench.pass_time(20)

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)


def test_a_caller_whom_the_exchange_kept_can_be_fetched_at_once(bench: Bench) -> None:
    call_key = bench.caller()
    bench.pass_time(3)
    bench.connect()

    bench.send(ReturnToQueue, call_key)

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)


def test_callers_of_an_app_that_cannot_save_go_the_exchanges_own_way_until_it_can(
    bench: Bench,
) -> None:
    can_work = Signal()
    can_work.set()
    bench.connect(is_well=can_work.is_set)
    call_key = waiting_caller(bench)

    def comes_to(place: Place, *, nth: int = 1) -> bool:
        bench.pass_time(0.5)
        return len(bench.ear.of(CallerPlaced, call_key=call_key, place=place)) >= nth

    can_work.clear()
    wait_until(lambda: comes_to(Place.ALONE), seconds=8, what="the exchange's own way")
    can_work.set()
    wait_until(lambda: comes_to(Place.QUEUE, nth=2), seconds=10, what="our queue again")


def test_a_talk_goes_on_while_the_app_is_away(bench: Bench) -> None:
    bench.connect()
    call_key = talking_caller(bench)
    bench.disconnect()
    bench.pass_time(10)
    bench.connect()

    assert bench.exchange.snapshot is not None
    [call] = bench.exchange.snapshot.live_calls()
    assert (call.call_key, call.place, call.phone) == (call_key, Place.TALKING, "1006")


def test_the_snapshot_equals_what_the_news_said(link: Bench) -> None:
    waiting = waiting_caller(link, from_number="15407620007")
    ringing = ringing_caller(link, "1006")
    talking = talking_caller(link, "1007")
    gone = waiting_caller(link)
    link.caller_hangs_up(gone)
    link.ear.wait_for(CallEnded, call_key=gone)

    assert link.exchange.snapshot is not None
    calls = {call.call_key: call for call in link.exchange.snapshot.live_calls()}

    assert {key: (call.place, call.phone) for key, call in calls.items()} == {
        waiting: (Place.QUEUE, None),
        ringing: (Place.RINGING, "1006"),
        talking: (Place.TALKING, "1007"),
    }
    assert calls[ringing].agent_leg_key == link.ear.of(AgentRinging, phone="1006")[0].leg_key
    for arrived in link.ear.of(CallArrived):
        call = calls.get(arrived.call_key)
        if call is not None:
            assert (call.from_number, call.dialled_number, call.boot_id) == (
                arrived.from_number,
                arrived.dialled_number,
                arrived.boot_id,
            )
            assert abs(call.invited_at - arrived.invited_at) < FINEST_SNAPSHOT


def test_no_two_events_share_a_natural_key_and_time_never_runs_back(link: Bench) -> None:
    call_key = talking_caller(link)
    link.send(KeepCaller, call_key)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.KEPT)
    link.send(ReturnToQueue, call_key)
    ring(link, call_key)
    link.ear.wait_for(AgentRinging, call_key=call_key, nth=2)
    link.caller_hangs_up(call_key)
    link.ear.wait_for(CallEnded, call_key=call_key)

    events = [piece for piece in link.ear.heard if isinstance(piece, TelephonyEvent)]
    assert len({event.natural_key for event in events}) == len(events)
    moments = [event.happened_at for event in events]
    assert moments == sorted(moments)
    assert {event.exchange_id for event in events} == {link.exchange.exchange_id}
