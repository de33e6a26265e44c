"""One hotline, two web processes: facts cross through Redis, wishes through the database."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.services.demo_city import fill_with_demo
from tests.services.desk_client import DeskClient
from tests.services.processes import wait_until
from tests.services.redis import RedisServer, start_redis, stop_redis
from tests.services.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.setup]

TwoProcesses = Callable[[RedisServer], tuple[str, str]]


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[TwoProcesses]:
    """Run the process on duty, with calls that arrive by themselves, and one that serves desks."""
    with ExitStack() as running:

        def begin(redis: RedisServer) -> tuple[str, str]:
            environment = {
                **os.environ,
                "SITE_MODE": "demo",
                "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
                "INSTANCE_DIR": str(tmp_path),
                "DATABASE_URL": f"sqlite:///{tmp_path}/hotline.db",
                "REDIS_URL": redis.url,
                "EXCHANGES": "sim=simulator://demo?every=3",
                "READY_AT_SIGN_IN": "true",
                "HOST": "127.0.0.1",
            }
            fill_with_demo(environment)
            on_duty, beside = (
                running.enter_context(
                    serving(
                        {**environment, "RUN_SWITCHBOARD": is_on_duty},
                        tmp_path,
                        name=f"duty-{is_on_duty}",
                    )
                ).address
                for is_on_duty in ("true", "false")
            )
            return on_duty, beside

        yield begin


def test_an_agent_of_one_process_gets_and_answers_a_call_that_another_process_handles(
    two_processes: TwoProcesses, redis_server: RedisServer
) -> None:
    _on_duty, beside = two_processes(redis_server)
    desk = DeskClient(beside)
    desk.sign_in("1006", password=DEMO_PASSWORD)
    desk.open_desk()

    offer = desk.wait_for("desk.offer_made", seconds=30)["offer"]
    desk.post(f"/desk/calls/{offer['call_id']}/answer", {})
    answered = desk.wait_for("desk.offer_answered", seconds=15)

    assert answered["call_id"] == offer["call_id"]
    desk.close()


@pytest.mark.usefixtures("redis_server")
def test_without_redis_a_desk_is_told_that_it_missed_something_and_people_sign_in(
    two_processes: TwoProcesses,
) -> None:
    """The complaint: an offer whose fact Redis lost was never seen, the phone rang alone."""
    redis = start_redis()
    try:
        _on_duty, beside = two_processes(redis)
        desk = DeskClient(beside)
        desk.sign_in("1006", password=DEMO_PASSWORD)
        redis.process.kill()
        redis.process.wait(timeout=5)
        seen = desk.open_desk()["number"]

        def missed() -> list[str]:
            if desk.newest <= seen:
                return []
            facts = json.loads(desk.get(f"/desk/facts?after={seen}"))["facts"]
            return [fact["name"] for fact in facts]

        wait_until(lambda: "desk.offer_made" in missed(), seconds=30, what="the offer is read")
        other = DeskClient(beside)
        other.sign_in("1007", password=DEMO_PASSWORD)
        for page in (other, desk):
            page.close()
    finally:
        stop_redis(redis)
