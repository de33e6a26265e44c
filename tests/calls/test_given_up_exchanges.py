"""An exchange that was taken out of the settings leaves nothing behind that never ends."""

from collections.abc import Callable

import pytest

from app.accounts.models import User
from app.call_queue import conferring
from app.calls import given_up_exchanges, wishes
from app.calls.models import ExchangeLink
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.facts import agent_audience, facts_after
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def go_round(*configured: str) -> None:
    """One round of a switchboard that knows these exchanges."""
    for do in given_up_exchanges.find_due(clock.now(), configured=configured):
        with unit_of_work():
            do()


def link_is_up() -> bool:
    db.session.rollback()
    return db.session.get_one(ExchangeLink, "sim").is_up


@pytest.fixture
def talk() -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    assert desks.answer_next()
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    return agent, line


def test_its_link_is_down_and_nobody_calls_out_through_it() -> None:
    desks.link_up()
    agent = desks.ready_agent()

    go_round("hy1")

    assert not link_is_up()
    with pytest.raises(wishes.NoExchangeForPhone), unit_of_work():
        conferring.call_out(agent.id, number="13900002817", shown_number="")


def test_what_was_wished_of_it_is_refused_and_the_one_who_wished_it_is_told(
    talk: tuple[User, Line],
) -> None:
    agent, line = talk
    call_id = line.call().id
    go_round("hy1")
    with unit_of_work():
        conferring.hold(agent.id, call_id=call_id)

    go_round("hy1")

    db.session.rollback()
    told = facts_after(agent_audience(agent.id), 0) or []
    refused = [fact.body["code"] for fact in told if fact.name == "desk.order_refused"]
    assert refused == ["link-down"]


def test_its_calls_end_after_an_hour_in_which_no_other_process_knew_it_and_agents_are_free(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    agent, line = talk
    go_round("hy1")
    tick(minutes=59)
    go_round("hy1")
    assert line.call().state == "talking"

    tick(minutes=2)
    go_round("hy1")

    assert line.call().state == "ended"
    assert desks.state(agent) == "wrap_up"


def test_one_that_is_known_is_left_alone(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    _agent, line = talk
    for _ in range(3):
        go_round("sim", "hy1")
        tick(hours=1)

    assert link_is_up()
    assert line.call().state == "talking"
