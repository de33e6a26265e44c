"""An exchange that was taken out of the settings leaves nothing behind that never ends."""

from collections.abc import Callable

import pytest

from app.accounts.models import User
from app.call_queue import conferring
from app.call_queue import service as call_queue
from app.calls import adoption, given_up_exchanges, mending, wishes
from app.calls.models import ExchangeLink
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.facts import agent_audience, facts_after
from telephony.events import LinkChanged, Place
from tests.call_queue import desks
from tests.calls.line_news import Line, live, tell

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


def note_link(*, is_up: bool) -> None:
    down = LinkChanged(
        exchange_id="sim", boot_id="boot-1", is_up=is_up, why="test", happened_at=clock.now()
    )
    with unit_of_work():
        adoption.note_link(down, kind="simulator")


def test_one_that_is_known_is_left_alone(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    _agent, line = talk
    for _ in range(3):
        go_round("sim", "hy1")
        tick(hours=1)

    assert link_is_up()
    assert line.call().state == "talking"


def test_who_talked_through_a_node_that_never_comes_back_is_free_after_an_hour(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    agent, line = talk
    note_link(is_up=False)
    tick(minutes=59)
    go_round("sim", "hy1")
    assert line.call().state == "talking"

    tick(minutes=2)
    go_round("sim", "hy1")

    assert line.call().state == "ended"
    assert desks.state(agent) == "wrap_up"


def test_who_says_that_his_call_is_over_is_free_although_nobody_can_ask_its_exchange(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    """His hang-up was refused (link-down) for as long as the node was away, and he sat there."""
    agent, line = talk
    call_id = line.call().id
    note_link(is_up=False)
    tick(seconds=16)

    with unit_of_work():
        assert call_queue.hang_up(agent.id, call_id=call_id) is None

    assert (line.call().state, line.call().ended_by) == ("ended", "agent")
    assert desks.state(agent) == "wrap_up"


def test_a_link_that_is_away_for_a_moment_takes_nobodys_word_for_an_end(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    agent, line = talk
    call_id = line.call().id
    note_link(is_up=False)
    tick(seconds=14)

    with unit_of_work():
        assert call_queue.hang_up(agent.id, call_id=call_id) is not None

    assert line.call().state == "talking"


def test_a_talk_that_went_on_behind_a_lost_link_is_on_its_desk_again_when_the_link_is_back(
    talk: tuple[User, Line], tick: Callable[..., None]
) -> None:
    agent, line = talk
    note_link(is_up=False)
    tick(minutes=61)
    go_round("sim")
    note_link(is_up=True)
    up = live(line, Place.TALKING, phone=agent.work_number, agent_leg_key="call-1-a1")
    look = mending.Look(exchange_id="sim", boot_id="boot-1", live=[up], phones={}, at=clock.now())

    with unit_of_work():
        mending.mend(look, mending.find_differences(look))

    assert line.call().state == "talking"
    assert desks.state(agent) == "talking"
