"""What other rooms want looked after by the one on duty."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from app.core import clock
from app.core.database import unit_of_work
from app.core.this_save import current
from app.switchboard import duty
from app.switchboard.loops import Round, go_round_until


@pytest.mark.usefixtures("app")
def test_what_is_due_in_a_room_is_done_in_saves_of_their_own_by_the_one_on_duty(app: Flask) -> None:
    with unit_of_work():
        token = duty.take("here", at=clock.now())
    assert token is not None
    stopped, done = threading.Event(), []

    def one() -> None:
        assert current() is not None
        done.append("one")

    def broken() -> None:
        raise ValueError("this one fails")

    def last() -> None:
        done.append("last")
        stopped.set()

    def find(_now: datetime) -> list[Callable[[], None]]:
        return [one, broken, last]

    go_round_until(stopped, app, Round(name="test", every=0.01, find=find), token=lambda: token)

    assert done == ["one", "last"]


@pytest.mark.usefixtures("app")
def test_who_is_not_on_duty_does_nothing(app: Flask) -> None:
    with unit_of_work():
        token = duty.take("somebody else", at=clock.now())
    assert token is not None
    stopped, done, looked = threading.Event(), [], []

    def find(_now: datetime) -> list[Callable[[], None]]:
        looked.append(1)
        if len(looked) > 1:
            stopped.set()
        return [lambda: done.append("done")]

    go_round_until(stopped, app, Round(name="test", every=0.01, find=find), token=lambda: token + 1)

    assert done == []
