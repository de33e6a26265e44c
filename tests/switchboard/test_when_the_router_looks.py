"""The router is woken by what it can act on: a caller to be rung for, an agent who is ready."""

from types import SimpleNamespace

import pytest
from flask import Flask

from app.switchboard.bell import Bell
from app.switchboard.listeners import PLACE
from tests.call_queue import desks
from tests.calls.line_news import tell

pytestmark = [pytest.mark.usefixtures("app", "frozen"), pytest.mark.postgresql]


@pytest.fixture
def bell(app: Flask) -> Bell:
    """The router's bell of a shift that has nothing else."""
    bell = Bell()
    app.extensions[PLACE] = SimpleNamespace(shift=SimpleNamespace(route_bell=bell, workers={}))
    return bell


def has_rung(bell: Bell) -> bool:
    return bell.wait(0)


def test_a_call_wakes_it_when_somebody_waits_and_when_somebody_is_ready_and_no_more(
    bell: Bell,
) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    assert has_rung(bell), "somebody is ready"
    line = desks.caller_in_line()
    assert has_rung(bell), "somebody waits"

    desks.offer_all()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    tell(line.ended(20))
    assert not has_rung(bell), "none of this is anything to decide about"

    desks.finish_call(agent)
    assert has_rung(bell), "he is ready again"


def test_a_caller_who_was_missed_wakes_it(bell: Bell) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    tell(line.rings(agent.work_number, 5))
    has_rung(bell)

    tell(line.ring_failed(agent.work_number, 25), line.queued(26, counter=2))

    assert has_rung(bell)
