"""A wish is saved, sent once, and answered once."""

import threading

import pytest
from flask import Flask

from app.calls import order_book
from app.calls import service as calls
from app.calls.call_states import OrderState
from app.calls.events import OrderRefused
from app.calls.models import CallOrder
from app.core.database import db, unit_of_work
from app.core.events import Event
from telephony.orders import HangUp, RingAgent
from tests import people
from tests.calls.line_news import Line, tell

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def line(app: Flask) -> Line:  # noqa: ARG001 - tables of this app
    line = Line()
    tell(line.arrived(0), line.queued(2))
    return line


def take() -> RingAgent | None:
    with unit_of_work():
        order = order_book.take_next("sim")
    assert order is None or isinstance(order, RingAgent)
    return order


def wish_rings(line: Line, *phones: str) -> None:
    call_id = line.call().id
    with unit_of_work():
        for phone in phones:
            calls.ring_agent(call_id, phone=phone, ring_seconds=20)


def states() -> list[str]:
    db.session.rollback()
    return [
        state.value
        for state in db.session.execute(db.select(CallOrder.state).order_by(CallOrder.id)).scalars()
    ]


def test_wishes_are_sent_in_the_order_they_were_made_and_each_once(line: Line) -> None:
    wish_rings(line, "1", "2")

    first, second = take(), take()

    assert first is not None
    assert (first.phone, first.call_key, first.ring_seconds) == ("1", "call-1", 20)
    assert second is not None
    assert second.phone == "2"
    assert take() is None


def test_an_exchange_gets_only_its_own_wishes(line: Line) -> None:
    wish_rings(line, "1")

    with unit_of_work():
        assert order_book.take_next("another") is None
    assert not order_book.has_wishes("another")
    assert order_book.has_wishes("sim")


def test_an_answer_comes_once(line: Line) -> None:
    wish_rings(line, "1")
    order = take()
    assert order is not None
    with unit_of_work():
        order_book.mark_taken(order.order_id)

    with unit_of_work():
        order_book.mark_refused(order.order_id, code="no-answer")

    assert states() == ["taken"]


def test_a_lost_link_refuses_what_was_wished_and_what_was_half_sent_and_nothing_else(
    line: Line, heard: list[Event]
) -> None:
    wish_rings(line, "1", "2", "3")
    taken, half_sent = take(), take()
    assert taken is not None
    assert half_sent is not None
    with unit_of_work():
        order_book.mark_taken(taken.order_id)
    heard.clear()

    with unit_of_work():
        order_book.give_up_unsent("sim", code="link-down")

    assert states() == ["taken", "refused", "refused"]
    refused = [event for event in heard if isinstance(event, OrderRefused)]
    assert [(event.phone, event.code) for event in refused] == [
        ("2", "link-down"),
        ("3", "link-down"),
    ]


def test_nothing_can_be_wished_of_a_call_that_is_over(line: Line) -> None:
    agent = people.one_person("agent")
    call_id = line.call().id
    tell(line.ended(5))

    with pytest.raises(calls.CallIsOver), unit_of_work():
        calls.hang_up(call_id, wished_by=agent.id)


def test_who_wished_it_stands_beside_the_wish(line: Line) -> None:
    agent = people.one_person("agent")
    call_id = line.call().id
    with unit_of_work():
        calls.hang_up(call_id, wished_by=agent.id)

    row = db.session.execute(db.select(CallOrder)).scalar_one()
    assert (row.kind, row.wished_by, row.state) == (HangUp.__name__, agent.id, OrderState.WISHED)


def test_a_call_the_exchange_does_not_know_has_ended(line: Line) -> None:
    wish_rings(line, "1")
    order = take()
    assert order is not None

    with unit_of_work():
        order_book.mark_refused(order.order_id, code="no-such-call")

    call = line.call()
    assert (call.state.value, call.ended_by) == ("ended", "exchange")


@pytest.mark.postgresql
@pytest.mark.slow
def test_two_senders_never_send_the_same_wish(app: Flask, line: Line) -> None:
    wish_rings(line, *(str(number) for number in range(20)))
    sent: list[int] = []
    faults: list[BaseException] = []
    start = threading.Barrier(2)

    def send() -> None:
        try:
            start.wait()
            with app.app_context():
                while order_book.has_wishes("sim"):
                    with unit_of_work():
                        order = order_book.take_next("sim")
                    if order is not None:
                        sent.append(order.order_id)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert len(sent) == 20
    assert len(set(sent)) == 20
