"""A phone is lost in mid-call, on the running house: nobody is stuck, nobody is cut off."""

import pytest

from app.call_queue.presence_states import PresenceState
from telephony.events import PartyLost
from tests.switchboard.conftest import House, eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "RECONNECT_SECONDS": "5", "WRAP_UP_SECONDS": "5"}


def test_a_phone_that_falls_silent_keeps_the_caller_on_music(house: House) -> None:
    agent = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=60)
    house.answer(agent)

    house.simulator.agent_leaves(agent.work_number, PartyLost.MEDIA_LOST)

    eventually(lambda: house.call(key).is_kept)
    assert house.state_of(key) == "reconnecting"
    assert house.presence(agent).state is PresenceState.RECONNECTING


def test_an_agent_who_does_not_come_back_gives_the_caller_to_the_next_one(house: House) -> None:
    lost = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=60)
    house.answer(lost)
    entered = house.call(key).waiting_at

    house.close_desk(lost)
    eventually(house.is_(lost, PresenceState.RECONNECTING))
    other = house.ready_agent()
    house.answer(other)

    call = house.call(key)
    assert (call.agent_id, call.state.value) == (other.id, "talking")
    assert call.waiting_at == entered
    assert house.presence(lost).call_id is None


def test_an_agent_who_hangs_up_ends_the_call_and_wraps_up(house: House) -> None:
    agent = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=60)
    house.answer(agent)

    house.simulator.agent_leaves(agent.work_number, PartyLost.HUNG_UP)

    eventually(house.is_(agent, PresenceState.WRAP_UP))
    assert house.call(key).ended_by == "agent"
