"""An agent at his desk, for whoever tests what he does there."""

from collections.abc import Callable
from typing import Any

import pytest

from app.call_queue import service as call_queue
from app.core.database import unit_of_work
from tests.call_queue import desks
from tests.calls.line_news import Line
from tests.conftest import PageClient
from tests.workstation.desk_people import take_call


@pytest.fixture
def desk(sign_in_as: Any) -> PageClient:
    """Sign an agent in and open his desk."""
    browser: PageClient = sign_in_as("agent")
    desks.open_desk(browser.person)
    return browser


@pytest.fixture
def talk(desk: PageClient, registers: None) -> Line:  # noqa: ARG001
    """A call that this desk has taken."""
    return take_call(desk)


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Sign an agent in; his desk opens with his call."""
    return sign_in_as("agent")


@pytest.fixture
def line(agent: PageClient) -> Line:
    """A call that the agent has taken."""
    return take_call(agent)


@pytest.fixture
def colleague(sign_in_as: Callable[..., PageClient], line: Line) -> PageClient:  # noqa: ARG001
    """Another agent, ready at his desk, once the call is the first one's."""
    other = sign_in_as("agent")
    desks.open_desk(other.person)
    desks.phone(other.person)
    with unit_of_work():
        call_queue.become_ready(other.person.id)
    return other
