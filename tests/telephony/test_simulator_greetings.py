"""On the simulator greeting and notice take their time before the queue, as on a real exchange."""

from datetime import UTC, datetime, timedelta

import pytest

from telephony.events import CallEnded, CallerPlaced, EndedBy, Place
from telephony.port import IntakeAction, IntakeAnswer
from telephony.simulator.old_seats import ForwardWish
from telephony.simulator.sim_call import Caller, SimCall
from telephony.simulator.world import GREETING, RECORDING_NOTICE, World
from tests.telephony.exchange_bench import SimulatorBench

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SPOKEN = timedelta(seconds=8)
RINGS = timedelta(seconds=20)


def a_call(world: World, action: IntakeAction) -> SimCall:
    caller = Caller(
        from_number="15407620001",
        dialled_number="12315",
        patience=timedelta(seconds=90),
        talk=timedelta(seconds=60),
    )
    call = world.place_call(caller, EIGHT)
    wish = ForwardWish(number="07623339999", ring=RINGS)
    world.let_in(call.call_key, action, EIGHT, forward=wish, greeted=SPOKEN)
    return call


def placings(world: World) -> list[tuple[Place, datetime]]:
    return [(n.place, n.happened_at) for n in world.news if isinstance(n, CallerPlaced)]


@pytest.mark.parametrize(
    ("action", "after"),
    [
        (IntakeAction.QUEUE, SPOKEN),
        (IntakeAction.HUMAN_FIRST, SPOKEN),
        (IntakeAction.FORWARD, RINGS + SPOKEN),  # nobody took him there
    ],
)
def test_a_caller_stands_in_line_when_all_was_said(action: IntakeAction, after: timedelta) -> None:
    world = World("sim", "boot")
    a_call(world, action)

    world.pass_time(EIGHT + after - timedelta(milliseconds=1))
    assert placings(world) == []
    world.pass_time(EIGHT + after)

    assert placings(world) == [(Place.QUEUE, EIGHT + after)]


def test_a_caller_who_hangs_up_while_he_is_greeted_never_waited() -> None:
    world = World("sim", "boot")
    call = a_call(world, IntakeAction.QUEUE)

    world.caller_hangs_up(call.call_key, EIGHT + timedelta(seconds=3))
    world.pass_time(EIGHT + timedelta(seconds=60))

    [ended] = [piece for piece in world.news if isinstance(piece, CallEnded)]
    assert ended.ended_by is EndedBy.CALLER
    assert placings(world) == []


def test_greeting_and_notice_take_as_long_as_both_together() -> None:
    with SimulatorBench() as bench:
        bench.connect(
            lambda _call: IntakeAnswer(
                action=IntakeAction.QUEUE, greeting="greeting-1-ab", plays_recording_notice=True
            )
        )
        call_key = bench.caller()

        bench.pass_time(60)

        placed = bench.ear.wait_for(CallerPlaced, call_key=call_key)
        invited = bench.clock.now() - timedelta(seconds=60)
        assert placed.happened_at - invited == GREETING + RECORDING_NOTICE
