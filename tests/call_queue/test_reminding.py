"""Nobody is forgotten on hold music, and no recording stays paused because nobody thought of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask

from app.accounts.models import User
from app.call_queue import conferring
from app.call_queue.policy import QueuePolicy
from app.call_queue.reminding import Reminders
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.facts import SUPERVISORS, agent_audience, facts_after
from app.core.handed_down import given, hand_down
from tests.call_queue import desks
from tests.calls.control_news import Talk
from tests.calls.line_news import Line, tell

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


@dataclass
class Desk:
    """An agent who talks with a caller, and the rounds that look after both."""

    agent: User
    line: Line
    news: Talk
    reminders: Reminders
    tick: Callable[..., None]

    def after(self, seconds: float = 0) -> None:
        """One round, as the one on duty makes it, when so much more time has passed."""
        self.tick(seconds=seconds)
        self.do(self.reminders.find_due(clock.now()))

    def do(self, due: Sequence[Callable[[], None]]) -> None:
        for each in due:
            with unit_of_work():
                each()

    def hold(self, at: float) -> None:
        tell(self.news.held(self.agent.work_number, at))

    def told(self) -> list[tuple[str, int]]:
        """What he was reminded of."""
        db.session.rollback()
        facts = facts_after(agent_audience(self.agent.id), 0) or []
        bodies = [fact.body for fact in facts if fact.name == "desk.reminded"]
        return [(body["what"], body["seconds"]) for body in bodies]


@pytest.fixture
def desk(tick: Callable[..., None]) -> Desk:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    return Desk(agent, line, Talk(line), Reminders(), tick)


def test_an_agent_is_reminded_of_a_held_caller_and_reminded_again(desk: Desk) -> None:
    desk.hold(20)
    desk.after()
    desk.after(seconds=59)
    assert desk.told() == []

    desk.after(seconds=1)
    desk.after(seconds=2)
    assert desk.told() == [("hold", 60)]

    desk.after(seconds=60)
    assert desk.told() == [("hold", 60), ("hold", 122)]
    heard = [fact.name for fact in facts_after(SUPERVISORS, 0) or []]
    assert heard.count("supervision.left_going_too_long") == 2


def test_who_takes_his_caller_back_in_time_is_not_reminded_and_the_next_hold_counts_anew(
    desk: Desk,
) -> None:
    desk.hold(20)
    desk.after()
    desk.after(seconds=50)
    tell(desk.news.resumed(desk.agent.work_number, 70))
    desk.hold(75)
    desk.after()
    desk.after(seconds=59)

    assert desk.told() == []


def test_a_clock_of_the_exchange_that_is_hours_late_reminds_nobody_too_soon(desk: Desk) -> None:
    desk.tick(hours=3)
    desk.hold(20)
    desk.after()
    desk.after(seconds=30)

    assert desk.told() == []


def test_a_recording_that_stays_paused_goes_on_by_itself_and_its_agent_is_told(desk: Desk) -> None:
    tell(desk.news.recording(20, is_paused=True))
    desk.after()
    desk.after(seconds=120)

    [order] = desks.orders("PauseRecording")
    assert order["is_paused"] is False
    assert desk.told() == [("recording_pause", 120)]

    tell(desk.news.recording(141, is_paused=False))
    desk.after(seconds=30)
    assert len(desks.orders("PauseRecording")) == 1


def test_a_recording_that_did_not_go_on_is_told_to_again(desk: Desk) -> None:
    tell(desk.news.recording(20, is_paused=True))
    desk.after()
    for seconds in (120, 10):
        desk.after(seconds)
        while desks.answer_next("no-answer"):
            pass

    assert len(desks.orders("PauseRecording")) == 2


def test_a_pause_that_its_agent_ended_meanwhile_is_not_ended_twice(desk: Desk) -> None:
    tell(desk.news.recording(20, is_paused=True))
    call_id = desk.line.call().id
    desk.after()
    desk.tick(seconds=120)
    due = desk.reminders.find_due(clock.now())
    with unit_of_work():
        conferring.pause_recording(desk.agent.id, call_id=call_id, is_paused=False)
    tell(desk.news.recording(140, is_paused=False))
    desk.do(due)

    assert len(desks.orders("PauseRecording")) == 1
    assert desk.told() == []


@pytest.fixture
def _nobody_is_reminded(app: Flask) -> Iterator[None]:
    policy = given(QueuePolicy)
    hand_down(app, replace(policy, hold_reminder=timedelta(), recording_pause=timedelta()))
    yield
    hand_down(app, policy)


@pytest.mark.usefixtures("_nobody_is_reminded")
def test_a_site_may_do_without(desk: Desk) -> None:
    desk.hold(20)
    tell(desk.news.recording(21, is_paused=True))
    for _ in range(3):
        desk.after(seconds=300)

    assert desk.told() == []
    assert desks.orders("PauseRecording") == []
