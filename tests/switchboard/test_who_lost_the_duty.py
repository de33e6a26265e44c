"""Whoever lost the duty writes nothing more, and what he wrote at the last moment is set right."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.call_queue import service as call_queue
from app.calls import service as calls
from app.calls.link_lag import LagPolicy
from app.calls.models import ExchangeLink, PhoneContact
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty
from app.switchboard.lag_meter import LagMeter
from app.switchboard.link_watch import LinkWatch
from app.switchboard.news_pump import NewsPump
from telephony.events import LinkChanged, News, PhoneChanged
from telephony.port import Exchange, ExchangeRefused
from tests.call_queue import desks
from tests.calls.line_news import Line

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.postgresql]


class NobodyListens:
    """Takes no orders: no test here sends any."""

    def send(self, _order: object) -> None:
        raise ExchangeRefused("link-down", is_retryable=True)


class Process:
    """What a process on duty has of one exchange, turned by hand."""

    def __init__(self, app: Flask, *, token: int) -> None:
        exchange = Exchange(exchange_id="sim", kind="simulator", orders=NobodyListens())
        exchanges = {"sim": exchange}
        self.pump = NewsPump(
            app,
            exchanges,
            token=lambda: token,
            do_aside=lambda _exchange, look: look(),
            after_link_up=lambda _exchange: None,
            meter=LagMeter(exchanges, remembered=timedelta(seconds=30)),
            note_recording=lambda _ready: None,
            after_recording=lambda: None,
        )
        self.watch = LinkWatch(
            app,
            exchange,
            age=timedelta,
            token=lambda: token,
            tell_link_again=self.pump.tell_link_again,
            lag_policy=LagPolicy(),
            compare_seconds=3600,
        )

    def hears(self, *news: News) -> None:
        """Let the link tell this, and the pump write all that waits."""
        if news:
            self.pump.tell(news)
        self.pump.stop()
        self.pump.run()
        db.session.rollback()


@pytest.fixture
def late_one(app: Flask) -> Process:
    return Process(app, token=take_duty("A"))


@pytest.fixture
def successor(
    app: Flask,
    late_one: Process,  # noqa: ARG001 - was there before
    frozen: time_machine.Traveller,
) -> Process:
    frozen.shift(timedelta(seconds=10))
    made = Process(app, token=take_duty("B"))
    made.hears(link(is_up=True))
    return made


def take_duty(holder: str) -> int:
    with unit_of_work():
        token = duty.take(holder, at=clock.now())
    assert token is not None
    return token


def link(*, is_up: bool) -> LinkChanged:
    return LinkChanged(
        exchange_id="sim", boot_id="boot-1", is_up=is_up, why="test", happened_at=clock.now()
    )


def is_link_up() -> bool:
    db.session.rollback()
    return db.session.get_one(ExchangeLink, "sim").is_up


def test_a_late_word_of_who_lost_the_duty_does_not_end_the_offers_of_who_has_it(
    late_one: Process,
    successor: Process,  # noqa: ARG001 - has the duty
) -> None:
    desks.ready_agent()
    desks.caller_in_line()

    late_one.hears(link(is_up=False))

    assert is_link_up()
    assert len(call_queue.plan_offers()) == 1


def test_a_phone_and_a_call_that_who_lost_the_duty_heard_of_are_left_to_who_has_it(
    late_one: Process,
    successor: Process,
) -> None:
    line = Line()
    there = PhoneChanged(
        exchange_id="sim", phone="1001", is_there=True, contact="tab", happened_at=clock.now()
    )

    late_one.hears(there, line.arrived(0))
    assert db.session.get(PhoneContact, ("sim", "1001")) is None
    assert not is_known(line)
    successor.hears(there, line.arrived(0))

    assert db.session.get(PhoneContact, ("sim", "1001")) is not None
    assert is_known(line)


def test_a_link_that_was_written_off_while_it_holds_is_written_up_again(
    successor: Process,
) -> None:
    """A save that began before the duty was lost may end after it."""
    desks.ready_agent()
    desks.caller_in_line()
    write_off()
    assert call_queue.plan_offers() == []

    successor.watch.vouch_for_link()
    successor.hears()

    assert is_link_up()
    assert len(call_queue.plan_offers()) == 1


def test_a_link_that_is_as_the_ledger_has_it_is_not_told_again(successor: Process) -> None:
    db.session.rollback()
    since = db.session.get_one(ExchangeLink, "sim").since

    successor.watch.vouch_for_link()
    successor.hears()
    assert db.session.get_one(ExchangeLink, "sim").since == since
    successor.hears(link(is_up=False))
    successor.watch.vouch_for_link()
    successor.hears()

    assert not is_link_up()


def is_known(line: Line) -> bool:
    return calls.find_call(line.exchange_id, line.call_key) is not None


def write_off() -> None:
    with unit_of_work():
        db.session.get_one(ExchangeLink, "sim").is_up = False
