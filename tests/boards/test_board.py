"""The board as one picture: callers masked, agents with their calls, figures that follow."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.boards import service as board
from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import db, unit_of_work
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from tests import people
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.notifications.stage import open_ticket

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]

NUMBER = "13900002817"


def shown(browser: PageClient, *, big: bool = False) -> dict[str, Any]:
    answer = browser.get("/board/snapshot" + ("?screen=big" if big else ""))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def agent_row(shown: dict[str, Any], work_number: str) -> dict[str, Any]:
    [row] = [row for row in shown["agents"]["rows"] if row["work_number"] == work_number]
    return dict(row)


def test_who_waits_stands_with_the_number_dialled_and_a_masked_number(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    tick(seconds=31)
    desks.caller_in_line()

    found = shown(leader)

    assert found["line"]["waiting"] == 1
    [row] = found["line"]["rows"]
    assert (row["dialled_number"], row["number_shown"]) == ("12315", "139****2817")
    assert row["offer_id"] is None
    assert NUMBER not in json.dumps(found)


def test_an_agent_is_shown_from_the_ring_to_the_talk_with_the_call_he_has(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert agent_row(shown(leader), agent.work_number)["state"] == "ready"

    desks.offer_all()
    ringing = shown(leader)
    assert ringing["line"]["rows"][0]["offered_to"] == agent.work_number
    assert ringing["agents"]["counts"] == {"offered": 1}
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    tick(seconds=9)
    talking = shown(leader)

    row = agent_row(talking, agent.work_number)
    assert (row["state"], row["call"]["dialled_number"]) == ("talking", "12315")
    assert row["call"]["call_id"] == line.call().id
    assert talking["line"] == {
        "waiting": 0, "longest_since": None, "rows": [], "stands_still": 0,
    }  # fmt: skip
    assert talking["figures"]["in_time"] == {"part": 1, "whole": 1, "value": 1.0}
    assert talking["numbers"][0]["answered"] == 1


def test_a_call_that_nobody_answered_is_missed_and_to_be_called_back_until_it_is_answered(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    line = desks.caller_in_line()
    tick(seconds=40)
    tell(line.ended(40))

    found = shown(leader)
    assert (found["figures"]["missed"], found["figures"]["to_call_back"]) == (1, 1)
    assert found["figures"]["connect"] == {"part": 0, "whole": 1, "value": 0.0}

    agent = desks.ready_agent()
    again = desks.caller_in_line("call-2", since=50)
    tell(again.rings(agent.work_number, 55), again.answered(agent.work_number, 58))
    tick(seconds=20)
    found = shown(leader)
    assert (found["figures"]["missed"], found["figures"]["to_call_back"]) == (1, 0)
    assert found["figures"]["connect"] == {"part": 1, "whole": 2, "value": 0.5}


def test_figures_are_read_again_for_calls_that_moved_and_forgotten_after_a_day(
    tick: Callable[..., None],
) -> None:
    desks.link_up()
    line = desks.caller_in_line()
    tick(seconds=20)
    before = board.snapshot()["figures"]["connect"]
    tell(line.ended(20))
    tick(seconds=2)
    after = board.snapshot()["figures"]["connect"]
    tick(hours=23, minutes=59)
    nearly = board.snapshot()["figures"]["connect"]
    tick(minutes=1)
    gone = board.snapshot()["figures"]["connect"]

    assert [each["whole"] for each in (before, after, nearly, gone)] == [0, 1, 1, 0]


def test_the_big_screen_gets_sums_and_neither_callers_nor_agents(
    sign_in_as: Callable[..., PageClient],
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    desks.agent_at_desk()
    desks.caller_in_line()

    found = shown(leader, big=True)

    assert (found["line"]["waiting"], found["line"]["rows"]) == (1, [])
    assert found["agents"] == {"counts": {"not_ready": 1}, "rows": []}
    assert "2817" not in json.dumps(found)


def test_the_change_mark_moves_with_every_call_and_every_agent() -> None:
    marks = [board.change_mark()]
    desks.link_up()
    line = desks.caller_in_line()
    marks.append(board.change_mark())
    desks.agent_at_desk()
    marks.append(board.change_mark())
    tell(line.ended(9))
    marks.append(board.change_mark())

    assert len(set(marks)) == 4


def test_the_day_begins_at_midnight_in_the_city(
    sign_in_as: Callable[..., PageClient],
) -> None:
    leader = sign_in_as("shift_leader")

    assert shown(leader)["today_since"] == "2026-11-22T16:00:00.000Z"


@pytest.mark.parametrize("screen", ["", "?screen=big"])
def test_the_page_is_a_place_for_the_board(
    sign_in_as: Callable[..., PageClient], screen: str
) -> None:
    page = sign_in_as("shift_leader").get(f"/board{screen}").text

    assert 'data-island="shift_board"' in page
    is_big = "&#34;is_big&#34;: true" in page or '"is_big": true' in page
    assert is_big is bool(screen)


def test_an_agent_reads_no_board(sign_in_as: Callable[..., PageClient]) -> None:
    agent = sign_in_as("agent")

    assert agent.get("/board").status_code == 403
    assert agent.get("/board/snapshot").status_code == 403


def test_a_call_of_an_exchange_whose_clock_is_ahead_stands_in_no_figure_yet() -> None:
    desks.link_up()
    line = Line()
    ahead = (clock.now() - TEN + timedelta(minutes=5)).total_seconds()
    tell(line.arrived(ahead), line.queued(ahead + 1), line.ended(ahead + 30))

    assert board.snapshot()["figures"]["connect"]["whole"] == 0


@pytest.mark.usefixtures("registers")
def test_messages_that_failed_or_are_late_light_a_lamp(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    failed = open_ticket(people.one_person("agent"))
    open_ticket(people.one_person("agent"))
    assert shown(leader)["messages"] == {"dead": 0, "late": 0}
    with unit_of_work():
        [row] = db.session.scalars(db.select(Message).where(Message.ticket_id == failed))
        row.state = MessageState.DEAD
    tick(seconds=301)

    assert shown(leader)["messages"] == {"dead": 1, "late": 1}


def test_what_supervisors_are_told_of_an_agent_stands_on_their_board(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    """The facts for supervisors reached no screen: nobody saw that an agent was stuck."""
    leader = sign_in_as("shift_leader")
    desks.link_up()
    agent, resting = desks.ready_agent(), desks.ready_agent()
    with unit_of_work():
        call_queue.become_not_ready(resting.id, reason="break")
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    assert desks.answer_next()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    call_id = line.call().id
    with unit_of_work():
        conferring.mute(agent.id, call_id=call_id, is_muted=True)
    assert desks.answer_next()
    assert agent_row(shown(leader), agent.work_number)["alarms"] == []

    pages = {f"page-{each.id}": each.id for each in (agent, resting)}
    alarms = []
    for minutes in (0.2, 20):
        tick(minutes=minutes)
        with unit_of_work():
            call_queue.renew_links(pages)
        desks.run_deadlines()
        alarms.append(agent_row(shown(leader), agent.work_number)["alarms"])
    assert alarms == [["outcome_missing"], []]

    tell(Talk(line).held(agent.work_number, 60))
    found = shown(leader)
    assert agent_row(found, agent.work_number)["alarms"] == ["held_too_long"]
    assert agent_row(found, resting.work_number)["alarms"] == ["not_ready_too_long"]


def test_a_caller_who_waits_beside_a_free_agent_for_seconds_is_an_alarm_of_the_line(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    """A queue that had stopped offering looked like any other queue."""
    leader = sign_in_as("shift_leader")
    desks.link_up()
    desks.ready_agent()
    desks.caller_in_line()
    assert shown(leader)["line"]["stands_still"] == 0

    tick(seconds=11)
    assert shown(leader)["line"]["stands_still"] == 1

    assert desks.offer_all() == 1
    assert shown(leader)["line"]["stands_still"] == 0


def test_a_caller_whom_nobody_free_can_take_is_none(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None]
) -> None:
    leader = sign_in_as("shift_leader")
    desks.link_up()
    desks.agent_at_desk()
    desks.caller_in_line()
    tick(seconds=60)

    assert shown(leader)["line"]["stands_still"] == 0
