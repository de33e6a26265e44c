"""What an agent is doing stands in the database: a restart neither changes nor forgets it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from app.core.database import db
from app.factory import create_app
from config import Settings
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

if TYPE_CHECKING:
    from app.accounts.models import User

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]


@contextmanager
def another_process(settings: Settings) -> Iterator[None]:
    """The process died and starts again: another app on the same database."""
    db.session.remove()
    again = create_app(settings)
    with again.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@dataclass(frozen=True)
class Badge:
    """What is left of a person when his row's session is gone."""

    id: int
    work_number: str


def badge(person: "User") -> Any:
    return Badge(id=person.id, work_number=person.work_number)


def rung(key: str, since: float) -> tuple[Any, Line]:
    agent = badge(desks.ready_agent())
    line = desks.caller_in_line(key, since=since)
    assert desks.offer_all() == 1
    return agent, line


def in_talk(key: str, since: float) -> tuple[Any, Line]:
    agent, line = rung(key, since)
    tell(line.rings(agent.work_number, since + 5), line.answered(agent.work_number, since + 8))
    return agent, line


def test_everybody_is_what_he_was_when_the_process_comes_back(
    app: Flask,  # noqa: ARG001 - the first process
    settings: Settings,
    tick: Tick,
) -> None:
    desks.link_up()
    talks, _ = in_talk("talk", 0)
    wraps_up, ended = in_talk("ended", 100)
    tell(ended.ended(160))
    is_rung, _ = rung("ringing", 200)
    pauses, waits = badge(desks.agent_at_desk()), badge(desks.ready_agent())

    with another_process(settings):
        tick(seconds=21)  # no page has come back yet
        desks.run_deadlines()
        assert desks.state(talks) == "talking"
        assert desks.state(wraps_up) == "wrap_up"
        assert desks.state(is_rung) == "offered"
        for agent in (pauses, waits):
            assert desks.state(agent) == "link_lost"
            desks.open_desk(agent, "back")
        assert (desks.state(pauses), desks.presence(pauses).reason) == ("not_ready", "paperwork")
        assert desks.state(waits) == "ready"


def test_deadlines_that_passed_while_nothing_ran_are_kept_at_once(
    app: Flask,  # noqa: ARG001 - the first process
    settings: Settings,
    tick: Tick,
) -> None:
    desks.link_up()
    is_rung, line = rung("ringing", 0)
    wraps_up, ended = in_talk("ended", 100)
    tell(ended.ended(160))
    tick(minutes=10)

    with another_process(settings):
        for agent in (is_rung, wraps_up):
            desks.open_desk(agent, "back")
        desks.run_deadlines(has_outcome=True)

        assert desks.state(is_rung) == "missed"
        assert desks.entry(line).state.value == "waiting"
        assert desks.state(wraps_up) == "ready"
