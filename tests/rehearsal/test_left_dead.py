"""The app is gone, or out of step with its exchange: what the kill table leaves out."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.calls.recheck import recheck
from app.core.database import unit_of_work
from app.core.events import Event
from app.switchboard.loops import route_once
from telephony.events import Place
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from telephony.simulator.story import read_story
from tests.rehearsal import kill_table
from tests.rehearsal.house import House, a_busy_day, register_numbers
from tests.rehearsal.open_ends import doubles, open_ends
from tests.rehearsal.stage import FIRST, SECOND, Stage
from tests.rehearsal.truth import differences

pytestmark = [pytest.mark.slow, pytest.mark.rehearsal]


def test_left_dead_for_half_an_hour_with_forty_waiting_and_twenty_talking(app: Flask) -> None:
    """The exchange goes on alone; the returning app finds everybody, and fills its ledger in."""
    register_numbers()
    house = House(app, seed=5, habits=Habits())
    with house.time():
        house.crowd(20)
        house.simulator.play(a_busy_day(60, seed=5, every=0.2))
        house.play(14)
        house.worker.introduce()
        live = house.simulator.live_calls()
        talking = [call for call in live if call.place is Place.TALKING]
        assert (len(live), len(talking)) == (60, 20)

        house.die()
        house.clock.advance(1800)
        house.begin_shift("another process")
        house.play(120, until=lambda: len(house.simulator.chronicle) == 60)
        house.play(60)

        assert differences(house.simulator.chronicle) == []
        assert recheck().differences == []
        assert open_ends() == []
    alone = [call for call in house.simulator.chronicle if len(call.legs) and call.is_rung_alone]
    assert alone, "nobody was answered by the exchange's own queue"


PHASES = {
    Place.INTAKE: "",
    Place.QUEUE: "0:00 80001 goes away\n",
    Place.RINGING: "0:01 80001 misses\n",
    Place.TALKING: "0:01 80001 answers after 1s\n",
}


def cut_the_link(house: House) -> None:
    house.simulator.cut_link()
    house.play(8)
    house.simulator.mend_link()


def set_our_clock_forward(house: House) -> None:
    house.clock_is_off = timedelta(hours=1)


def set_our_clock_back(house: House) -> None:
    house.clock_is_off = timedelta(hours=-1)


TROUBLES = (
    cut_the_link,
    set_our_clock_forward,
    set_our_clock_back,
)


def a_call_in(phase: Place, house: House) -> None:
    """Let one call come as far as this."""
    house.crowd(1)
    house.play(3)
    story = f"{PHASES[phase]}0:02 15407620001 calls 12315, waits 60s, talks 40s"
    house.simulator.play(read_story(story))
    if phase is Place.INTAKE:
        house.play(1.9)
        house.clock.advance(0.2)  # he stands at the door, and nobody has answered it yet
    else:
        house.play(6)
    assert [call.place for call in house.simulator.live_calls()] == [phase]


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_nothing_is_lost_doubled_or_stuck(
    app: Flask, trouble: Callable[[House], None], phase: Place
) -> None:
    register_numbers()
    house = House(app, seed=1, habits=Habits(answers_after=(2.0, 2.0)))
    with house.time():
        a_call_in(phase, house)

        trouble(house)
        house.play(200, until=lambda: len(house.simulator.chronicle) == 1)
        house.play(60)

        assert len(house.simulator.chronicle) == 1
        assert differences(house.simulator.chronicle) == []
        assert open_ends() == []


def test_an_old_process_that_wakes_up_after_the_duty_went_to_another_does_nothing(
    app: Flask,
) -> None:
    register_numbers()
    house = House(app, seed=1)
    with house.time():
        house.crowd(1)
        house.play(3)
        old_worker, old_token = house.worker, house.token
        house.die()
        house.clock.advance(8)
        house.begin_shift("another process")
        house.play(3)
        assert house.token == old_token + 1
        house.simulator.set_faults(FaultRates())
        house.simulator.place_call("12315", patience=60, talk_seconds=20)
        old_worker._token = lambda: old_token
        assert not old_worker.send_next()

        house.play(120, until=lambda: len(house.simulator.chronicle) == 1)

        assert differences(house.simulator.chronicle) == []


def wish_ring(stage: Stage) -> None:
    stage.simulator.place_call("12315", from_number="15407620002", talk_seconds=5)
    stage.write_news()
    stage.write_news()  # the door has answered
    route_once(stage.token)


def wished(place: str, act: Callable[..., object], *, by: str = FIRST) -> Callable[[Stage], None]:
    """Bring a call to a place and let an agent wish this act of it."""

    def wish(stage: Stage) -> None:
        kill_table.bring_to(place, stage)
        call_id = kill_table.the_call().id
        with unit_of_work():
            act(stage.agents[by], call_id=call_id)

    return wish


def wish_drop(stage: Stage) -> None:
    kill_table.bring_to("three_party", stage)
    call_id = kill_table.the_call().id
    [live] = stage.simulator.live_calls()
    with unit_of_work():
        conferring.drop_party(stage.agents[FIRST], call_id=call_id, party=live.parties[0].order_id)


def wish_call_out(stage: Stage) -> None:
    with unit_of_work():
        conferring.call_out(stage.agents[FIRST], number=kill_table.CITIZEN, shown_number="12315")


WISHES: dict[str, Callable[[Stage], None]] = {
    "ring": wish_ring,
    "hold": wished("talking", conferring.hold),
    "resume": wished("held", conferring.resume),
    "hang up": wished("talking", call_queue.hang_up),
    "mute": wished("talking", partial(conferring.mute, is_muted=True)),
    "pause": wished("talking", partial(conferring.pause_recording, is_paused=True)),
    "consult": wished("talking", partial(conferring.consult, kind="colleague", to=SECOND)),
    "transfer": wished("talking", partial(conferring.transfer, kind="colleague", to=SECOND)),
    "three": wished("consult_talks", conferring.join),
    "leave": wished("consult_talks", conferring.leave),
    "drop": wish_drop,
    "supervise": wished("talking", partial(conferring.supervise, mode="barge"), by=SECOND),
    "call out": wish_call_out,
}


@pytest.mark.parametrize("is_sent", [False, True], ids=["not_yet_sent", "answer_not_saved"])
@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_a_process_killed_with_an_order_in_hand_leaves_it_to_the_snapshot(
    app: Flask, heard: list[Event], wish: Callable[[Stage], None], is_sent: bool
) -> None:
    """An order is never sent twice, and what became of it is seen at the exchange (A5)."""
    register_numbers()
    stage = Stage(app, heard, answers_after=1.0)
    with stage.time():
        stage.seat_two()
        wish(stage)
        order = stage.order_in_hand()
        if is_sent:
            assert stage.worker._send(order.order) is None

        kill_table.kill_telephony(stage, 10)
        kill_table.people_go_on(stage)
        stage.play(150, until=lambda: len(stage.simulator.chronicle) == 1)
        stage.play(60, until=lambda: not open_ends())

        assert differences(stage.simulator.chronicle) == []
        assert open_ends() == []
        assert doubles(stage.simulator.chronicle) == []


@pytest.mark.parametrize("wish", [WISHES["hold"], WISHES["transfer"]], ids=["hold", "transfer"])
def test_an_order_in_the_hand_of_a_frozen_process_is_not_sent_when_it_wakes_up(
    app: Flask, heard: list[Event], wish: Callable[[Stage], None]
) -> None:
    """Its successor has told the agent that nothing came of it, and he talks on."""
    register_numbers()
    stage = Stage(app, heard, answers_after=1.0)
    with stage.time():
        stage.seat_two()
        wish(stage)
        frozen, token = stage.worker, stage.token
        frozen._token = lambda: token
        order = stage.order_in_hand()
        kill_table.kill_telephony(stage, 7)
        stage.play(3)
        assert stage.token == token + 1

        frozen._send_all([order])
        stage.play(1)

        [live] = stage.simulator.live_calls()
        assert (live.place, kill_table.the_call().state) == (Place.TALKING, "talking")
