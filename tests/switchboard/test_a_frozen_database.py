"""A PostgreSQL that stands still with its sockets open keeps nobody for ever.

Its kernel goes on taking what we send, so neither keepalives nor the server's own limits help: who
waits has to look at the clock himself.
"""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from app.call_queue.presence_states import PresenceState
from app.calls.models import Call
from app.calls.recheck import recheck
from app.core import silent_database
from app.core.database import db
from app.core.database_limits import hurried
from tests.conftest import _leave_out
from tests.rehearsal.open_ends import open_ends
from tests.services import postgresql
from tests.services.processes import wait_until
from tests.switchboard.conftest import House, eventually, on_a_server_of_its_own

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

SOON = 30  # seconds, on a machine that does other things as well; for ever is what must not be


@pytest.fixture
def cluster() -> Iterator[postgresql.Cluster]:
    try:
        made = postgresql.start_cluster(keeps_commits=True)
    except postgresql.NoPostgreSQL as missing:
        _leave_out(f"PostgreSQL: {missing}")
        return
    try:
        yield made
        postgresql.thaw_cluster(made)
    finally:
        postgresql.stop_cluster(made)


@pytest.fixture
def environment(
    basic_environment: dict[str, str], cluster: postgresql.Cluster, tmp_path: Path
) -> dict[str, str]:
    return on_a_server_of_its_own(basic_environment, cluster.admin_url, tmp_path)


@pytest.fixture
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let who is in a hurry be patient for a second, and others look that often."""
    monkeypatch.setattr(silent_database, "HURRIED_SECONDS", 1.0)
    monkeypatch.setattr(silent_database, "LOOK_SECONDS", 1.0)
    monkeypatch.setattr(silent_database, "PROBE_SECONDS", 1)


class Asking:
    """Somebody who asks in a thread of his own, and what came of it."""

    def __init__(self, app: Flask, do: Callable[[], object]) -> None:
        self.fault: Exception | None = None
        self._app, self._do = app, do
        self._may_go_on = threading.Event()
        self.has_connected = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        assert self.has_connected.wait(SOON)

    def go_on(self) -> None:
        """Let him ask over the connection that he already has."""
        self._may_go_on.set()

    def is_through(self) -> bool:
        return not self._thread.is_alive()

    def _work(self) -> None:
        with self._app.app_context():
            try:
                db.session.execute(text("SELECT 1"))
                self.has_connected.set()
                self._may_go_on.wait(SOON)
                self._do()
            except Exception as fault:  # noqa: BLE001 - is looked at
                self.fault = fault
            db.session.remove()


def ask() -> None:
    db.session.execute(text("SELECT 2"))


def ask_in_a_hurry() -> None:
    with hurried():
        ask()


@pytest.mark.usefixtures("_quick")
@pytest.mark.parametrize("do", [ask_in_a_hurry, ask], ids=["hurried", "others"])
def test_whoever_asks_a_frozen_server_gives_up_and_asks_again_when_it_is_back(
    app: Flask, cluster: postgresql.Cluster, do: Callable[[], None]
) -> None:
    asking = Asking(app, do)
    postgresql.freeze_cluster(cluster)
    asking.go_on()

    wait_until(asking.is_through, seconds=SOON, what="he gives up")
    assert isinstance(asking.fault, OperationalError)
    assert asking.fault.connection_invalidated
    postgresql.thaw_cluster(cluster)
    again = Asking(app, do)
    again.go_on()
    wait_until(again.is_through, seconds=SOON, what="an answer")
    assert again.fault is None


@pytest.mark.usefixtures("_quick")
def test_a_question_that_takes_its_time_is_answered_while_the_server_lives(app: Flask) -> None:
    asking = Asking(app, lambda: db.session.execute(text("SELECT pg_sleep(4)")))
    asking.go_on()

    wait_until(asking.is_through, seconds=SOON, what="an answer")
    assert asking.fault is None


@pytest.mark.usefixtures("_quick")
def test_calls_go_on_without_a_frozen_server_and_are_all_written_once_when_it_is_back(
    house: House, cluster: postgresql.Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    agent = house.ready_agent()
    talker = house.simulator.place_call("12315", patience=60, talk_seconds=6)
    house.answer(agent)
    waiter = house.simulator.place_call("12333", patience=120, talk_seconds=3)
    eventually(house.is_in_ledger(waiter))
    eventually(lambda: house.state_of(waiter) == "waiting")
    db.session.rollback()

    postgresql.freeze_cluster(cluster)
    wait_until(
        lambda: "news is saved again" in caplog.messages, seconds=SOON, what="a save is given up"
    )
    newcomer = house.simulator.place_call("12315", patience=120, talk_seconds=3)
    for each in (waiter, newcomer):
        eventually_at_the_exchange(house, each, "alone")
    postgresql.thaw_cluster(cluster)

    eventually(lambda: house.state_of(talker) == "ended", seconds=SOON)
    eventually(house.is_(agent, PresenceState.NOT_READY), seconds=SOON)  # no record was left
    house.ready(agent)
    house.answer(agent)
    assert house.presence(agent).call_id == house.call(waiter).id
    eventually(house.is_in_ledger(newcomer), seconds=SOON)
    house.simulator.caller_hangs_up(newcomer)
    for each in (waiter, newcomer):
        eventually(has_ended(house, each), seconds=SOON)
    eventually(lambda: open_ends() == [], seconds=SOON)
    assert recheck().differences == []
    assert db.session.execute(select(func.count()).select_from(Call)).scalar_one() == 3


def has_ended(house: House, call_key: str) -> Callable[[], bool]:
    return lambda: house.state_of(call_key) == "ended"


def eventually_at_the_exchange(house: House, call_key: str, place: str) -> None:
    """Ask the simulator, not the database."""

    def is_there() -> bool:
        shown = [one for one in house.simulator.recent() if one.call_key == call_key]
        return bool(shown) and shown[0].place == place

    wait_until(is_there, seconds=SOON, what=f"the caller is {place}")
