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


RINGS = "SELECT count(*) FROM call_orders WHERE kind = 'RingAgent'"


class Two:
    """One on duty, one standby, an agent at the standby's page; one talks and one waits."""

    def __init__(
        self, environment: dict[str, str], folder: Path, node: FakeNode, running: ExitStack
    ) -> None:
        self.ledger, self.node = Ledger(folder), node
        begin = running.enter_context
        self.first: Serving = begin(serving(environment, folder, name="first"))
        wait_until(lambda: node.ami.is_joined, seconds=20, what="somebody on duty")
        standby: Serving = begin(serving(environment, folder, name="standby"))
        self._desk = DeskClient(standby.address)
        running.callback(self._desk.close)
        self._desk.sign_in("1006", password=DEMO_PASSWORD)
        self._desk.open_desk()
        wait_until(lambda: _is_admitted(node, "1006"), seconds=15, what="the phone admitted")
        node.phone_registers("1006")
        self.talker = node.place_call("12315", number="13900000001", patience=600)
        self.ledger.comes_to(self.talker, "ringing")
        node.phone_answers("1006")
        self.ledger.comes_to(self.talker, "talking")
        self.waiter = node.place_call("12333", number="13900000002", patience=600)
        self.ledger.comes_to(self.waiter, "waiting")
        assert self.ledger.duty() == 1

    def standby_takes_over(self) -> None:
        """It does, and finds who waits and who talks as they were."""
        wait_until(lambda: self.ledger.duty() == 2, seconds=20, what="the standby on duty")
        self.ledger.comes_to(self.waiter, "waiting")
        assert self.ledger.state(self.talker) == "talking"
        assert self.node.calls[self.talker].place == "talking"
        assert self.ledger.ask(RINGS) == [(1,)]

    def both_come_to_an_end(self) -> None:
        """The talk ends, and who waited is rung for and answered."""
        self.node.phone_hangs_up("1006")
        self.ledger.comes_to(self.talker, "ended")
        asked = "SELECT id FROM calls WHERE call_key = ?"
        [(call_id,)] = self.ledger.ask(asked, self.talker)
        self._desk.post("/desk/wrap-up/finish", {"call_id": call_id, "next_state": "ready"})
        self.ledger.comes_to(self.waiter, "ringing")
        self.node.phone_answers("1006")
        self.ledger.comes_to(self.waiter, "talking")
        self.node.caller_hangs_up(self.waiter)
        self.ledger.comes_to(self.waiter, "ended")

    def nothing_is_doubled_or_open(self) -> None:
        """Two calls, each rung for once, and no order without an answer."""
        assert self.ledger.ask(RINGS) == [(2,)]
        calls = "SELECT count(*) FROM calls WHERE exchange_id = 'hy1'"
        assert self.ledger.ask(calls) == [(2,)]
        unsent = "SELECT count(*) FROM call_orders WHERE state IN ('wished', 'sending')"
        assert self.ledger.ask(unsent) == [(0,)]


def test_the_standby_takes_over_who_waits_and_who_talks_and_doubles_nothing(
    environment: dict[str, str], node: FakeNode, tmp_path: Path
) -> None:
    fill_with_demo(environment)
    with ExitStack() as running:
        two = Two(environment, tmp_path, node, running)

        two.first.kill()
        two.standby_takes_over()
        two.both_come_to_an_end()

    two.nothing_is_doubled_or_open()
    [(seen, taken)] = two.ledger.ask("SELECT seen_before, at FROM duty_steps WHERE token = 2")
    assert seen < taken


def test_a_frozen_process_that_wakes_up_takes_nothing_from_who_has_the_duty_now(
    environment: dict[str, str], node: FakeNode, tmp_path: Path
) -> None:
    fill_with_demo(environment)
    with ExitStack() as running:
        two = Two(environment, tmp_path, node, running)

        two.first.freeze()
        running.callback(two.first.thaw)
        two.standby_takes_over()
        two.first.thaw()
        two.both_come_to_an_end()

        is_up = "SELECT is_up FROM exchange_links WHERE exchange_id = 'hy1'"
        assert two.ledger.ask(is_up) == [(1,)]
        assert two.ledger.duty() == 2

    two.nothing_is_doubled_or_open()


def _is_admitted(node: FakeNode, phone: str) -> bool:
    return ("ps_auths/auth", phone) in node.registers.database
