"""A Redis that answers nothing keeps no save and no request; what was missed is asked for."""

import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis

from app.core import clock
from app.core.database import unit_of_work
from app.core.facts import record_fact
from app.realtime import between_processes
from tests.conftest import PageClient
from tests.services.processes import wait_until
from tests.services.redis import RedisServer, start_redis, stop_redis

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("redis_server")]


class Freezer:
    """A Redis that can be frozen, and one who listens there as another process does."""

    def __init__(self) -> None:
        self.server: RedisServer = start_redis()
        self._ears = Redis.from_url(self.server.url).pubsub(ignore_subscribe_messages=True)
        self._ears.subscribe(between_processes.CHANNEL)
        self._ears.get_message(timeout=10)
        self.heard: list[str] = []

    def freeze(self) -> None:
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.server.process.send_signal(signal.SIGCONT)

    def has_heard(self, name: str) -> bool:
        """Say whether a fact of this name has gone from process to process."""
        told = self._ears.get_message(timeout=0.05)
        if told is not None:
            [facts] = json.loads(told["data"])["data"]
            self.heard += [fact["name"] for fact in facts]
        return name in self.heard

    def close(self) -> None:
        self.thaw()
        self._ears.close()
        stop_redis(self.server)


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Freezer]:  # noqa: ARG001 - there is one
    made = Freezer()
    yield made
    made.close()


@pytest.fixture
def environment(
    basic_environment: dict[str, str], database_url: str, tmp_path: Path, redis: Freezer
) -> dict[str, str]:
    return {
        **basic_environment,
        "DATABASE_URL": database_url,
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "RECORDINGS_DIR": str(tmp_path / "recordings"),
        "REDIS_URL": redis.server.url,
    }


def record(name: str) -> None:
    with unit_of_work():
        record_fact("agent:1", name=name, body={}, at=clock.now())


def in_another_thread(app: Flask, do: Callable[[], None]) -> threading.Thread:
    def work() -> None:
        with app.app_context():
            do()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_a_save_does_not_wait_for_a_redis_that_is_frozen(
    app: Flask, redis: Freezer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(between_processes, "ANSWER_SECONDS", 300.0)  # whoever waits, waits long
    redis.freeze()

    def save_two() -> None:
        record("one")
        record("two")

    saving = in_another_thread(app, save_two)

    wait_until(lambda: not saving.is_alive(), seconds=10, what="both facts are saved")


def test_facts_go_to_other_processes_again_when_redis_is_back(
    app: Flask,  # noqa: ARG001 - its facts
    redis: Freezer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(between_processes, "REST_SECONDS", 0.2)
    record("before")
    wait_until(lambda: redis.has_heard("before"), seconds=20, what="a fact in good times")
    redis.freeze()
    record("meanwhile")
    redis.thaw()

    def says_and_hears() -> bool:
        record("after")
        return redis.has_heard("after")

    wait_until(says_and_hears, seconds=30, what="a fact is heard again")


def test_people_sign_in_while_redis_is_frozen(
    app: Flask, client: PageClient, redis: Freezer
) -> None:
    """Tries are counted there: without it each process counts for itself."""
    client.learn_token(client.get("/sign-in").text)
    redis.freeze()
    answers: list[int] = []

    def sign_in() -> None:
        answers.append(
            client.post("/sign-in", data={"work_number": "", "password": ""}).status_code
        )

    asking = in_another_thread(app, sign_in)

    wait_until(lambda: not asking.is_alive(), seconds=10, what="an answer")
    assert answers == [422]
