"""The whole house for a journey: real Asterisk, the workstation as its own process, a browser."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, sync_playwright

from scripts.make_certificate import ensure_certificate
from tests.bed.bed import Bed, running_bed, running_spooler
from tests.bed.bed_ports import BedPorts
from tests.journeys.desk_page import Desk, chromium
from tests.journeys.network import OUR_ADDRESS
from tests.services.demo_city import copy_demo_city
from tests.services.processes import free_port, start, stop, wait_until

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
AGENT_HERTZ = 700
# The exchange's own tests may have their bed running at the same time.
PORTS = BedPorts.of("journeys")


@dataclass(kw_only=True)
class Workstation:
    """The workstation in a process of its own, on a seeded copy of the demo city."""

    address: str
    environment: dict[str, str]
    log: Path
    database: Path
    flags: list[str] = field(default_factory=list)
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, and return when it serves."""
        port = self.environment["PORT"]
        command = [str(BIN / "gunicorn"), "-k", "gthread", "-w", "1", "--threads", "60",
                   "--worker-connections", "100", "--no-control-socket",
                   "-c", "deploy/gunicorn.conf.py", "-b", f"{self.environment['HOST']}:{port}",
                   *self.flags, "wsgi:app"]  # fmt: skip
        self.process = start(command, log=self.log, folder=PROJECT, environment=self.environment)
        try:
            wait_until(self.is_alive, seconds=60, what="the workstation serves")
        except AssertionError:
            self.stop()  # a slow machine shall not keep what nobody waits for any more
            raise

    def stop(self) -> None:
        """Stop it as a person would."""
        if self.process is not None:
            stop(self.process)
            self.process = None

    def is_alive(self) -> bool:
        """Say whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=1) as answer:  # noqa: S310
                return bool(json.load(answer)["is_alive"])
        except OSError:
            return False

    def rows(self, question: str, *values: Any) -> list[dict[str, Any]]:
        """Read the ledger as anybody with the database could."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(question, values)]

    def row(self, question: str, *values: Any) -> dict[str, Any]:
        """Read one row."""
        (only,) = self.rows(question, *values)
        return only

    def wait_for_row(self, question: str, *values: Any, seconds: float = 10) -> dict[str, Any]:
        """Wait until the question has an answer, and give it."""
        wait_until(
            lambda: bool(self.rows(question, *values)), seconds=seconds, what=question, pause=0.05
        )
        return self.rows(question, *values)[0]


@pytest.fixture(scope="session")
def demo_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the demo city's database, as each house gets a copy of it."""
    return copy_demo_city(tmp_path_factory.mktemp("demo-city"))


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate for this host, as other machines see it."""
    folder = tmp_path_factory.mktemp("tls")
    ensure_certificate(folder, hosts=["127.0.0.1", OUR_ADDRESS])
    return folder


@pytest.fixture(scope="session")
def bed(tmp_path_factory: pytest.TempPathFactory, certificate: Path) -> Iterator[Bed]:
    """Give the one Asterisk of all journeys."""
    folder = tmp_path_factory.mktemp("bed")
    with running_bed(
        folder, name="journeys", ports=PORTS, bind="0.0.0.0", certificate=certificate
    ) as running:
        yield running


@pytest.fixture
def house(bed: Bed, demo_city: Path, tmp_path: Path) -> Iterator[Workstation]:
    """Give a running workstation joined to the bed, on http and this machine alone."""
    with workstation(bed, demo_city, tmp_path) as running:
        yield running
    bed.end_all_calls()


@contextmanager
def workstation(
    bed: Bed, demo_city: Path, folder: Path, *, flags: list[str] | None = None, **settings: str
) -> Iterator[Workstation]:
    """Run a workstation with its recordings brought by the node's spooler."""
    database = folder / "hotline.db"
    shutil.copy(demo_city, database)
    port = free_port()
    host = settings.pop("host", "127.0.0.1")
    scheme = settings.pop("scheme", "http")
    environment = {
        **os.environ,
        "SITE_MODE": "demo",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "INSTANCE_DIR": str(folder / "instance"),
        "DATABASE_URL": f"sqlite:///{database}",
        "EXCHANGES": f"{bed.exchange_id}={bed.exchange_url}",
        "HOST": host,
        "PORT": str(port),
        "RING_SECONDS": "10",
        "READY_AT_SIGN_IN": "true",
        "LOG_LEVEL": "INFO",
        **settings,
    }
    # Where we reach it from here; elsewhere `{scheme}://{host}` is given by the test.
    running = Workstation(
        address=f"{scheme}://127.0.0.1:{port}",
        environment=environment,
        log=folder / "workstation.log",
        database=database,
        flags=flags or [],
    )
    running.start()
    try:
        with running_spooler(bed, application=running.address):
            yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def agents_voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give what an agent's microphone says."""
    return make_voice(tmp_path_factory.mktemp("voice") / "agent.wav", hertz=AGENT_HERTZ)


def make_voice(target: Path, *, hertz: int) -> Path:
    """Write what a microphone says: short notes, as a steady one is taken for noise."""
    note = ["synth", "0.3", "sine", str(hertz), "vol", "0.7", "pad", "0", "0.2"]
    command = ["sox", "-n", "-r", "48000", "-b", "16", "-c", "1", str(target), *note]
    subprocess.run([*command, "repeat", "19"], check=True, timeout=20)
    return target


@pytest.fixture
def open_desk(
    playwright: Playwright, agents_voice: Path, house: Workstation
) -> Iterator[Callable[..., Desk]]:
    """Open desks in browsers of their own: `open_desk("1006")`."""
    opened = []

    def open_one(work_number: str) -> Desk:
        browser = chromium(playwright, voice=agents_voice)
        opened.append(browser)
        context = browser.__enter__().new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", permissions=["microphone"]
        )
        desk = Desk(context.new_page(), house.address)
        desk.sign_in(work_number)
        desk.wait_for_phone()
        return desk

    yield open_one
    for browser in opened:
        browser.__exit__(None, None, None)
