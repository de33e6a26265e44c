import pytest

from app.call_queue.presence_states import PresenceState
from app.calls import service as calls
from app.core.database import db
from app.core.facts import Fact, agent_audience
from app.recordings import service as recordings
from tests.switchboard.conftest import House, eventually

pytestmark = pytest.mark.slow


def facts_of(agent_id: int) -> list[tuple[int, str]]:
    db.session.rollback()
    wanted = db.select(Fact).where(Fact.audience == agent_audience(agent_id)).order_by(Fact.number)
    return [(fact.number, fact.name) for fact in db.session.execute(wanted).scalars()]


def test_a_call_to_an_old_number_is_offered_answered_recorded_and_wrapped_up(house: House) -> None:
    agent = house.ready_agent()

    key = house.simulator.place_call("12315", from_number="13900002817", talk_seconds=60)
    # who answers sooner than his pop is looked up gets the whole picture instead
    eventually(lambda: "desk.offer_made" in [name for _, name in facts_of(agent.id)])
    house.answer(agent)
    call = house.call(key)
    assert (call.agent_id, call.state.value) == (agent.id, "talking")
    house.simulator.caller_hangs_up(key)

    eventually(house.is_(agent, PresenceState.WRAP_UP))
    eventually(lambda: len(recordings.recordings_of_call(call.id)) == 1)
    ended = house.call(key)
    assert ended.ended_by == "caller"
    assert ended.talk_started_at is not None
    names = [name for _, name in facts_of(agent.id)]
    assert [n for n in names if n != "desk.presence_changed"] == [
        "desk.offer_made",
        "desk.offer_ended",
        "desk.offer_answered",
        "desk.call_ended",
        "desk.recording_linked",
    ]
    numbers = [number for number, _ in facts_of(agent.id)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_two_old_numbers_stand_in_one_queue_in_the_order_of_their_calls(house: House) -> None:
    first = house.simulator.place_call("12315", from_number="13900000001")
    eventually(house.is_in_ledger(first))
    second = house.simulator.place_call("12333", from_number="13900000002")
    eventually(lambda: house.is_in_ledger(second)() and house.state_of(second) == "waiting")

    early = house.ready_agent()
    house.answer(early)
    late = house.ready_agent()
    house.answer(late)

    assert house.call(first).agent_id == early.id
    assert house.call(second).agent_id == late.id


def test_a_missed_offer_rests_the_agent_and_keeps_the_callers_place(house: House) -> None:
    sleeper = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001", patience=60)
    eventually(house.is_(sleeper, PresenceState.OFFERED))
    behind = house.simulator.place_call("12333", from_number="13900000002", patience=60)
    eventually(house.is_(sleeper, PresenceState.MISSED), seconds=12)

    awake = house.ready_agent()
    house.answer(awake)

    assert house.call(key).agent_id == awake.id
    assert house.state_of(behind) == "waiting"


def test_a_caller_who_gives_up_while_it_rings_costs_the_agent_nothing(house: House) -> None:
    agent = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001")
    eventually(house.is_(agent, PresenceState.OFFERED))

    house.simulator.caller_hangs_up(key)

    eventually(lambda: house.state_of(key) == "ended")
    eventually(house.is_(agent, PresenceState.READY))


def test_an_agent_whose_desk_reloads_in_mid_call_talks_on_in_the_same_call(house: House) -> None:
    agent = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=60)
    house.answer(agent)

    house.close_desk(agent)
    eventually(house.is_(agent, PresenceState.RECONNECTING))
    assert house.state_of(key) == "reconnecting"
    house.open_desk(agent, link_id="page-after-reload")

    eventually(house.is_(agent, PresenceState.TALKING))
    call = house.call(key)
    assert (call.agent_id, call.state.value) == (agent.id, "talking")
    assert calls.live_call_of(agent.id) == call


def test_an_app_that_was_away_finds_its_talking_and_its_waiting_call_again(house: House) -> None:
    agent = house.ready_agent()
    talking = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=90)
    house.answer(agent)
    waiting = house.simulator.place_call("12333", from_number="13900000002", patience=90)
    eventually(lambda: house.is_in_ledger(waiting)() and house.state_of(waiting) == "waiting")
    entered = house.call(waiting).waiting_at

    house.simulator.cut_link()
    gone = house.simulator.place_call("12333", from_number="13900000003")
    house.simulator.caller_hangs_up(gone)
    late = house.simulator.place_call("12315", from_number="13900000004", patience=90)
    house.simulator.mend_link()

    eventually(lambda: house.is_in_ledger(late)())
    eventually(lambda: house.state_of(late) == "waiting")
    eventually(lambda: house.state_of(waiting) == "waiting")
    assert house.state_of(talking) == "talking"
    assert house.call(waiting).waiting_at == entered
    assert house.presence(agent).state is PresenceState.TALKING


def test_two_agents_get_two_callers_and_never_the_same_one(house: House) -> None:
    agents = [house.ready_agent() for _ in range(2)]
    keys = [house.simulator.place_call("12315", from_number=f"1390000000{i}") for i in range(2)]

    for agent in agents:
        house.answer(agent)

    assert {house.call(key).agent_id for key in keys} == {agent.id for agent in agents}
