"""One board to a thousand screens, and a thousand desks: two web processes, PostgreSQL and Redis.

A board's time runs from the moment its figures were read (`as_of`) to its arrival at each screen:
building, encoding and sending are in it, the quarter of a second of coalescing is not. Beside it,
in the same run: the same bytes from a bare WebSocket server that sends and does nothing else.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from flask import Flask

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from app.factory import create_app
from config import read_settings
from tests.bench import postgres, seats
from tests.bench.raw_sockets import RawSocket, open_socket
from tests.bench.rows import Row, at_most, quantile
from tests.services.redis import start_redis, stop_redis
from tests.services.serving import Serving, serving

SCREENS = DESKS = 1000
ROUNDS = 5
GOAL_MS = 120
PATH = "/socket.io/?EIO=4&transport=websocket"
AT_ONCE = 20
FIRST_DESK = 5001


@dataclass(kw_only=True)
class Screens:
    """Open connections of one kind, and when each heard its latest board."""

    sockets: list[RawSocket] = field(default_factory=list)
    heard_at: dict[int, tuple[float, str]] = field(default_factory=dict)
    greeted: set[int] = field(default_factory=set)

    def listener(self, number: int) -> Any:
        """Return what one connection does with a text."""

        def heard(text: str) -> None:
            if text.startswith('42["shift_board",'):
                self.heard_at[number] = (time.time(), text)
            elif text.startswith('42["hello"'):
                self.greeted.add(number)
            elif text == "2":
                self.sockets[number].say("3")  # engine.io asks whether we are there

        return heard


def run(size: float, work: Path) -> list[Row]:
    """Measure boards first, then desks."""
    folder = work / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    screens, desks = max(int(SCREENS * size), 10), max(int(DESKS * size), 10)
    with _two_processes(folder, sockets=max(screens, desks) // 2 + 30) as (app, processes):
        with app.app_context():
            leader = _people([Role.SHIFT_LEADER], first=4001)[0]
            agents = _people([Role.AGENT] * desks, first=FIRST_DESK)
            cookies = [_cookie(app, one) for one in agents]
            fresh = sum(_memory(one) for one in processes)
            board = asyncio.run(_boards(app, processes, _cookie(app, leader), screens, agents[0]))
        return board + asyncio.run(_desks(processes, cookies, fresh=fresh))


async def _boards(
    app: Flask, processes: Sequence[Serving], cookie: str, count: int, agent_id: int
) -> list[Row]:
    began = time.monotonic()
    open_now = await _open(processes, [cookie] * count, hello='40{"screen":"board"}')
    await _until(lambda: (len(open_now.heard_at), count))
    let_in = time.monotonic() - began
    with app.app_context(), unit_of_work():
        call_queue.open_desk(agent_id, link_id="bench-first")
    ninety_nines, texts = [], ""
    for number in range(ROUNDS):
        before = {one: heard[1] for one, heard in open_now.heard_at.items()}
        with app.app_context(), unit_of_work():
            reason = "break" if number % 2 else "meal"
            call_queue.become_not_ready(agent_id, reason=reason)
        await _until(lambda was=before: (  # type: ignore[misc]
            sum(open_now.heard_at[one][1] != was[one] for one in was), count
        ))  # fmt: skip
        late = [at - _as_of(text) for at, text in open_now.heard_at.values()]
        ninety_nines.append(quantile(late, 0.99) * 1000)
        texts = open_now.heard_at[0][1]
        await asyncio.sleep(0.6)
    reached = len(open_now.heard_at)
    _close(open_now)
    raw = await _raw(texts, count)
    return [
        at_most(
            "board to all screens: p99, median of 5",
            statistics.median(ninety_nines),
            "ms",
            goal=GOAL_MS,
            peer=f"bare WebSocket {raw:.1f} ms; {reached} of {count} screens; {len(texts)} bytes",
        ),
        Row(name="board to all screens: worst p99", value=max(ninety_nines), unit="ms"),
        Row(name="bare WebSocket fan-out: p99, median of 5", value=raw, unit="ms"),
        Row(name=f"{count} screens: all have their board after", value=let_in, unit="s"),
    ]


async def _desks(processes: Sequence[Serving], cookies: Sequence[str], *, fresh: int) -> list[Row]:
    """Open the desks; what the screens before them left behind counts as theirs too."""
    began = time.monotonic()
    open_now = await _open(processes, cookies, hello="40")
    await _until(lambda: (len(open_now.greeted), len(cookies)))
    took = time.monotonic() - began
    await asyncio.sleep(2)
    after = sum(_memory(one) for one in processes)
    _close(open_now)
    many = len(cookies)
    return [
        Row(
            name=f"{many} desks: memory of both processes",
            value=after / 1024**2,
            unit="MB",
            peer=f"{fresh / 1024**2:.0f} MB before anybody",
        ),
        Row(
            name=f"{many} desks: memory for each",
            value=max(after - fresh, 1) / many / 1024,
            unit="KB",
        ),
        Row(name=f"{many} desks: all connected after", value=took, unit="s"),
    ]


async def _raw(text: str, count: int) -> float:
    """Return the 99th percentile, median of five, of the same bytes over bare WebSockets."""
    command = [sys.executable, "-m", "tests.bench.raw_fan_out"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        address = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        arrived: list[float] = []
        sockets = [
            await open_socket(address, "/", lambda _text: arrived.append(time.time()))
            for _ in range(count)
        ]
        found = []
        for _ in range(ROUNDS):
            arrived.clear()
            server.stdin.write(text.replace("\n", " ") + "\n")
            server.stdin.flush()
            sent = float(await asyncio.to_thread(server.stdout.readline))
            await _until(lambda: (len(arrived), count))
            found.append(quantile([at - sent for at in arrived], 0.99) * 1000)
        for socket in sockets:
            socket.close()
        return statistics.median(found)
    finally:
        server.stdin.close()
        server.wait(timeout=10)
        server.stdout.close()


async def _open(processes: Sequence[Serving], cookies: Sequence[str], *, hello: str) -> Screens:
    """Open a connection for each cookie, by turns at each process, twenty at once."""
    screens = Screens()
    for begin in range(0, len(cookies), AT_ONCE):
        some = range(begin, min(begin + AT_ONCE, len(cookies)))
        screens.sockets += await asyncio.gather(
            *(
                open_socket(
                    processes[number % len(processes)].address,
                    PATH,
                    screens.listener(number),
                    cookie=cookies[number],
                )
                for number in some
            )
        )
        for number in some:
            screens.sockets[number].say(hello)
    return screens


def _close(screens: Screens) -> None:
    for socket in screens.sockets:
        socket.close()


async def _until(heard: Callable[[], tuple[int, int]], *, stuck: float = 60) -> None:
    """Wait until as many have heard as there are. It may take long: only standing still fails."""
    last, moved_at = -1, time.monotonic()
    while (counts := heard())[0] < counts[1]:
        if counts[0] != last:
            last, moved_at = counts[0], time.monotonic()
        assert time.monotonic() - moved_at < stuck, f"{counts[0]} of {counts[1]} screens heard it"
        await asyncio.sleep(0.01)


def _as_of(text: str) -> float:
    said = json.loads(text[2:])[1]["as_of"]
    return datetime.fromisoformat(said.replace("Z", "+00:00")).timestamp()


def _memory(process: Serving) -> int:
    """Return the memory of a server and its worker that is nobody else's."""
    started = psutil.Process(process.process.pid)
    family = [started, *started.children(recursive=True)]
    return sum(one.memory_full_info().uss for one in family)


def _people(roles: Sequence[Role], *, first: int) -> list[int]:
    with unit_of_work():
        people = [seats.person(str(first + at), role=role) for at, role in enumerate(roles)]
        db.session.add_all(people)
        db.session.flush()
        return [person.id for person in people]


def _cookie(app: Flask, person_id: int) -> str:
    """Return a session as the sign-in page would have given it: a thousand passwords take long."""
    person = db.session.get_one(User, person_id)
    now = int(time.time())
    kept = {
        "_user_id": f"{person.id}:{person.epoch}",
        "_fresh": True,
        "issued_at": now,
        "seen_at": now,
    }
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"


@contextmanager
def _two_processes(folder: Path, *, sockets: int) -> Iterator[tuple[Flask, list[Serving]]]:
    redis = start_redis()
    with postgres.running(folder) as template, ExitStack() as running:
        url = template.copy(folder)
        environment = {
            **os.environ,
            **postgres.ENVIRONMENT,
            "DATABASE_URL": url,
            "REDIS_URL": redis.url,
            "INSTANCE_DIR": str(folder / "instance"),
            "HOST": "127.0.0.1",
        }
        app = create_app(read_settings(environment))
        try:
            processes = [
                running.enter_context(serving(environment, folder, name=name, sockets=sockets))
                for name in ("first", "second")
            ]
            yield app, processes
        finally:
            running.close()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
            template.drop(url)
            stop_redis(redis)
