"""One hotline, two web processes and Redis: an old snapshot and the facts after it are the new one.

The facts are those that one desk heard, or asked for where it heard of a newer number, as its page
does; they are put together by the page's own rules. Half way through the call Redis is killed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from app.accounts.service import DEMO_PASSWORD
from tests.services.demo_city import fill_with_demo
from tests.services.desk_client import DeskClient, Fact
from tests.services.processes import wait_until
from tests.services.redis import RedisServer, start_redis, stop_redis
from tests.services.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.setup]

AGENT, LEADER = "1006", "1002"
NODE = Path(sys.executable).parent / "node"
RULES = Path(__file__).with_name("page_rules.mjs")
OF_THE_MOMENT = {"now", "board", "exchanges"}
OF_THE_PAGE = {"figures_of", "ended_offer", "last_call", "failed_wish"}
OpenDesk = Callable[[RedisServer], "tuple[AttentiveDesk, DeskClient]"]


class AttentiveDesk(DeskClient):
    """A desk that keeps the facts in a row as a page does: what it missed it asks for."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.snapshot: dict[str, Any] = {}
        self.kept: list[Fact] = []
        self.asked_for = 0

    def begin(self) -> None:
        """Open the desk and begin to keep its facts."""
        self.sign_in(AGENT, password=DEMO_PASSWORD)
        self.snapshot = self.open_desk()

    @property
    def number(self) -> int:
        """How far this desk has come."""
        return int(self.kept[-1]["number"]) if self.kept else int(self.snapshot["number"])

    def catch_up(self) -> None:
        """Take what was heard; ask for what a gap or a newer number says is missing."""
        for fact in list(self.facts):
            if fact["number"] == self.number + 1:
                self.kept.append(fact)
        highest = max([self.newest, *(fact["number"] for fact in self.facts)])
        if highest > self.number:
            missed = json.loads(self.get(f"/desk/facts?after={self.number}"))["facts"]
            self.kept += missed
            self.asked_for += len(missed)

    def knows(self, name: str) -> Callable[[], bool]:
        """Make a question whether a fact of this name has reached this desk."""

        def ask() -> bool:
            self.catch_up()
            return any(fact["name"] == name for fact in self.kept)

        return ask

    def wait(self, name: str) -> dict[str, Any]:
        """Wait for the newest fact of this name, heard or asked for, and give its body."""
        wait_until(self.knows(name), seconds=30, what=f"{name} is known")
        found: Fact = [fact for fact in self.kept if fact["name"] == name][-1]
        return dict(found["body"])

    def differences(self) -> list[str]:
        """Say what a new snapshot holds that the old one and the facts do not, or otherwise."""
        self.catch_up()
        new = json.loads(self.get("/desk/snapshot"))
        wait_until(lambda: self._is_at(new["number"]), seconds=20, what="the last fact is known")
        given = {
            "snapshot": self.snapshot,
            "facts": [fact for fact in self.kept if fact["number"] <= new["number"]],
        }
        ran = subprocess.run(
            [str(NODE), "--no-warnings", str(RULES)],
            input=json.dumps(given),
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        built = json.loads(ran.stdout)
        return unlike(built, new, but=OF_THE_MOMENT | OF_THE_PAGE)

    def _is_at(self, number: int) -> bool:
        self.catch_up()
        return self.number >= number


def unlike(built: Any, new: Any, *, but: set[str], at: str = "") -> list[str]:
    """Name every place where two pictures differ."""
    if isinstance(built, dict) and isinstance(new, dict):
        names = sorted((built.keys() | new.keys()) - but)
        return [
            found
            for name in names
            for found in unlike(built.get(name), new.get(name), but=set(), at=f"{at}.{name}")
        ]
    return [] if built == new else [f"{at}: {built!r} is not {new!r}"]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[OpenDesk]:
    """Run the process on duty and one beside it; give a desk there and a panel at the first."""
    people: list[DeskClient] = []
    with ExitStack() as running:

        def begin(redis: RedisServer) -> tuple[AttentiveDesk, DeskClient]:
            environment = {
                **os.environ,
                "SITE_MODE": "demo",
                "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests",
                "INSTANCE_DIR": str(tmp_path),
                "DATABASE_URL": f"sqlite:///{tmp_path}/hotline.db",
                "REDIS_URL": redis.url,
                "EXCHANGES": "sim=simulator://quiet",
                "READY_AT_SIGN_IN": "true",
                "HOST": "127.0.0.1",
            }
            fill_with_demo(environment)
            on_duty, beside = (
                running.enter_context(
                    serving({**environment, "RUN_SWITCHBOARD": duty}, tmp_path, name=duty)
                ).address
                for duty in ("true", "false")
            )
            desk, panel = AttentiveDesk(beside), DeskClient(on_duty)
            people.extend((desk, panel))
            panel.sign_in(LEADER, password=DEMO_PASSWORD)
            desk.begin()
            return desk, panel

        yield begin
        for person in people:
            person.close()


def call_in(panel: DeskClient, number: str) -> None:
    """Let somebody call 12315, by the simulator's page."""
    form = {"exchange_id": "sim", "dialled": "12315", "from_number": number}
    panel.post_form(
        "/simulator/calls", {**form, "patience": "90", "talk_seconds": "90", "count": "1"}
    )


@pytest.mark.usefixtures("redis_server")
def test_the_old_snapshot_and_the_facts_are_the_new_one_when_redis_dies_in_mid_call(
    open_desk: OpenDesk,
) -> None:
    redis = start_redis()
    try:
        desk, panel = open_desk(redis)
        call_in(panel, "15400000071")
        offer = desk.wait("desk.offer_made")["offer"]
        assert desk.differences() == [], "while it rings"
        desk.post(f"/desk/calls/{offer['call_id']}/answer", {})
        desk.wait("desk.offer_answered")
        assert desk.differences() == [], "in the talk"
        heard = len(desk.facts)
        assert heard

        redis.process.kill()
        redis.process.wait(timeout=5)
        path = f"/desk/calls/{offer['call_id']}"
        desk.post(f"{path}/hold", {})
        wait_until(lambda: _is(desk, "held"), seconds=30, what="the caller is held")
        assert desk.differences() == [], "held, without Redis"
        desk.post(f"{path}/resume", {})
        wait_until(lambda: _is(desk, "talking"), seconds=30, what="the talk goes on")
        desk.post("/desk/next-state", {"state": "not_ready", "reason": "meal"})
        desk.post(f"{path}/hang-up", {})
        desk.wait("desk.call_ended")
        assert desk.differences() == [], "in the wrap-up"
        done = {"call_id": offer["call_id"], "code": None, "next_state": "not_ready"}
        desk.post("/desk/wrap-up/finish", done)
        desk.wait("desk.call_closed")

        assert desk.differences() == [], "after the call"
        assert desk.asked_for > 0, "nothing was lost, so nothing was tried"
        numbers = [fact["number"] for fact in desk.kept]
        first = desk.snapshot["number"] + 1
        assert numbers == list(range(first, first + len(numbers)))
    finally:
        stop_redis(redis)


def _is(desk: AttentiveDesk, state: str) -> bool:
    desk.catch_up()
    changed = [fact["body"] for fact in desk.kept if fact["name"] == "desk.call_changed"]
    return bool(changed) and changed[-1]["state"] == state
