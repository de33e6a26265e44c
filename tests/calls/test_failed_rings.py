"""A ring that came to nothing has its leg too, whatever the exchange tells it on."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.calls import service as calls
from app.calls.recheck import recheck
from tests import people
from tests.calls.line_news import TEN, Line, tell

pytestmark = pytest.mark.usefixtures("app")


def seconds(at: datetime | None) -> float | None:
    return (at - TEN).total_seconds() if at else None


def test_a_ring_that_fails_at_once_leaves_its_leg() -> None:
    """The complaint: a phone that was tried in vain, and did not even ring, was nowhere told."""
    line, agent = Line(), people.one_person("agent")

    tell(line.arrived(0), line.queued(1), line.ring_failed(agent.work_number, 2))

    [leg] = calls.legs_of(line.call().id)
    assert (leg.agent_id, leg.ringing_at, leg.end_reason) == (agent.id, None, "no_answer")
    assert seconds(leg.ended_at) == 2


def test_a_failure_told_on_the_callers_own_leg_ends_the_phone_that_rang() -> None:
    """The complaint: Asterisk tells it so, and the ring stood open until the call's end."""
    line, agent = Line(), people.one_person("agent")
    tell(line.arrived(0), line.queued(1), line.rings(agent.work_number, 2))

    tell(replace(line.ring_failed(agent.work_number, 12), leg_key=line.call_key))
    tell(replace(line.ring_failed(agent.work_number, 14), leg_key=line.call_key, counter=2))
    tell(line.ended(60))

    rung, tried = calls.legs_of(line.call().id)
    assert [seconds(rung.ringing_at), seconds(rung.ended_at)] == [2, 12]
    assert [tried.ringing_at, seconds(tried.ended_at)] == [None, 14]
    assert recheck().differences == []
