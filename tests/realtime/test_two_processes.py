"""One hotline, two web processes: facts cross through Redis, wishes through the database."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.services.desk_client import DeskClient
from tests.services.processes import free_port, start, stop, wait_until
from tests.services.redis import RedisServer

pytestmark = [pytest.mark.slow, pytest.mark.setup]

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def two_processes(redis_server: RedisServer, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Run the process on duty, with calls that arrive by themselves, and one that serves desks."""
    environment = {
        **os.environ,
        "SITE_MODE": "demo",
        "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
        "INSTANCE_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/hotline.db",
        "REDIS_URL": redis_server.url,
        "EXCHANGES": "sim=simulator://demo?every=3",
        "READY_AT_SIGN_IN": "true",
        "HOST": "127.0.0.1",
    }
    subprocess.run(
        [str(BIN / "python"), "-m", "scripts.site_data"],
        cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with ExitStack() as running:
        addresses = [
            running.enter_context(process(environment, tmp_path, is_on_duty=is_on_duty))
            for is_on_duty in ("true", "false")
        ]
        yield addresses[0], addresses[1]


@contextmanager
def process(environment: dict[str, str], folder: Path, *, is_on_duty: str) -> Iterator[str]:
    port = free_port()
    command = [str(BIN / "gunicorn"), "-k", "gthread", "-w", "1", "--threads", "20"]
    command += ["--worker-connections", "40", "--no-control-socket", "--graceful-timeout", "1"]
    command += ["-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    running = start(
        command,
        folder=ROOT,
        log=folder / f"duty-{is_on_duty}.log",
        environment={**environment, "RUN_SWITCHBOARD": is_on_duty, "PORT": str(port)},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(is_alive(address), seconds=60, what="the process answers")
        yield address
    finally:
        stop(running)


def is_alive(address: str) -> Callable[[], bool]:
    def asked() -> bool:
        try:
            return "true" in DeskClient(address, timeout=1).get("/healthz")
        except OSError:
            return False

    return asked


def test_an_agent_of_one_process_gets_and_answers_a_call_that_another_process_handles(
    two_processes: tuple[str, str],
) -> None:
    _on_duty, serving = two_processes
    desk = DeskClient(serving)
    desk.sign_in("1006", password=DEMO_PASSWORD)
    desk.open_desk()

    offer = desk.wait_for("desk.offer_made", seconds=30)["offer"]
    desk.post(f"/desk/calls/{offer['call_id']}/answer", {})
    answered = desk.wait_for("desk.offer_answered", seconds=15)

    assert answered["call_id"] == offer["call_id"]
    desk.close()
