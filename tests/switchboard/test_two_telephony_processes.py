"""Two processes that can be on duty: one is killed in the middle of calls, the other goes on."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.bed.fake_ami import SECRET, USER
from tests.bed.fake_node import FakeNode, fake_node
from tests.services.demo_city import fill_with_demo
from tests.services.desk_client import DeskClient
from tests.services.processes import free_port, wait_until
from tests.services.serving import Serving, serving

pytestmark = [pytest.mark.slow, pytest.mark.setup]


@pytest.fixture
def node() -> Iterator[FakeNode]:
    with fake_node(runs_by_itself=True) as running:
        running.agi_port = free_port()
        yield running


@pytest.fixture
def environment(node: FakeNode, tmp_path: Path) -> dict[str, str]:
    address = f"asterisk://{USER}:{SECRET}@127.0.0.1:{node.ami.port}?agi_port={node.agi_port}"
    return {
        **os.environ,
        "SITE_MODE": "demo",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "INSTANCE_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/hotline.db",
        "EXCHANGES": f"hy1={address}",
        "READY_AT_SIGN_IN": "true",
        "RUN_SWITCHBOARD": "true",
        "HOST": "127.0.0.1",
    }


class Ledger:
    """The database, read from outside."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "hotline.db"

    def ask(self, question: str, *given: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a question."""
        with closing(sqlite3.connect(self._file, timeout=10)) as database:
            return database.execute(question, given).fetchall()

    def state(self, call_key: str) -> str | None:
        """Return the state of a call that our node carries."""
        rows = self.ask(
            "SELECT state FROM calls WHERE exchange_id = 'hy1' AND call_key = ?", call_key
        )
        assert len(rows) <= 1, "a call stands there twice"
        return str(rows[0][0]) if rows else None

    def comes_to(self, call_key: str, state: str, *, seconds: float = 20) -> None:
        """Wait until the call is there."""
        wait_until(lambda: self.state(call_key) == state, seconds=seconds, what=f"{state}")

    def duty(self) -> int:
        """Return the token of whoever is on duty."""
        rows = self.ask("SELECT token FROM duty_leases")
        return int(rows[0][0]) if rows else 0


def test_the_standby_takes_over_who_waits_and_who_talks_and_doubles_nothing(
    environment: dict[str, str], node: FakeNode, tmp_path: Path
) -> None:
    fill_with_demo(environment)
    ledger = Ledger(tmp_path)
    with ExitStack() as running:

        def begin(name: str) -> Serving:
            return running.enter_context(serving(environment, tmp_path, name=name))

        first = begin("first")
        wait_until(lambda: node.ami.is_joined, seconds=20, what="somebody on duty")
        standby = begin("standby")
        desk = DeskClient(standby.address)
        running.callback(desk.close)
        desk.sign_in("1006", password=DEMO_PASSWORD)
        desk.open_desk()
        wait_until(lambda: _is_admitted(node, "1006"), seconds=15, what="the phone admitted")
        node.phone_registers("1006")
        talker = node.place_call("12315", number="13900000001", patience=600)
        ledger.comes_to(talker, "ringing")
        node.phone_answers("1006")
        ledger.comes_to(talker, "talking")
        waiter = node.place_call("12333", number="13900000002", patience=600)
        ledger.comes_to(waiter, "waiting")
        assert ledger.duty() == 1

        first.kill()
        wait_until(lambda: ledger.duty() == 2, seconds=20, what="the standby on duty")
        ledger.comes_to(waiter, "waiting")

        assert ledger.state(talker) == "talking"
        assert node.calls[talker].place == "talking"
        rings = "SELECT count(*) FROM call_orders WHERE kind = 'RingAgent'"
        assert ledger.ask(rings) == [(1,)]

        node.phone_hangs_up("1006")
        ledger.comes_to(talker, "ended")
        [(call_id,)] = ledger.ask("SELECT id FROM calls WHERE call_key = ?", talker)
        desk.post("/desk/wrap-up/finish", {"call_id": call_id, "next_state": "ready"})
        ledger.comes_to(waiter, "ringing")
        node.phone_answers("1006")
        ledger.comes_to(waiter, "talking")
        node.caller_hangs_up(waiter)
        ledger.comes_to(waiter, "ended")

    assert ledger.ask(rings) == [(2,)]
    assert ledger.ask("SELECT count(*) FROM calls WHERE exchange_id = 'hy1'") == [(2,)]
    unsent = "SELECT count(*) FROM call_orders WHERE state IN ('wished', 'sending')"
    assert ledger.ask(unsent) == [(0,)]
    [(seen, taken)] = ledger.ask("SELECT seen_before, at FROM duty_steps WHERE token = 2")
    assert seen < taken


def _is_admitted(node: FakeNode, phone: str) -> bool:
    return ("ps_auths/auth", phone) in node.registers.database
