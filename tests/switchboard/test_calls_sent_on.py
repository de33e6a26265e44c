"""Calls whose landing leads elsewhere, through the running switchboard and the simulator."""

from dataclasses import replace

import pytest

from app.calls import service as calls
from app.calls.models import CallForward
from app.channels import door, landings, route_changes
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard.intake import intake_answer
from tests.switchboard.conftest import House, eventually

OLD_SEATS = "07623339999"


def send_on(number: str, route: dict[str, object] | None = None) -> None:
    """Let calls to this number go to old seats from now on."""
    now = clock.now()
    found = channels.find_number(number, now)
    assert found is not None
    with unit_of_work():
        landing = landings.add_landing(
            landings.NewLanding(
                number_id=found.id, carrier="电信", delivered_did=number, live_from=now
            )
        )
        words = {"kind": "old_seats", "forward_to": OLD_SEATS, "ring_seconds": 5}
        route_changes.set_routes(found.id, {landing: route or words})


def forward_of(house: House, key: str) -> CallForward:
    return calls.forwards_of([house.call(key).id])[house.call(key).id]


def has_been_forwarded(house: House, key: str) -> bool:
    return house.is_in_ledger(key)() and bool(calls.forwards_of([house.call(key).id]))


def test_a_call_for_old_seats_is_taken_there_and_the_ledger_says_so(house: House) -> None:
    house.simulator.old_seats_answer(OLD_SEATS, after=0.1)
    send_on("12315")

    key = house.simulator.place_call("12315", from_number="13900000001", talk_seconds=0.2)

    eventually(lambda: house.is_in_ledger(key)() and house.state_of(key) == "ended")
    forward = forward_of(house, key)
    assert (forward.number, forward.outcome) == (OLD_SEATS, "answered")
    assert forward.answered_at is not None
    assert forward.started_at < forward.answered_at
    assert house.call(key).talk_started_at is None


def test_who_was_here_before_is_told_that_he_is_recorded_and_not_greeted_again(
    house: House,  # noqa: ARG001 - its register
) -> None:
    line = channels.find_number("12315", clock.now())
    assert line is not None
    spoken = replace(line, greeting_sound="greeting-12315-ab", plays_recording_notice=True)

    answers = [
        intake_answer(
            door.DoorAnswer(decision=door.DoorDecision(action=action), line=spoken, landing_id=None)
        )
        for action in (door.DoorAction.QUEUE, door.DoorAction.FORWARD, door.DoorAction.HUMAN_FIRST)
    ]

    assert [bool(answer.greeting) for answer in answers] == [True, True, False]
    assert all(answer.plays_recording_notice for answer in answers)


@pytest.mark.slow
def test_a_call_that_nobody_takes_at_the_old_seats_comes_to_our_queue(house: House) -> None:
    send_on("12315")
    agent = house.ready_agent()

    key = house.simulator.place_call("12315", from_number="13900000001", patience=60)

    eventually(lambda: has_been_forwarded(house, key))
    house.answer(agent)
    forward = forward_of(house, key)
    assert (forward.outcome, forward.answered_at) == ("no_answer", None)
    assert house.call(key).agent_id == agent.id


def test_the_same_caller_coming_round_goes_to_a_human_and_raises_an_alarm(house: House) -> None:
    send_on("12315")
    first = house.simulator.place_call("12315", from_number="13900000001", patience=60)
    eventually(lambda: has_been_forwarded(house, first))

    second = house.simulator.place_call("12315", from_number="13900000001", patience=60)

    eventually(lambda: house.is_in_ledger(second)() and house.state_of(second) == "waiting")
    assert not has_been_forwarded(house, second)
    eventually(lambda: len(door.list_alarms()) == 1)
    [alarm] = door.list_alarms()
    assert (alarm.kind.value, alarm.sign, alarm.call_key) == ("loop", "same_caller", second)
    eventually(lambda: house.call(second).door_reason == "same_caller")


def test_another_caller_meanwhile_is_sent_on(house: House) -> None:
    send_on("12315")
    keys = [
        house.simulator.place_call("12315", from_number=f"1390000000{n}", patience=60)
        for n in range(3)
    ]

    for key in keys:
        eventually(lambda key=key: has_been_forwarded(house, key))  # type: ignore[misc]
    assert door.list_alarms() == []


def test_a_caller_of_a_moved_number_hears_where_to_call_and_nobody_is_rung(house: House) -> None:
    send_on("12333", {"kind": "moved", "announcement": "number-moved"})
    house.ready_agent()

    key = house.simulator.place_call("12333", from_number="13900000001", patience=60)

    eventually(lambda: house.is_in_ledger(key)() and house.state_of(key) == "ended")
    call = house.call(key)
    assert (call.ended_by, call.waiting_at, call.agent_id) == ("exchange", None, None)
    eventually(lambda: house.call(key).door_reason == "number_moved")
    line = channels.find_number("12333", clock.now())
    assert line is not None
    assert call.legacy_number_id == line.id
    assert db.session.scalars(db.select(CallForward)).all() == []
