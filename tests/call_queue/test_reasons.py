"""The reasons that agents may give are those the city's list holds today."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.call_queue import service as call_queue
from app.core.database import unit_of_work
from app.rules import code_register
from app.rules.code_lists import CodeList, CodeWords
from app.workstation import service as workstation
from tests import people
from tests.call_queue import desks

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def agent_id(app: Flask, frozen: time_machine.Traveller) -> int:  # noqa: ARG001 - database, clock
    """An agent at an open desk."""
    agent = people.one_person("agent")
    desks.open_desk(agent)
    return int(agent.id)


def pause(agent_id: int, reason: str) -> timedelta | None:
    with unit_of_work():
        call_queue.become_not_ready(agent_id, reason=reason)
    presence = call_queue.presence_of(agent_id)
    assert presence is not None
    assert presence.reason == reason
    return presence.until - presence.since if presence.until else None


def test_a_reason_of_the_citys_own_is_given_and_limited_as_the_list_says(agent_id: int) -> None:
    words = CodeWords(name_zh="值班交接", name_en="Hand-over", position=1, minutes=7, valid_from=AT)
    with unit_of_work():
        code_register.add_code(CodeList.BREAK, "hand_over", words)

    assert pause(agent_id, "hand_over") == timedelta(minutes=7)
    assert pause(agent_id, "training") is None
    desk = workstation.desk_snapshot(agent_id)
    assert desk["not_ready_reasons"][0] == "hand_over"
    assert desk["reason_names"]["hand_over"] == {"name_zh": "值班交接", "name_en": "Hand-over"}


def test_a_reason_that_has_ended_is_refused_but_whoever_has_it_keeps_it(
    agent_id: int, tick: Callable[..., None]
) -> None:
    pause(agent_id, "meal")
    tick(minutes=1)
    with unit_of_work():
        code_register.end_code(CodeList.BREAK, "meal")

    presence = call_queue.presence_of(agent_id)
    assert presence is not None
    assert presence.reason == "meal"
    with pytest.raises(call_queue.UnknownReason), unit_of_work():
        call_queue.become_not_ready(agent_id, reason="meal")
    with pytest.raises(call_queue.UnknownReason), unit_of_work():
        call_queue.choose_next(agent_id, state="not_ready", reason="meal")
