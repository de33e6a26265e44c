"""Every state that waits for something has an exit by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.accounts.models import User
from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.core import clock
from app.core.database import unit_of_work
from tests.call_queue import desks
from tests.calls.line_news import TEN, Line, tell

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def keep_desk(agent: User) -> None:
    with unit_of_work():
        call_queue.renew_links({f"page-{agent.id}": agent.id})


def offered() -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    return agent, line


def in_wrap_up() -> tuple[User, Line]:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8), line.ended(20))
    assert desks.state(agent) == "wrap_up"
    return agent, line


def reconnecting() -> tuple[User, Line]:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    tell(line.lost(agent.work_number, 20))
    assert desks.state(agent) == "reconnecting"
    return agent, line


def test_an_offer_of_which_the_exchange_says_nothing_is_missed_and_the_caller_keeps_his_place(
    tick: Callable[..., None],
) -> None:
    agent, line = offered()
    entered = desks.entered_at(line)
    tick(seconds=24)
    keep_desk(agent)

    assert deadlines.has_due(clock.now())
    desks.run_deadlines()

    assert (desks.state(agent), desks.presence(agent).reason) == ("missed", "no_answer")
    assert desks.offers() == [(agent.id, "missed")]
    assert (desks.entry(line).state.value, desks.entered_at(line)) == ("waiting", entered)
    assert [order["phone"] for order in desks.orders("StopRinging")] == [agent.work_number]


def test_an_offer_is_not_missed_before_its_time(tick: Callable[..., None]) -> None:
    agent, _ = offered()
    tick(seconds=20)
    keep_desk(agent)

    desks.run_deadlines()

    assert desks.state(agent) == "offered"


def test_a_missed_agent_whose_desk_is_gone_is_not_left_there_for_ever(
    tick: Callable[..., None],
) -> None:
    agent, _ = offered()
    desks.close_desk(agent)
    tick(seconds=24)
    desks.run_deadlines()
    assert desks.state(agent) == "link_lost"

    tick(seconds=31)
    desks.run_deadlines()

    assert desks.state(agent) == "signed_out"


def test_a_wrap_up_that_left_a_record_ends_by_itself(tick: Callable[..., None]) -> None:
    agent, _ = in_wrap_up()
    tick(seconds=61)
    keep_desk(agent)

    desks.run_deadlines(has_outcome=True)

    assert desks.state(agent) == "ready"
    assert desks.presence(agent).call_id is None


def test_a_wrap_up_that_left_nothing_keeps_its_page_and_takes_no_calls(
    tick: Callable[..., None],
) -> None:
    agent, line = in_wrap_up()
    tick(seconds=61)
    keep_desk(agent)

    desks.run_deadlines(has_outcome=False)

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "record_unfinished")
    assert desks.presence(agent).call_id == line.call().id


def test_an_unfinished_wrap_up_without_a_desk_does_not_look_like_somebody_at_work(
    tick: Callable[..., None],
) -> None:
    agent, line = in_wrap_up()
    desks.close_desk(agent)
    tick(seconds=61)
    desks.run_deadlines(has_outcome=False)
    assert desks.state(agent) == "link_lost"

    desks.open_desk(agent, "back")

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "record_unfinished")
    assert desks.presence(agent).call_id == line.call().id


def test_an_agent_who_does_not_come_back_gives_the_caller_to_the_front_of_the_line(
    tick: Callable[..., None],
) -> None:
    agent, line = reconnecting()
    behind = desks.caller_in_line("behind", since=10)
    desks.phone(agent, is_there=False)
    tick(seconds=61)
    keep_desk(agent)

    desks.run_deadlines()

    assert line.call().state.value == "waiting"
    assert desks.entered_at(line) == TEN + timedelta(seconds=1)
    assert len(desks.orders("ReturnToQueue")) == 1
    other = desks.ready_agent()
    assert desks.offer_all() == 1
    assert desks.presence(other).call_id == line.call().id
    assert desks.entry(behind).state.value == "waiting"


def test_an_agent_whose_phone_alone_is_lost_rests_at_his_connected_page(
    tick: Callable[..., None],
) -> None:
    agent, _ = reconnecting()
    tick(seconds=61)
    keep_desk(agent)

    desks.run_deadlines()

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "phone_lost")
    tick(seconds=40)
    keep_desk(agent)
    desks.run_deadlines()
    assert desks.state(agent) == "not_ready"


def test_an_agent_whose_page_is_lost_too_is_signed_out_in_the_end(
    tick: Callable[..., None],
) -> None:
    agent, _ = reconnecting()
    desks.close_desk(agent)
    tick(seconds=61)
    desks.run_deadlines()
    assert desks.state(agent) == "link_lost"

    tick(seconds=31)
    desks.run_deadlines()

    assert desks.state(agent) == "signed_out"


def test_a_deadline_never_tears_a_caller_from_the_agent_who_has_him_now(
    tick: Callable[..., None],
) -> None:
    lost, line = reconnecting()
    other = desks.ready_agent()
    tell(line.answered(other.work_number, 30, leg=2))
    assert desks.state(lost) == "wrap_up"

    tick(seconds=61)
    for agent in (lost, other):
        keep_desk(agent)
    desks.run_deadlines()

    assert (line.call().state.value, line.call().agent_id) == ("talking", other.id)
    assert desks.state(other) == "talking"
    assert desks.orders("ReturnToQueue") == []


def test_a_slow_clock_of_the_exchange_takes_no_time_from_an_agent_who_reconnects(
    tick: Callable[..., None],
) -> None:
    tick(minutes=10)  # the exchange still says ten o'clock

    agent, line = reconnecting()
    desks.run_deadlines()

    assert desks.state(agent) == "reconnecting"
    assert line.call().state.value == "reconnecting"


def test_nothing_is_due_on_a_quiet_morning(tick: Callable[..., None]) -> None:
    agent = desks.ready_agent()
    tick(seconds=10)

    assert not deadlines.has_due(clock.now())
    assert desks.state(agent) == "ready"
