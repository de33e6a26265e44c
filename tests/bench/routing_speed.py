"""How many callers a second get their agent: decided only, and with every offer saved."""

import time
from datetime import timedelta
from pathlib import Path

from app.call_queue.models import Offer
from app.call_queue.routing import FreeAgent, WaitingCall, match
from app.calls import adoption
from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.handed_down import given
from app.factory import create_app
from app.switchboard import duty
from app.switchboard.loops import route_once
from app.workstation.pops import PopMaker
from config import read_settings
from telephony.events import CallArrived, CallerPlaced, LinkChanged, PhoneChanged, Place
from tests.bench import postgres, seats
from tests.bench.rows import Row, at_least

AGENTS, WAITING = 1_000, 5_000
SKILLS = ("mandarin", "hakka", "cantonese", "english")


def run(size: float, work: Path) -> list[Row]:
    """Measure both."""
    agents, waiting = max(10, int(AGENTS * size)), max(20, int(WAITING * size))
    beside = f"{agents} agents, {waiting} waiting"
    return [
        at_least(
            "routing: decided", _decided(agents, waiting), "decisions/s", goal=5_000, peer=beside
        ),
        at_least(
            "routing: offers committed on PostgreSQL",
            _committed(agents, waiting, work),
            "offers/s",
            goal=500,
            peer=beside,
        ),
    ]


def _decided(agents: int, waiting: int) -> float:
    now = clock.now()
    line = [
        WaitingCall(
            call_id=number,
            exchange_id="hy1",
            stands_since=now - timedelta(seconds=waiting - number),
            needs=frozenset({SKILLS[number % 4]}) if number % 3 == 0 else frozenset(),
        )
        for number in range(waiting)
    ]
    free = [
        FreeAgent(
            agent_id=number,
            skills=frozenset(SKILLS[: 1 + number % 4]),
            exchange_ids=frozenset({"hy1"}),
            idle_since=now - timedelta(seconds=number),
        )
        for number in range(agents)
    ]
    began, rounds, decisions = time.perf_counter(), 0, 0
    while rounds < 3:
        decisions += len(match(line, free, now=now))
        rounds += 1
    return decisions / (time.perf_counter() - began)


def _committed(agents: int, waiting: int, work: Path) -> float:
    with postgres.running(work) as template:
        url = template.copy(work)
        environment = {**postgres.ENVIRONMENT, "DATABASE_URL": url, "INSTANCE_DIR": str(work)}
        settings = read_settings(environment)
        app = create_app(settings)
        seats.set_policy(app, settings)
        with app.app_context():
            fill(agents, waiting)
            with unit_of_work():
                token = duty.take("bench", at=clock.now())
            assert token is not None
            pops = given(PopMaker)
            pops.start()  # as in a running workstation: beside the router
            began = time.perf_counter()
            route_once(token)
            seconds = time.perf_counter() - began
            pops.stop()
            made = db.session.execute(db.select(db.func.count(Offer.id))).scalar_one()
            db.session.remove()
            db.engine.dispose()
        template.drop(url)
    return made / seconds


def fill(agents: int, waiting: int) -> None:
    """Fill the database with ready agents and a line of callers."""
    at = clock.now()
    seats.register_hotline()
    ids = seats.open_desks(agents)
    with unit_of_work():
        link = LinkChanged(exchange_id="sim", boot_id="b", is_up=True, why="", happened_at=at)
        adoption.note_link(link, kind="simulator")
        for number in range(agents):
            adoption.note_phone(
                PhoneChanged(
                    exchange_id="sim",
                    phone=str(2001 + number),
                    is_there=True,
                    contact="c",
                    happened_at=at,
                )
            )
    for begin in range(0, waiting, 200):
        with unit_of_work():
            for number in range(begin, min(begin + 200, waiting)):
                when = at - timedelta(seconds=waiting - number)
                leg = {
                    "exchange_id": "sim",
                    "boot_id": "b",
                    "call_key": f"c{number}",
                    "leg_key": f"c{number}",
                    "happened_at": when,
                }
                apply_news(
                    [
                        CallArrived(
                            **leg,  # type: ignore[arg-type]
                            from_number=f"139{number:08d}",
                            from_name="",
                            dialled_number="12345",
                            invited_at=when,
                        ),
                        CallerPlaced(**leg, place=Place.QUEUE),  # type: ignore[arg-type]
                    ]
                )
    seats.become_ready(ids)
