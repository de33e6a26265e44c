"""What nobody in this process rings for is found all the same, by one question for all loops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event as Flag

import pytest
from flask import Flask
from sqlalchemy import event

from app.call_queue import deadlines
from app.call_queue import service as call_queue
from app.call_queue.presence_states import PresenceState
from app.calls import order_book
from app.calls import service as calls
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import exchange_worker, lookout, loops
from app.switchboard.listeners import PLACE
from app.switchboard.lookout import Lookout, Sign
from tests.call_queue import desks
from tests.switchboard.conftest import House, eventually


class Bells:
    """What was told, of a lookout with the signs that a shift looks for."""

    def __init__(self, app: Flask) -> None:
        self.told: list[str] = []
        signs = [
            Sign(is_there=call_queue.IS_ANYBODY_WAITING, tell=self._note("router")),
            Sign(
                is_there=deadlines.IS_ANY_DUE,
                moments=deadlines.moments_of,
                tell=self._note("deadlines"),
            ),
            Sign(is_there=order_book.is_any_wished("sim"), tell=self._note("sim")),
            Sign(is_there=order_book.is_any_wished("another"), tell=self._note("another")),
        ]
        self.lookout = Lookout(app, signs)

    def _note(self, who: str) -> Callable[[], None]:
        return lambda: self.told.append(who)

    def after_a_look(self, now: datetime) -> list[str]:
        self.told.clear()
        db.session.rollback()
        self.lookout.look(now)
        return list(self.told)


@pytest.fixture
def bells(app: Flask) -> Bells:
    return Bells(app)


@pytest.mark.postgresql
@pytest.mark.usefixtures("frozen")
def test_each_loop_is_told_of_its_own_sign_and_of_no_other(bells: Bells) -> None:
    desks.link_up()
    agent = desks.ready_agent()
    now = clock.now()
    assert bells.after_a_look(now) == []

    line = desks.caller_in_line()
    assert bells.after_a_look(now) == ["router"]

    desks.offer_all()
    assert bells.after_a_look(now) == [], "the ring is in hand already"
    assert bells.after_a_look(now + timedelta(minutes=5)) == ["deadlines"], "it rang too long"

    call_id, agent_id = line.call().id, agent.id
    with unit_of_work():
        calls.hang_up(call_id, wished_by=agent_id)
    assert bells.after_a_look(now) == ["sim"], "wished at this exchange, and at no other"


@pytest.mark.postgresql
@pytest.mark.usefixtures("frozen")
def test_one_question_serves_all_of_them(bells: Bells) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    bells.after_a_look(clock.now())

    assert len([each for each in asked if each != "BEGIN"]) == 1, asked


def test_a_look_that_fails_is_followed_by_others(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped, bells = Flag(), Bells(app)
    looks: list[datetime] = []

    def look(now: datetime) -> None:
        looks.append(now)
        if len(looks) == 3:
            stopped.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(lookout, "LOOK_SECONDS", 0.001)
    monkeypatch.setattr(bells.lookout, "look", look)
    bells.lookout.look_until(stopped)

    assert len(looks) == 3


@pytest.fixture
def nobody_looks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no loop look without being told."""
    monkeypatch.setattr(loops, "ALONE_SECONDS", 60.0)
    monkeypatch.setattr(exchange_worker, "ALONE_SECONDS", 60.0)


@contextmanager
def as_another_process(app: Flask) -> Iterator[None]:
    """Do something of which no bell of this process's switchboard is rung."""
    switchboard = app.extensions.pop(PLACE)
    try:
        yield
    finally:
        app.extensions[PLACE] = switchboard


@pytest.mark.usefixtures("nobody_looks_alone")
def test_what_another_process_wishes_is_sent_soon(app: Flask, house: House) -> None:
    person = house.ready_agent()
    key = house.simulator.place_call("12315", from_number="15400000001", talk_seconds=60)
    house.answer(person)

    call_id, agent_id = house.call(key).id, person.id
    with as_another_process(app), unit_of_work():
        calls.hang_up(call_id, wished_by=agent_id)

    eventually(lambda: house.state_of(key) == "ended")


@pytest.mark.usefixtures("nobody_looks_alone")
def test_an_agent_whom_another_process_made_ready_is_rung_soon(app: Flask, house: House) -> None:
    person = house.ready_agent()
    first = house.simulator.place_call("12315", from_number="15400000001", talk_seconds=60)
    house.answer(person)
    house.simulator.caller_hangs_up(first)
    eventually(house.is_(person, PresenceState.WRAP_UP))
    house.simulator.place_call("12315", from_number="15400000002", talk_seconds=60)
    eventually(lambda: bool(call_queue.board().waiting))
    agent_id, call_id = person.id, house.call(first).id

    with as_another_process(app), unit_of_work():
        call_queue.finish_wrap_up(agent_id, call_id=call_id, code=None, next_state="ready")

    eventually(house.is_(person, PresenceState.OFFERED))
