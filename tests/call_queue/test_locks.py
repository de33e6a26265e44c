"""On PostgreSQL nobody locks a call after an agent, and who gives way is asked to try again."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, make_url

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.core.database import db, unit_of_work
from app.core.facts import agent_audience
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.services.processes import wait_until

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


@contextmanager
def locks() -> Iterator[list[list[str]]]:
    """Note for each transaction the tables of its locks, in the order they are taken."""
    taken: list[list[str]] = [[]]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FOR UPDATE" in statement:
            taken[-1] += re.findall(r"FROM (\w+)", statement)[:1]

    def end(_connection: object) -> None:
        taken.append([])

    listeners = (("before_cursor_execute", note), ("commit", end), ("rollback", end))
    for moment, listener in listeners:
        event.listen(db.engine, moment, listener)
    try:
        yield taken
    finally:
        for moment, listener in listeners:
            event.remove(db.engine, moment, listener)


def offered() -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    return agent, line


def talking() -> tuple[User, Line]:
    agent, line = offered()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    return agent, line


def reconnecting() -> tuple[User, Line]:
    agent, line = talking()
    tell(line.lost(agent.work_number, 20))
    return agent, line


def nothing_was_heard_of_an_offer(tick: Callable[..., None]) -> None:
    offered()
    tick(seconds=24)
    desks.run_deadlines()


def a_lost_phone_did_not_come_back(tick: Callable[..., None]) -> None:
    reconnecting()
    tick(seconds=61)
    desks.run_deadlines()


def a_lost_phone_came_back(_tick: Callable[..., None]) -> None:
    agent, _ = reconnecting()
    desks.phone(agent, "tab-2")


def a_phone_went_in_mid_call(_tick: Callable[..., None]) -> None:
    agent, _ = talking()
    desks.phone(agent, is_there=False)


def a_ring_was_refused(_tick: Callable[..., None]) -> None:
    offered()
    assert desks.answer_next("refused")


def an_agent_hung_up(_tick: Callable[..., None]) -> None:
    agent, line = talking()
    call_id = line.call().id
    with unit_of_work():
        call_queue.hang_up(agent.id, call_id=call_id)


def a_page_lost_its_sound(_tick: Callable[..., None]) -> None:
    agent, line = talking()
    call_id = line.call().id
    with unit_of_work():
        call_queue.report_phone_lost(agent.id, call_id=call_id, is_ready=True)


STORIES = (
    nothing_was_heard_of_an_offer, a_lost_phone_did_not_come_back, a_lost_phone_came_back,
    a_phone_went_in_mid_call, a_ring_was_refused, an_agent_hung_up, a_page_lost_its_sound,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda each: each.__name__)
def test_the_call_is_locked_before_its_agent(
    story: Callable[[Callable[..., None]], None], tick: Callable[..., None]
) -> None:
    with locks() as taken:
        story(tick)

    both = [each for each in taken if {"calls", "presences"} <= set(each)]
    assert all(each.index("calls") < each.index("presences") for each in both), taken
    assert both or db.engine.dialect.name == "sqlite"  # which has one writer and no such locks


def test_a_deadlock_at_the_web_edge_is_a_request_to_try_again(
    app: Flask, sign_in_as: Callable[..., PageClient]
) -> None:
    """The page locks its agent, then the counter of his facts; somebody else does the reverse."""
    if db.engine.dialect.name == "sqlite":
        return
    browser = sign_in_as("agent")
    desks.open_desk(browser.person)
    agent_id = browser.person.id
    address = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    answers: list[tuple[int, str, str | None]] = []

    def ask() -> None:
        with app.app_context():
            asked = {"state": "not_ready", "reason": "meal"}
            told = browser.post("/desk/presence", json=asked)
        code = (told.get_json().get("refusal") or {}).get("code")
        answers.append((told.status_code, code, told.headers.get("Retry-After")))

    where = address.render_as_string(hide_password=False)
    with psycopg.connect(where) as other, psycopg.connect(where, autocommit=True) as watcher:
        other.execute(
            "SELECT 1 FROM fact_counters WHERE audience = %s FOR UPDATE",
            [agent_audience(agent_id)],
        )
        page = threading.Thread(target=ask)
        page.start()
        wait_until(lambda: _waits_for_a_lock(watcher), seconds=10, what="the page holds its agent")
        other.execute("SELECT 1 FROM presences WHERE agent_id = %s FOR UPDATE", [agent_id])
        page.join()

    assert answers == [(503, "try-again", "1")]
    assert desks.presence(browser.person).reason != "meal"


def _waits_for_a_lock(connection: psycopg.Connection) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    found = connection.execute(asked).fetchone()
    return found is not None and found[0] > 0
