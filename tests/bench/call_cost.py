"""What one call costs the workstation, step by step: statements, and processor time of one thread.

The rooms are the real ones, on PostgreSQL; the exchange is the simulator, moved by hand, one call
after another. Nothing waits for anything, so the figures hang little on what else the machine does:
they say how much of a second one call needs, not how long its caller waits.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from sqlalchemy import event

from app.call_queue import service as call_queue
from app.call_queue.models import Presence
from app.call_queue.presence_states import PresenceState
from app.core.database import db, unit_of_work
from app.core.database_limits import hurried
from app.factory import create_app
from app.switchboard.loops import route_once
from config import read_settings
from telephony.simulator.agents import Habits
from tests.bench import postgres
from tests.bench.rows import Row
from tests.rehearsal.house import NUMBERS, House, register_numbers

CALLS, AGENTS = 200, 200
WARM_UP = 20
RINGS, TALKS = 1.0, 5.0  # seconds of the simulated exchange


class Meter:
    """Counts statements, transactions and processor time of this thread by the step under way."""

    def __init__(self) -> None:
        self.step = ""
        self.statements = Counter[str]()
        self.transactions = Counter[str]()
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def at(self, step: str) -> Iterator[None]:
        """Count what happens inside for this step."""
        self.step, began = step, time.thread_time()
        try:
            yield
        finally:
            self.seconds[step] += time.thread_time() - began
            self.step = ""

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Listen to the database."""

        def asked(*_said: Any) -> None:
            self.statements[self.step] += bool(self.step)

        def begun(*_said: Any) -> None:
            self.transactions[self.step] += bool(self.step)

        event.listen(db.engine, "before_cursor_execute", asked)
        event.listen(db.engine, "begin", begun)
        try:
            yield
        finally:
            event.remove(db.engine, "before_cursor_execute", asked)
            event.remove(db.engine, "begin", begun)


def run(size: float, work: Path) -> list[Row]:
    """Play the calls and count."""
    calls, agents = max(4, int(CALLS * size)), max(4, int(AGENTS * size))
    folder = work / "call_cost"
    folder.mkdir()
    with postgres.running(folder) as template:
        url = template.copy(folder)
        environment = {**postgres.ENVIRONMENT, "DATABASE_URL": url, "INSTANCE_DIR": str(folder)}
        app = create_app(read_settings(environment))
        with app.app_context():
            meter, servers = _play(app, calls=calls, agents=agents)
            db.session.remove()
            db.engine.dispose()
        template.drop(url)
    return _rows(meter, servers, calls=calls)


def _play(app: Flask, *, calls: int, agents: int) -> tuple[Meter, float]:
    """Return what was counted, and the seconds of processor time of the database's own process."""
    register_numbers()
    house = House(app, habits=Habits(answers_after=(RINGS, RINGS)))
    with house.time(), hurried():
        house.crowd(agents)
        house.turn()
        for _ in range(WARM_UP):  # statements are compiled, and prepared by the server
            _play_one_call(house, Meter())
        meter = Meter()
        before = _server_seconds()
        with meter.counting():
            for _ in range(calls):
                _play_one_call(house, meter)
        return meter, _server_seconds() - before


def _play_one_call(house: House, meter: Meter) -> None:
    """Let one citizen call, be rung for, answered, and leave; his agent is ready again."""
    house.simulator.place_call(NUMBERS[0], patience=1000, talk_seconds=TALKS)
    _take_step("arrives", house.write_news, house, meter, then="is offered")
    _take_step("order sent", house.worker.look_for_wishes, house, meter)
    _take_step("rings", house.write_news, house, meter)
    house.clock.advance(RINGS + 0.1)
    _take_step("answered", house.write_news, house, meter)
    house.clock.advance(TALKS + 1)
    _take_step("ends", house.write_news, house, meter)
    _take_step("work after it", partial(_finish, *_who_wraps_up()), house, meter)


def _take_step(
    name: str, do: Callable[[], None], house: House, meter: Meter, *, then: str = "router in vain"
) -> None:
    """Do a step, and what the router does where the step has rung its bell."""
    with meter.at(name):
        do()
    if house.route_bell.wait(0):
        with meter.at(then), house.app.app_context():
            route_once(house.token)


def _who_wraps_up() -> tuple[int, int]:
    wrapping_up = db.select(Presence).where(Presence.state == PresenceState.WRAP_UP)
    presence = db.session.execute(wrapping_up).scalar_one()
    assert presence.call_id is not None
    found = presence.agent_id, presence.call_id
    db.session.remove()
    return found


def _finish(agent_id: int, call_id: int) -> None:
    with unit_of_work():
        call_queue.finish_wrap_up(agent_id, call_id=call_id, code=None, next_state="ready")


def _server_seconds() -> float:
    """Return the processor time of PostgreSQL's processes that serve this database."""
    ours = f" {db.engine.url.database} "
    found = 0.0
    for process in psutil.process_iter(["cmdline"]):
        if ours in " ".join(process.info["cmdline"] or []):
            times = process.cpu_times()
            found += times.user + times.system
    return found


def _rows(meter: Meter, server_seconds: float, *, calls: int) -> list[Row]:
    def by_step(counts: Mapping[str, float], times: float = 1) -> str:
        return ", ".join(f"{step} {n * times / calls:.1f}" for step, n in counts.items() if n)

    return [
        Row(
            name="a call: statements",
            value=meter.statements.total() / calls,
            unit="",
            peer=by_step(meter.statements),
        ),
        Row(
            name="a call: transactions",
            value=meter.transactions.total() / calls,
            unit="",
            peer=by_step(meter.transactions),
        ),
        Row(
            name="a call: our processor time",
            value=sum(meter.seconds.values()) * 1000 / calls,
            unit="ms",
            peer=by_step(meter.seconds, 1000),
        ),
        Row(
            name="a call: PostgreSQL's processor time",
            value=server_seconds * 1000 / calls,
            unit="ms",
        ),
    ]
