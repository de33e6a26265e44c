"""What agents do at the queue: come, go, choose, take, close."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.call_queue.models import Offer, WrapUp
from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.core.events import Event
from app.rules import service as rules
from tests import people
from tests.call_queue import desks
from tests.calls.line_news import Line, tell

pytestmark = pytest.mark.usefixtures("app")


def become_ready(person: User) -> None:
    with unit_of_work():
        call_queue.become_ready(person.id)


def test_nobody_is_ready_without_a_desk() -> None:
    person = people.one_person("agent")

    with pytest.raises(call_queue.NoDeskOpen):
        become_ready(person)

    desks.open_desk(person)
    desks.close_desk(person)
    with pytest.raises(call_queue.NoDeskOpen):
        become_ready(person)


@pytest.mark.usefixtures("frozen")
def test_a_desk_that_goes_takes_its_agent_out_of_routing_at_once() -> None:
    agent = desks.ready_agent()
    desks.link_up()
    desks.caller_in_line()

    desks.close_desk(agent)

    assert desks.state(agent) == "link_lost"
    assert desks.offer_all() == 0


@pytest.mark.usefixtures("frozen")
def test_the_last_of_two_pages_counts() -> None:
    agent = desks.ready_agent()
    desks.open_desk(agent, "second")

    desks.close_desk(agent)
    assert desks.state(agent) == "ready"

    desks.close_desk(agent, "second")
    assert desks.state(agent) == "link_lost"


@pytest.mark.postgresql
def test_a_desk_that_is_back_within_the_grace_goes_on_as_before(
    tick: Callable[..., None],
) -> None:
    ready, resting = desks.ready_agent(), desks.agent_at_desk()
    with unit_of_work():
        call_queue.become_not_ready(resting.id, reason="meal")
    for agent in (ready, resting):
        desks.close_desk(agent)

    tick(seconds=29)
    desks.run_deadlines()
    for agent in (ready, resting):
        desks.open_desk(agent, "again")

    assert desks.state(ready) == "ready"
    assert (desks.state(resting), desks.presence(resting).reason) == ("not_ready", "meal")


@pytest.mark.postgresql
def test_a_desk_that_stays_away_signs_its_agent_out(tick: Callable[..., None]) -> None:
    agent = desks.ready_agent()
    desks.close_desk(agent)

    tick(seconds=31)
    desks.run_deadlines()

    assert desks.state(agent) == "signed_out"
    assert desks.presence(agent).next_state is None


@pytest.mark.postgresql
def test_a_page_that_stops_answering_is_a_desk_that_went(tick: Callable[..., None]) -> None:
    agent = desks.ready_agent()

    tick(seconds=21)
    desks.run_deadlines()

    assert desks.state(agent) == "link_lost"


def test_a_page_whose_lease_is_renewed_stays(tick: Callable[..., None]) -> None:
    agent = desks.ready_agent()
    tick(seconds=15)
    with unit_of_work():
        call_queue.renew_links({f"page-{agent.id}": agent.id})

    tick(seconds=15)
    desks.run_deadlines()

    assert desks.state(agent) == "ready"


def test_a_connected_page_whose_lease_ran_out_while_we_stood_still_gets_its_desk_back(
    tick: Callable[..., None],
) -> None:
    agent = desks.ready_agent()
    tick(seconds=25)
    desks.run_deadlines()
    assert desks.state(agent) == "link_lost"

    with unit_of_work():
        call_queue.renew_links({f"page-{agent.id}": agent.id})

    assert desks.state(agent) == "ready"


def test_a_page_that_closed_while_leases_were_renewed_does_not_come_back(
    tick: Callable[..., None],
) -> None:
    agent = desks.ready_agent()
    with unit_of_work():
        call_queue.sign_out(agent.id)
        call_queue.close_desk(f"page-{agent.id}")
    tick(seconds=1)

    with unit_of_work():
        opened = call_queue.renew_links({f"page-{agent.id}": agent.id}, is_there=lambda _id: False)

    assert (opened, desks.state(agent), call_queue.open_desks()) == ([], "signed_out", [])


@pytest.mark.usefixtures("frozen")
def test_a_reason_that_nobody_can_choose_is_refused_with_its_field() -> None:
    agent = desks.ready_agent()

    for reason in ("", "record_unfinished", "nap"):
        with pytest.raises(call_queue.UnknownReason) as refused, unit_of_work():
            call_queue.become_not_ready(agent.id, reason=reason)
        assert refused.value.field == "reason"
    assert desks.state(agent) == "ready"


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
        become_ready(agent)
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
        become_ready(agent)
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
def test_signing_out_forgets_what_an_earlier_cut_would_have_led_back_to() -> None:
    agent = desks.agent_at_desk()
    desks.close_desk(agent)
    with unit_of_work():
        call_queue.sign_out(agent.id)

    assert desks.state(agent) == "signed_out"
    assert desks.presence(agent).next_state is None


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


@pytest.mark.usefixtures("frozen")
def test_a_call_is_offered_only_over_a_link_that_is_up_to_a_phone_that_is_there() -> None:
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 0, "no link"

    desks.link_up()
    desks.phone(agent, is_there=False)
    assert desks.offer_all() == 0, "no phone"

    desks.phone(agent)
    assert desks.offer_all() == 1
    assert desks.entry(line).state.value == "offered"


@pytest.mark.usefixtures("frozen")
def test_an_exchange_may_ring_alone_whoever_has_a_desk_and_is_willing() -> None:
    ready, resting, gone = desks.ready_agent(), desks.agent_at_desk(), desks.ready_agent()
    desks.close_desk(gone)

    assert [(seat.phone, seat.is_paused) for seat in call_queue.seats()] == [
        (ready.work_number, False),
        (resting.work_number, True),
    ]


@pytest.mark.postgresql
def test_after_a_restart_no_page_is_connected_until_it_connects_again(
    heard: list[Event], tick: Callable[..., None]
) -> None:
    agent = desks.ready_agent()
    heard.clear()

    with unit_of_work():
        call_queue.drop_all_links()

    assert desks.state(agent) == "link_lost"
    assert "desk.closed" in [event.name for event in heard]
    tick(seconds=5)
    desks.open_desk(agent, "new")
    assert desks.state(agent) == "ready"


@pytest.mark.postgresql
@pytest.mark.slow
def test_two_routers_at_once_make_exactly_one_offer_of_each_caller(app: Flask) -> None:
    desks.link_up()
    agents = [desks.ready_agent() for _ in range(4)]
    for number in range(3):
        desks.caller_in_line(f"call-{number}", since=number)
    start = threading.Barrier(4)
    faults: list[BaseException] = []

    def route() -> None:
        try:
            with app.app_context():
                start.wait()
                for _ in range(5):
                    desks.offer_all()
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    routers = [threading.Thread(target=route) for _ in range(4)]
    for router in routers:
        router.start()
    for router in routers:
        router.join()

    assert faults == []
    db.session.rollback()
    made = db.session.execute(db.select(Offer)).scalars().all()
    assert len(made) == 3
    assert len({offer.call_id for offer in made}) == 3
    assert len({offer.agent_id for offer in made}) == 3
    assert len(desks.orders("RingAgent")) == 3
    assert sorted(desks.state(agent) for agent in agents) == ["offered"] * 3 + ["ready"]
