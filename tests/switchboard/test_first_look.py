"""What an exchange carries when its link comes up is asked beside the news of all the others."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.calls import service as calls
from app.calls.models import CallOrder, ExchangeLink, PhoneContact
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty, first_look, news_pump
from app.switchboard.lag_meter import LagMeter
from app.switchboard.loops import route_once
from app.switchboard.news_pump import NewsPump
from telephony.events import LinkChanged, PhoneChanged, Place
from telephony.port import Exchange, ExchangeRefused, LiveCall
from tests.call_queue import desks
from tests.calls.line_news import TEN, Line
from tests.services.processes import wait_until

pytestmark = pytest.mark.usefixtures("app")


class Node:
    """An exchange that answers when it is let."""

    def __init__(self, exchange_id: str) -> None:
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.refusals = 0
        self.carries: list[LiveCall] = []
        self.phones: dict[str, str] = {}
        self.exchange = Exchange(
            exchange_id=exchange_id, kind="asterisk", orders=self, snapshot=self
        )

    def send(self, _order: object) -> None:
        raise ExchangeRefused("link-down", is_retryable=True)

    def live_calls(self) -> Sequence[LiveCall]:
        self.is_asked.set()
        assert self.may_answer.wait(60)
        if self.refusals:
            self.refusals -= 1
            raise ExchangeRefused("no-answer", is_retryable=False)
        return self.carries

    def phones_there(self) -> Mapping[str, str]:
        return self.phones

    def link(self, *, is_up: bool = True) -> LinkChanged:
        return LinkChanged(
            exchange_id=self.exchange.exchange_id,
            boot_id="boot-1",
            is_up=is_up,
            why="test",
            happened_at=clock.now(),
        )


def pump_of(
    app: Flask, *nodes: Node, do_aside: Callable[[str, Callable[[], None]], None]
) -> NewsPump:
    with unit_of_work():
        token = duty.take("this test", at=clock.now())
    assert token is not None
    exchanges = {node.exchange.exchange_id: node.exchange for node in nodes}
    return NewsPump(
        app,
        exchanges,
        token=lambda: token,
        do_aside=do_aside,
        after_link_up=lambda _exchange: None,
        meter=LagMeter(exchanges, remembered=timedelta(seconds=30)),
        note_recording=lambda _ready: None,
        after_recording=lambda: None,
    )


@pytest.fixture
def slow() -> Iterator[Node]:
    node = Node("hy2")
    yield node
    node.may_answer.set()


def is_up(exchange_id: str) -> bool:
    db.session.rollback()
    link = db.session.get(ExchangeLink, exchange_id)
    return link is not None and link.is_up


def test_one_node_that_does_not_answer_keeps_no_other_nodes_news_and_we_can_save(
    app: Flask, slow: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_pump, "LONGEST_SAVE_SECONDS", 0.0)  # any saving at all is seen
    good = Node("hy1")
    good.may_answer.set()
    threads: list[threading.Thread] = []

    def do_aside(_exchange: str, look: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=look))
        threads[-1].start()

    pump = pump_of(app, slow, good, do_aside=do_aside)
    threads.append(threading.Thread(target=pump.run))
    threads[0].start()
    try:
        pump.tell([slow.link()])
        wait_until(slow.is_asked.is_set, seconds=20, what="the slow node is asked")
        pump.tell([good.link()])

        wait_until(lambda: is_up("hy1"), seconds=20, what="the other node's link")
        wait_until(pump.can_save, seconds=20, what="nothing is being saved")
        assert not slow.may_answer.is_set()
    finally:
        slow.may_answer.set()
        pump.stop()
        for thread in threads:
            thread.join()


class ByHand:
    """A pump whose looks are taken when a test says so."""

    def __init__(self, app: Flask) -> None:
        self.node = Node("sim")
        self.node.may_answer.set()
        self.looks: list[Callable[[], None]] = []
        self._pump = pump_of(
            app, self.node, do_aside=lambda _exchange, look: self.looks.append(look)
        )

    def hears(self, *news: LinkChanged | PhoneChanged) -> None:
        self._pump.tell(news)
        self._write()

    def route(self) -> None:
        """Let the router of this shift decide."""
        route_once(1, looked_at=self._pump.looked_at())
        db.session.rollback()

    def look(self) -> None:
        """Take the oldest look that is wanted."""
        self.looks.pop(0)()
        self._write()

    def _write(self) -> None:
        self._pump.stop()
        self._pump.run()
        db.session.rollback()


@pytest.fixture
def by_hand(app: Flask, frozen: object) -> ByHand:  # noqa: ARG001 - ten in the morning
    return ByHand(app)


def live(line: Line) -> LiveCall:
    return LiveCall(
        exchange_id="sim",
        boot_id="boot-1",
        call_key=line.call_key,
        from_number=line.from_number,
        from_name="",
        dialled_number=line.dialled_number,
        invited_at=TEN,
        place=Place.QUEUE,
        place_counter=1,
    )


def is_known(line: Line) -> bool:
    return calls.find_call("sim", line.call_key) is not None


def test_a_node_that_refuses_at_first_is_asked_again(by_hand: ByHand) -> None:
    by_hand.node.carries, by_hand.node.refusals = [live(Line())], 2

    by_hand.hears(by_hand.node.link())
    by_hand.look()

    assert is_known(Line())


def test_what_was_seen_through_a_link_that_is_gone_is_not_believed(by_hand: ByHand) -> None:
    gone, there = Line(call_key="gone"), Line(call_key="there")
    node = by_hand.node
    by_hand.hears(node.link())
    by_hand.hears(node.link(is_up=False))
    by_hand.hears(replace(node.link(), why="again"))

    node.carries = [live(gone)]
    by_hand.look()
    assert not is_known(gone)
    node.carries = [live(there)]
    by_hand.look()

    assert is_known(there)


def test_a_phone_that_came_while_the_exchange_was_asked_stays(by_hand: ByHand) -> None:
    by_hand.hears(by_hand.node.link())
    came = PhoneChanged(
        exchange_id="sim",
        phone="1001",
        is_there=True,
        contact="tab",
        happened_at=clock.now() + timedelta(seconds=1),
    )
    by_hand.hears(came)

    by_hand.look()

    assert db.session.get(PhoneContact, ("sim", "1001")) is not None


def test_a_ring_wished_while_the_exchange_was_asked_is_still_wanted(by_hand: ByHand) -> None:
    by_hand.hears(by_hand.node.link())
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    by_hand.node.carries, by_hand.node.phones = [live(line)], {agent.work_number: "tab-1"}

    by_hand.look()

    assert db.session.scalars(db.select(CallOrder.state)).all() != ["refused"]
    assert desks.state(agent) == "offered"


def rings() -> list[str]:
    return [state.value for state in db.session.scalars(db.select(CallOrder.state)).all()]


def test_nobody_is_rung_at_a_node_that_this_shift_has_not_looked_at_yet(by_hand: ByHand) -> None:
    desks.link_up()  # as the shift before left it
    agent = desks.ready_agent()
    line = desks.caller_in_line()

    by_hand.route()
    assert rings() == []
    by_hand.hears(by_hand.node.link())
    by_hand.route()
    assert rings() == []
    by_hand.node.carries, by_hand.node.phones = [live(line)], {agent.work_number: "tab-1"}
    by_hand.look()
    by_hand.route()

    assert rings() == ["sending"]
    assert desks.state(agent) == "offered"


def test_a_link_that_came_back_is_looked_through_before_anybody_is_rung(by_hand: ByHand) -> None:
    node = by_hand.node
    by_hand.hears(node.link())
    agent = desks.ready_agent()
    by_hand.look()
    desks.phone(agent)
    line = desks.caller_in_line()
    by_hand.hears(node.link(is_up=False))
    by_hand.hears(replace(node.link(), why="again"))

    by_hand.route()
    assert rings() == []
    node.carries, node.phones = [live(line)], {agent.work_number: "tab-1"}
    by_hand.look()
    by_hand.route()

    assert rings() == ["sending"]


def test_a_node_that_never_says_what_it_carries_rings_phones_all_the_same(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "AGAIN_SECONDS", 0.0)
    by_hand.node.refusals = 1_000_000
    by_hand.hears(by_hand.node.link())  # which leaves the pump stopped: it asks no fourth time
    agent = desks.ready_agent()
    desks.caller_in_line()

    by_hand.look()
    by_hand.route()

    assert rings() == ["sending"]
    assert desks.state(agent) == "offered"


def test_a_node_that_refused_three_times_is_still_asked_what_it_carries(
    app: Flask, slow: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_look, "AGAIN_SECONDS", 0.05)
    slow.may_answer.set()
    slow.refusals, slow.carries = 5, [replace(live(Line()), exchange_id="hy2")]
    threads: list[threading.Thread] = []

    def do_aside(_exchange: str, look: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=look))
        threads[-1].start()

    pump = pump_of(app, slow, do_aside=do_aside)
    threads.append(threading.Thread(target=pump.run))
    threads[0].start()
    try:
        pump.tell([slow.link()])

        wait_until(
            lambda: _is_there("hy2", Line().call_key), seconds=20, what="the call that is up there"
        )
    finally:
        pump.stop()
        for thread in threads:
            thread.join()


def _is_there(exchange_id: str, call_key: str) -> bool:
    db.session.rollback()
    return calls.find_call(exchange_id, call_key) is not None
