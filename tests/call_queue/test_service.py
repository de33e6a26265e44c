"""How agents come to the queue and go: by their desks, and only over a link and a phone."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from app.call_queue import service as call_queue
from app.call_queue.models import Offer
from app.core.database import db, unit_of_work
from app.core.events import Event
from tests import people
from tests.call_queue import desks

pytestmark = pytest.mark.usefixtures("app")


def test_nobody_is_ready_without_a_desk() -> None:
    person = people.one_person("agent")

    with pytest.raises(call_queue.NoDeskOpen):
        desks.become_ready(person)

    desks.open_desk(person)
    desks.close_desk(person)
    with pytest.raises(call_queue.NoDeskOpen):
        desks.become_ready(person)


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


@pytest.mark.usefixtures("frozen")
def test_signing_out_forgets_what_an_earlier_cut_would_have_led_back_to() -> None:
    agent = desks.agent_at_desk()
    desks.close_desk(agent)
    with unit_of_work():
        call_queue.sign_out(agent.id)

    assert desks.state(agent) == "signed_out"
    assert desks.presence(agent).next_state is None


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
