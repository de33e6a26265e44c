"""What agents choose in a call, and how they close it: it holds after the call, never before."""

from collections.abc import Callable

import pytest

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.call_queue.models import WrapUp
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.rules import service as rules
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

pytestmark = pytest.mark.usefixtures("app")


def in_call() -> tuple[User, Line]:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    tell(line.rings(agent.work_number, 5), line.answered(agent.work_number, 8))
    assert desks.state(agent) == "talking"
    return agent, line


@pytest.mark.usefixtures("frozen")
def test_an_agent_in_a_call_can_neither_become_ready_nor_rest() -> None:
    agent, _ = in_call()

    with pytest.raises(call_queue.NotWhileInACall):
        desks.become_ready(agent)
    with pytest.raises(call_queue.NotWhileInACall), unit_of_work():
        call_queue.become_not_ready(agent.id, reason="meal")


@pytest.mark.usefixtures("frozen")
def test_what_is_chosen_in_a_call_comes_after_it() -> None:
    agent, line = in_call()
    with unit_of_work():
        call_queue.choose_next(agent.id, state="not_ready", reason="meal")
    tell(line.ended(20))

    call_id = line.call().id
    with unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=None, next_state=None)

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "meal")
    assert desks.presence(agent).next_state is None


@pytest.mark.usefixtures("frozen")
def test_nothing_can_be_chosen_for_after_a_call_where_there_is_none() -> None:
    agent = desks.ready_agent()

    with pytest.raises(call_queue.NotYourCall), unit_of_work():
        call_queue.choose_next(agent.id, state="not_ready", reason="meal")


@pytest.mark.usefixtures("frozen")
def test_what_was_chosen_for_later_does_not_outlive_a_choice_for_now() -> None:
    agent, line = in_call()
    with unit_of_work():
        call_queue.choose_next(agent.id, state="not_ready", reason="meal")
    tell(line.ended(20))

    with pytest.raises(call_queue.NotWhileInACall):
        desks.become_ready(agent)
    call_id = line.call().id
    with unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=None, next_state="ready")

    assert desks.state(agent) == "ready"
    assert desks.presence(agent).next_state is None


@pytest.mark.postgresql
@pytest.mark.usefixtures("frozen")
def test_a_sign_out_in_a_call_takes_effect_after_it() -> None:
    agent, line = in_call()
    with unit_of_work():
        call_queue.sign_out(agent.id)
    assert desks.state(agent) == "talking"
    tell(line.ended(20))
    assert desks.state(agent) == "wrap_up"

    call_id = line.call().id
    with unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=None, next_state=None)

    assert desks.state(agent) == "signed_out"


def test_a_sign_out_in_a_call_holds_when_the_wrap_up_runs_out_and_the_page_waits_for_his_return(
    tick: Callable[..., None],
) -> None:
    agent, line = in_call()
    with unit_of_work():
        call_queue.sign_out(agent.id)
    tell(line.ended(20))
    tick(seconds=61)
    with unit_of_work():
        call_queue.renew_links({f"page-{agent.id}": agent.id})

    desks.run_deadlines(has_outcome=False)

    assert desks.state(agent) == "signed_out"
    assert desks.presence(agent).call_id == line.call().id
    desks.open_desk(agent, "next-morning")
    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "record_unfinished")


@pytest.mark.usefixtures("frozen")
def test_a_sign_out_while_it_rings_holds_when_the_caller_gives_up() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    with unit_of_work():
        call_queue.sign_out(agent.id)

    tell(line.ended(9))

    assert desks.state(agent) == "signed_out"


@pytest.mark.usefixtures("frozen")
def test_a_rest_chosen_while_it_rings_holds_when_the_caller_gives_up() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    with unit_of_work():
        call_queue.choose_next(agent.id, state="not_ready", reason="meal")

    tell(line.ended(9))

    assert (desks.state(agent), desks.presence(agent).reason) == ("not_ready", "meal")


@pytest.mark.usefixtures("frozen")
def test_closing_a_call_keeps_its_code_and_the_moment() -> None:
    with unit_of_work():
        rules.load_wrap_up_codes()
        code = rules.list_wrap_up_codes()[0].code
    agent, line = in_call()
    tell(line.ended(20))
    call_id = line.call().id

    with unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=code, next_state="ready")

    row = db.session.execute(db.select(WrapUp)).scalar_one()
    assert (row.code, row.finished_at is not None) == (code, True)
    assert desks.state(agent) == "ready"
    assert desks.presence(agent).call_id is None


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize(
    ("code", "next_state", "field"),
    [("no-such-code", "ready", "code"), (None, "asleep", "next_state")],
)
def test_a_call_is_not_closed_with_what_nobody_can_choose(
    code: str | None, next_state: str, field: str
) -> None:
    agent, line = in_call()
    tell(line.ended(20))
    call_id = line.call().id

    with pytest.raises(Refusal) as refused, unit_of_work():
        call_queue.finish_wrap_up(agent.id, call_id=call_id, code=code, next_state=next_state)

    assert refused.value.field == field
    assert desks.state(agent) == "wrap_up"


@pytest.mark.usefixtures("frozen")
def test_more_time_after_a_call_is_given_and_counted() -> None:
    agent, line = in_call()
    tell(line.ended(20))
    until = desks.presence(agent).until
    assert until is not None

    with unit_of_work():
        call_queue.extend_wrap_up(agent.id)

    longer = desks.presence(agent).until
    assert longer is not None
    assert (longer - until).total_seconds() == 30
    assert db.session.execute(db.select(WrapUp)).scalar_one().extensions == 1


@pytest.mark.usefixtures("frozen")
def test_a_caller_who_only_rings_cannot_be_hung_up_on() -> None:
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    desks.offer_all()
    call_id = line.call().id

    with pytest.raises(call_queue.NotYourCall), unit_of_work():
        call_queue.hang_up(agent.id, call_id=call_id)

    assert desks.orders("HangUp") == []


@pytest.mark.usefixtures("frozen")
def test_another_agents_call_is_not_mine_to_answer_to_hang_up_or_to_close() -> None:
    _, line = in_call()
    other = desks.agent_at_desk()
    call_id = line.call().id

    for ask in (
        lambda: call_queue.answer(other.id, call_id=call_id),
        lambda: call_queue.hang_up(other.id, call_id=call_id),
        lambda: call_queue.report_phone_lost(other.id, call_id=call_id, is_ready=False),
        lambda: call_queue.check_is_on_desk(other.id, call_id=call_id),
        lambda: call_queue.finish_wrap_up(other.id, call_id=call_id, code=None, next_state=None),
    ):
        with pytest.raises(call_queue.NotYourCall), unit_of_work():
            ask()
