"""What every exchange promises of a call at its door: asked once, answered, or left to itself."""

from datetime import UTC, timedelta
from threading import Event as Signal

from telephony.events import (
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    Place,
)
from telephony.port import IncomingCall, IntakeAction, IntakeAnswer
from tests.telephony.exchange_bench import Bench, to_the_queue
from tests.telephony.reaching import waiting_caller


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
