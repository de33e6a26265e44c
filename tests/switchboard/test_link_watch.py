"""What nobody told us is found by comparing, and an app that cannot save lets the exchange know."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from flask import Flask

from app.calls import mending, order_book
from app.calls.models import Call
from app.calls.reconciliation import DifferenceKind
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import link_watch
from telephony.events import Place
from telephony.orders import KeepCaller
from telephony.port import NO_SUCH_CALL
from telephony.simulator.faults import FaultRates
from tests.switchboard.conftest import House, eventually

ALL_LOST, NONE_LOST = FaultRates(drop=1.0), FaultRates()


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    # compared only when a test asks, with an exchange that cannot tell its news a second time
    forgetful = "sim=simulator://quiet?book=no"
    return {**environment, "COMPARE_SECONDS": "3600", "EXCHANGES": forgetful}


@contextmanager
def nothing_can_be_saved() -> Iterator[None]:
    """Somebody else holds what every save needs: nothing is broken, and nothing can be saved."""
    if db.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(db.engine.url.database or "", timeout=1)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.rollback()
        return
    with db.engine.connect() as other:
        other.execute(db.text("LOCK TABLE duty_leases IN SHARE MODE"))
        yield
        other.rollback()


@pytest.fixture
def compare_now(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(link_watch, "SURE_SECONDS", 0.3)
    switchboard = house.app.extensions["hotline.switchboard"]
    eventually(lambda: switchboard.shift is not None)
    return switchboard.shift._watches["sim"].compare_soon  # type: ignore[no-any-return]


def counted() -> dict[DifferenceKind, int]:
    return mending.count_differences("sim", since=clock.now().replace(year=2020))


def test_calls_of_which_all_news_was_lost_are_found_counted_and_mended(
    house: House, compare_now: Callable[[], None]
) -> None:
    seen = house.simulator.place_call("12315", patience=600)
    eventually(house.is_in_ledger(seen))
    eventually(lambda: house.state_of(seen) == "waiting")
    person = house.agent()

    house.simulator.set_faults(ALL_LOST)
    house.simulator.caller_hangs_up(seen)
    unseen = house.simulator.place_call("12333", patience=600)
    eventually(lambda: [c.place for c in house.simulator.live_calls()] == [Place.QUEUE])
    house.simulator.set_faults(NONE_LOST)
    compare_now()

    eventually(house.is_in_ledger(unseen))
    eventually(lambda: house.state_of(unseen) == "waiting")
    eventually(lambda: house.state_of(seen) == "ended")
    eventually(lambda: sum(counted().values()) == 2)
    assert counted() == {
        DifferenceKind.MISSING_AT_EXCHANGE: 1,
        DifferenceKind.MISSING_IN_LEDGER: 1,
    }
    house.ready(person)
    house.answer(person)
    assert house.state_of(unseen) == "talking", "he is served as if nothing had been lost"


def test_a_quiet_hour_of_comparisons_finds_nothing(
    house: House, compare_now: Callable[[], None]
) -> None:
    person = house.ready_agent()
    waiting = house.simulator.place_call("12315", patience=600, talk_seconds=600)
    house.answer(person)
    for _ in range(5):
        compare_now()
        eventually(lambda: house.state_of(waiting) == "talking")

    assert counted() == {}


def test_an_app_that_cannot_save_leaves_waiting_callers_to_the_exchange_also_in_quiet_time(
    house: House, app: Flask
) -> None:
    waiting = house.simulator.place_call("12315", patience=600)
    eventually(house.is_in_ledger(waiting))
    eventually(lambda: house.state_of(waiting) == "waiting")
    ready = app.test_client().get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json()["switchboard"]["can_save"] is True

    with nothing_can_be_saved():
        alone = [Place.ALONE]
        eventually(lambda: [c.place for c in house.simulator.live_calls()] == alone, seconds=20)
        ill = app.test_client().get("/readyz")
        assert ill.status_code == 503
        assert ill.get_json()["is_ready"] is False

    eventually(lambda: [c.place for c in house.simulator.live_calls()] == [Place.QUEUE], seconds=30)
    eventually(lambda: house.state_of(waiting) == "waiting")


def test_a_caller_who_was_ended_by_a_mistaken_answer_is_served_all_the_same(
    house: House, compare_now: Callable[[], None]
) -> None:
    """An exchange once said "no such call" of one that it carries: nobody was rung for him."""
    waiting = house.simulator.place_call("12315", patience=600)
    eventually(house.is_in_ledger(waiting))
    eventually(lambda: house.state_of(waiting) == "waiting")
    with house.app.app_context(), unit_of_work():
        call = db.session.execute(db.select(Call).where(Call.call_key == waiting)).scalar_one()
        order = order_book.wish(call, KeepCaller)
        order_book.mark_refused(order.id, code=NO_SUCH_CALL)
    assert house.state_of(waiting) == "ended"

    compare_now()

    eventually(lambda: house.state_of(waiting) == "waiting")
    assert counted() == {DifferenceKind.MISSING_IN_LEDGER: 1}
    house.answer(house.ready_agent())
    assert house.state_of(waiting) == "talking"
