"""An order that was taken and of which nothing comes is told; one that takes its time is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from app.accounts.models import User
from app.call_queue import conferring
from app.core.database import db, unit_of_work
from app.core.facts import SUPERVISORS, agent_audience, facts_after
from telephony.control_orders import SupervisionMode
from tests.call_queue import desks
from tests.calls.control_news import OUTSIDE, Talk
from tests.calls.line_news import Line, tell

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

OUTCOME_MISSING = "desk.outcome_missing"


@dataclass
class Desk:
    """An agent in a talk, and what becomes of the wishes about it."""

    agent: User
    line: Line
    news: Talk
    tick: Callable[..., None]

    def wish(self, wishing: Callable[..., int], person: User, **words: Any) -> int:
        """Wish it, and let the exchange take it."""
        call_id = self.line.call().id
        with unit_of_work():
            order_id = wishing(person.id, call_id=call_id, **words)
        assert desks.answer_next()
        return order_id

    def after(self, seconds: float) -> None:
        self.tick(seconds=seconds)
        desks.run_deadlines()


def missing(person: User) -> list[str]:
    """Which of his wishes this person was told to be without an outcome."""
    db.session.rollback()
    facts = facts_after(agent_audience(person.id), 0) or []
    return [fact.body["kind"] for fact in facts if fact.name == OUTCOME_MISSING]


@pytest.fixture
def desk(tick: Callable[..., None]) -> Desk:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    assert desks.answer_next()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    return Desk(agent, line, Talk(line), tick)


def test_a_hold_of_which_nothing_comes_is_told_once_to_its_agent_and_to_supervisors(
    desk: Desk,
) -> None:
    desk.wish(conferring.hold, desk.agent)
    desk.after(4)
    assert missing(desk.agent) == []

    desk.after(2)
    desk.after(60)

    assert missing(desk.agent) == ["HoldCaller"]
    told = [fact.name for fact in facts_after(SUPERVISORS, 0) or []]
    assert told.count("supervision.outcome_missing") == 1


def test_a_call_that_is_over_owes_nothing(desk: Desk) -> None:
    desk.wish(conferring.hold, desk.agent)
    tell(desk.line.ended(30))
    desk.after(60)

    assert missing(desk.agent) == []


def test_a_supervisor_who_takes_his_time_to_pick_up_is_not_told_that_nothing_came(
    desk: Desk,
) -> None:
    """His phone on the table rings for twenty seconds; after five the alarm was raised."""
    leader = desks.agent_at_desk(role="shift_leader")
    order_id = desk.wish(conferring.supervise, leader, mode="listen")
    desk.after(15)
    assert missing(leader) == []

    tell(desk.news.supervised(leader.work_number, 25, SupervisionMode.LISTEN))
    desk.after(60)
    assert missing(leader) == []
    assert order_id > 0


def test_a_supervisor_whose_phone_never_said_anything_is_told(desk: Desk) -> None:
    leader = desks.agent_at_desk(role="shift_leader")
    desk.wish(conferring.supervise, leader, mode="listen")
    desk.after(26)

    assert missing(leader) == ["Supervise"]


def test_a_number_outside_that_rings_only_after_eight_seconds_is_not_told_as_missing(
    desk: Desk,
) -> None:
    """A carrier may be silent for so long before the other telephone rings."""
    order_id = desk.wish(conferring.consult, desk.agent, kind="number", to="13800002817")
    tell(desk.news.held(desk.agent.work_number, 20))
    desk.after(8)
    assert missing(desk.agent) == []

    tell(desk.news.rings("13800002817", 28, order=order_id, kind=OUTSIDE))
    desk.after(60)
    assert missing(desk.agent) == []
