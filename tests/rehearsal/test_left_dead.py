"""The app is gone in the middle of everything, and comes back on the same database."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.call_queue import service as call_queue
from app.call_queue.models import Offer, Presence
from app.call_queue.presence_states import OfferState, PresenceState
from app.calls.models import Call
from app.calls.recheck import recheck
from app.core.database import db, unit_of_work
from telephony.events import Place
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from telephony.simulator.story import read_story
from tests.rehearsal.house import House, a_busy_day, register_numbers
from tests.rehearsal.truth import differences

pytestmark = pytest.mark.slow


def nobody_is_stuck() -> bool:
    db.session.rollback()
    busy = {PresenceState.OFFERED, PresenceState.TALKING, PresenceState.RECONNECTING}
    stuck = db.select(Presence.agent_id).where(Presence.state.in_(busy))
    open_offers = db.select(Offer.id).where(Offer.state == OfferState.OPEN)
    live = db.select(Call.id).where(Call.state != "ended")
    return all(db.session.execute(one).first() is None for one in (stuck, open_offers, live))


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
        assert nobody_is_stuck()
    alone = [call for call in house.simulator.chronicle if len(call.legs) and call.is_rung_alone]
    assert alone, "nobody was answered by the exchange's own queue"


PHASES = {
    Place.INTAKE: "",
    Place.QUEUE: "0:00 80001 goes away\n",
    Place.RINGING: "0:01 80001 misses\n",
    Place.TALKING: "0:01 80001 answers after 1s\n",
}


def kill_telephony(house: House) -> None:
    """The process is gone; another one takes the duty when the lease has run out."""
    house.die()
    house.clock.advance(8)
    house.begin_shift("another process")


def cut_the_link(house: House) -> None:
    house.simulator.cut_link()
    house.play(8)
    house.simulator.mend_link()


def kill_the_web(house: House) -> None:
    """Every page loses its socket with the process; the pages connect to the new one."""
    with unit_of_work():
        call_queue.drop_all_links()
    house.play(3)
    agent = db.session.execute(db.select(Presence.agent_id)).scalar_one()
    with unit_of_work():
        call_queue.open_desk(agent, link_id="the page again")


def set_our_clock_forward(house: House) -> None:
    house.clock_is_off = timedelta(hours=1)


def set_our_clock_back(house: House) -> None:
    house.clock_is_off = timedelta(hours=-1)


TROUBLES = (
    kill_telephony,
    cut_the_link,
    kill_the_web,
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
        assert nobody_is_stuck()


@pytest.mark.parametrize("phase", PHASES)
def test_calls_of_an_exchange_that_crashed_end_and_free_their_agents(
    app: Flask, phase: Place
) -> None:
    register_numbers()
    house = House(app, seed=1, habits=Habits(answers_after=(2.0, 2.0)))
    with house.time():
        a_call_in(phase, house)

        house.simulator.restart()
        house.play(60)

        db.session.rollback()
        [call] = db.session.execute(db.select(Call)).scalars()
        assert (call.state.value, call.ended_by) == ("ended", "exchange")
        assert nobody_is_stuck()


def test_an_old_process_that_wakes_up_after_the_duty_went_to_another_does_nothing(
    app: Flask,
) -> None:
    register_numbers()
    house = House(app, seed=1)
    with house.time():
        house.crowd(1)
        house.play(3)
        old_worker, old_token = house.worker, house._token
        house.die()
        house.clock.advance(8)
        house.begin_shift("another process")
        house.play(3)
        assert house._token == old_token + 1
        house.simulator.set_faults(FaultRates())
        house.simulator.place_call("12315", patience=60, talk_seconds=20)
        old_worker._token = lambda: old_token
        assert not old_worker.send_next()

        house.play(120, until=lambda: len(house.simulator.chronicle) == 1)

        assert differences(house.simulator.chronicle) == []
