"""Whoever clones the project has it running with one command, and again on the same data."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.services.desk_client import DeskClient, is_answering
from tests.services.processes import family_of, free_port, start, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]
AN_AGENT = "1006"
# Installing from cold caches is bound by the line; from warm ones it takes half a minute.
FIRST_START_SECONDS = 420
NEXT_START_SECONDS = 60
A_MINUTE = 60
NOT_OURS = ("CI", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # of the `make test` that we run under

pytestmark = pytest.mark.setup


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Clone what is committed, as somebody else would get it."""
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


class MakeRun:
    """One `make run` in a folder, and what it printed."""

    def __init__(self, folder: Path, *, log: Path, **options: str) -> None:
        self.log = log
        self.port = options.setdefault("PORT", str(free_port()))
        self.address = f"http://127.0.0.1:{self.port}"
        words = [f"{name}={value}" for name, value in options.items()]
        plain = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        self.process = start(["make", "run", *words], folder=folder, log=log, environment=plain)

    def wait_until_it_answers(self, *, seconds: float) -> float:
        """Wait for the line that stands at the end of a good start; give how long it took."""
        return wait_until(self._is_ready, seconds=seconds, what="make run is ready")

    @property
    def printed(self) -> str:
        """Give everything printed until now."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.printed
        return "Ctrl-C" in self.printed


@pytest.fixture
def running() -> Iterator[list[MakeRun]]:
    """Keep what was started, and end it whatever happens."""
    started: list[MakeRun] = []
    yield started
    for each in started:
        if each.process.poll() is None:
            stop(each.process, by=signal.SIGKILL)


def test_a_fresh_clone_shows_a_call_within_a_minute_and_starts_again(
    clone: Path, tmp_path: Path, running: list[MakeRun]
) -> None:
    first = MakeRun(clone, log=tmp_path / "first.log")
    running.append(first)
    first.wait_until_it_answers(seconds=FIRST_START_SECONDS)
    assert first.address in first.printed
    assert AN_AGENT in first.printed

    with closing(DeskClient(first.address)) as desk:
        desk.sign_in(AN_AGENT, password=DEMO_PASSWORD)
        desk.open_desk()
        desk.post("/desk/presence", {"state": "ready"})
        offer = desk.wait_for("desk.offer_made", seconds=A_MINUTE)["offer"]
        assert offer["line"]["number"]
        assert "suggestions" in offer

    family = family_of(first.process.pid)
    stop(first.process, by=signal.SIGINT)
    assert not any(child.is_running() for child in family)
    assert not is_answering(first.address)()

    again = MakeRun(clone, log=tmp_path / "again.log", PORT=first.port)
    running.append(again)
    again.wait_until_it_answers(seconds=NEXT_START_SECONDS)
    with closing(DeskClient(again.address)) as desk:
        desk.sign_in(AN_AGENT, password=DEMO_PASSWORD)
        assert desk.open_desk()["agent"]["work_number"] == AN_AGENT
    stop(again.process, by=signal.SIGINT)
    shutil.rmtree(clone)


def test_a_taken_port_is_said_before_anything_is_installed(tmp_path: Path) -> None:
    """The working tree itself is used: nothing is changed, because nothing is begun."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = subprocess.run(
            ["make", "run", f"PORT={port}", f"INSTANCE_DIR={tmp_path}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
        )

    assert said.returncode != 0
    assert f"make run PORT={port + 1}" in said.stdout
    assert not list(tmp_path.iterdir())
