"""A node that is linked and a talk that the ledger knows of, for whoever compares the two."""

import pytest

from app.calls import adoption
from app.core.database import unit_of_work
from telephony.events import LinkChanged
from tests import people
from tests.calls.line_news import TEN, Line, tell


@pytest.fixture
def link_up(app: object) -> None:  # noqa: ARG001 - its database
    with unit_of_work():
        change = LinkChanged(
            exchange_id="sim", boot_id="boot-1", is_up=True, why="test", happened_at=TEN
        )
        adoption.note_link(change, kind="simulator")


@pytest.fixture
def agent(app: object) -> str:  # noqa: ARG001 - its database
    return people.one_person("agent").work_number


@pytest.fixture
def line(agent: str) -> Line:
    """A talk that the ledger knows of."""
    one = Line()
    tell(one.arrived(), one.queued(1), one.rings(agent, 2), one.answered(agent, 5))
    return one
