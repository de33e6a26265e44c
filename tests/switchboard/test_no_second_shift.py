"""A process begins no shift while a listener of its last one still holds an exchange."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty, shift
from app.switchboard.models import DutyLease
from app.switchboard.service import Switchboard
from app.switchboard.shift import RecordingCare
from telephony.port import Ask, Exchange, ExchangeRefused, IsWell, Tell, always_well
from tests.services.processes import wait_until

pytestmark = pytest.mark.one_database


class SlowToLeave:
    """An exchange whose listener leaves some time after it was told to."""

    def __init__(self) -> None:
        self.times_begun = 0
        self.is_told, self.may_leave = threading.Event(), threading.Event()
        self.exchange = Exchange(exchange_id="hy1", kind="asterisk", orders=self, stream=self)

    def send(self, _order: object) -> None:
        raise ExchangeRefused("link-down", is_retryable=True)

    def listen(self, _tell: Tell, _ask: Ask, _is_well: IsWell = always_well) -> None:
        self.times_begun += 1
        assert self.is_told.wait(60)
        assert self.may_leave.wait(60)

    def stop(self) -> None:
        self.is_told.set()


@pytest.fixture
def slow() -> Iterator[SlowToLeave]:
    made = SlowToLeave()
    yield made
    made.is_told.set()
    made.may_leave.set()


@pytest.fixture
def switchboard(
    app: Flask, slow: SlowToLeave, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Switchboard]:
    monkeypatch.setattr(shift, "STOP_SECONDS", 0.05)
    made = Switchboard(
        app,
        {"hy1": slow.exchange},
        has_outcome=lambda _call_id: True,
        compare_seconds=3600,
        recordings=RecordingCare(note=lambda _ready: None, keep=lambda _bell, _stopped: None),
        also={},
    )
    yield made
    slow.may_leave.set()
    made._step_down()


def lease() -> DutyLease:
    db.session.rollback()
    return db.session.get_one(DutyLease, duty.DUTY)


def another_had_it() -> None:
    """Another process took the duty, and is gone again."""
    with unit_of_work():
        row = db.session.get_one(DutyLease, duty.DUTY)
        row.holder, row.token = "another", row.token + 1
        row.until = clock.now() - timedelta(seconds=1)


def test_no_shift_begins_while_the_last_one_still_listens_and_the_duty_is_free_for_others(
    switchboard: Switchboard, slow: SlowToLeave
) -> None:
    switchboard._look_at_duty()
    assert switchboard.shift is not None
    another_had_it()

    switchboard._look_at_duty()
    assert slow.is_told.is_set()
    assert switchboard.shift is None
    assert lease().holder == ""
    switchboard._look_at_duty()
    assert switchboard.shift is None
    slow.may_leave.set()
    for _stream, thread in switchboard._last_shift._listeners:  # type: ignore[union-attr]
        thread.join(timeout=30)
    switchboard._look_at_duty()

    assert switchboard.shift is not None
    wait_until(lambda: slow.times_begun == 2, seconds=20, what="the next one listens")
    assert lease().holder == switchboard._holder
