"""News is told once: a database in trouble may delay it, never lose it."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.calls import service as calls
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty, news_pump
from app.switchboard.lag_meter import LagMeter
from app.switchboard.news_pump import NewsPump
from telephony.events import CallArrived

TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def arrival(call_key: str, *, dialled: str = "12315") -> CallArrived:
    return CallArrived(
        exchange_id="sim",
        boot_id="boot-1",
        call_key=call_key,
        leg_key=call_key,
        happened_at=TEN,
        from_number="13900002817",
        from_name="",
        dialled_number=dialled,
        invited_at=TEN,
    )


def is_known(call_key: str) -> bool:
    db.session.rollback()
    return calls.find_call("sim", call_key) is not None


def eventually(question: Callable[[], bool]) -> None:
    until = time.monotonic() + 8
    while not question():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def pump(app: Flask) -> Iterator[NewsPump]:
    exchanges = app.extensions["hotline.exchanges"]
    with unit_of_work():
        token = duty.take("this test", at=clock.now())
    assert token is not None
    made = NewsPump(
        app,
        exchanges,
        token=lambda: token,
        do_aside=lambda _exchange, look: look(),
        after_link_up=print,
        note_recording=print,
        after_recording=list,
        meter=LagMeter(exchanges, remembered=timedelta(minutes=1)),
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(timeout=8)
    assert not thread.is_alive()


def fail_while(monkeypatch: pytest.MonkeyPatch, is_away: Callable[[], bool]) -> None:
    """Make the database refuse as long as it is away."""
    real = news_pump.apply_news

    def apply_news(batch: list[CallArrived]) -> None:
        if is_away():
            raise OperationalError("UPDATE calls", {}, Exception("deadlock detected"))
        real(batch)

    monkeypatch.setattr(news_pump, "apply_news", apply_news)


def test_news_that_met_a_deadlock_is_saved_all_the_same(
    pump: NewsPump, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([True, True])
    fail_while(monkeypatch, lambda: next(faults, False))

    pump.tell([arrival("call-1")])

    eventually(lambda: is_known("call-1"))


def test_a_piece_that_cannot_be_saved_takes_no_other_along(
    pump: NewsPump, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = news_pump.apply_news

    def apply_news(batch: list[CallArrived]) -> None:
        if any(piece.dialled_number == "bad" for piece in batch):
            raise ValueError("nobody can save this")
        real(batch)

    monkeypatch.setattr(news_pump, "apply_news", apply_news)

    pump.tell([arrival("call-1", dialled="bad"), arrival("call-2")])

    eventually(lambda: is_known("call-2"))
    assert not is_known("call-1")


def test_whoever_brings_news_waits_while_nothing_can_be_saved(
    pump: NewsPump, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news_pump, "LONGEST_SAVE_SECONDS", 0.2)
    is_back = threading.Event()
    fail_while(monkeypatch, lambda: not is_back.is_set())
    pump.tell([arrival("call-1")])
    time.sleep(0.4)
    second = threading.Thread(target=pump.tell, args=([arrival("call-2")],))
    second.start()

    second.join(timeout=0.5)
    waits = second.is_alive()
    is_back.set()
    second.join(timeout=8)

    assert waits
    assert not second.is_alive()
    eventually(lambda: is_known("call-1") and is_known("call-2"))


def test_stopping_does_not_wait_for_a_database_that_is_away(
    pump: NewsPump, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_while(monkeypatch, lambda: True)

    pump.tell([arrival("call-1")])
    time.sleep(0.2)
    # the fixture stops the pump and sees that its thread ends
