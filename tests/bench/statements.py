"""How many statements the database gets for one call: the same on every machine, loaded or not."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app.calls import order_book
from app.calls.call_states import OrderState
from app.calls.models import CallOrder
from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import db, unit_of_work
from app.factory import create_app
from app.switchboard import duty
from app.switchboard.loops import route_once
from config import read_settings
from telephony.events import (
    AgentAnswered,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    Place,
    TelephonyEvent,
)
from tests.bench import postgres, seats
from tests.bench.routing_speed import fill
from tests.bench.rows import Row
from tests.database import build_schema


def run(_size: float, work: Path) -> list[Row]:
    """Play one call through the rooms and count."""
    folder = work / "statements"
    folder.mkdir()
    url = f"sqlite:///{folder / 'calls.db'}"
    environment = {**postgres.ENVIRONMENT, "DATABASE_URL": url, "INSTANCE_DIR": str(folder)}
    build_schema(environment)
    settings = read_settings(environment)
    app = create_app(settings)
    seats.set_policy(app, settings)
    with app.app_context():
        counts = _play_one_call()
        db.session.remove()
        db.engine.dispose()
    parts = ", ".join(f"{name} {count}" for name, count in counts.items())
    return [Row(name="statements for one call", value=counts.total(), unit="", peer=parts)]


def _play_one_call() -> "Counter[str]":
    fill(agents=3, waiting=0)
    with unit_of_work():
        token = duty.take("bench", at=clock.now())
    assert token is not None
    counts: Counter[str] = Counter()
    step = ""

    def count(*_said: Any) -> None:
        counts[step] += 1

    event.listen(db.engine, "before_cursor_execute", count)
    now = clock.now()
    step = "arrives"
    _tell(CallArrived(**_of(now), from_number="13900002817", from_name="", dialled_number="12345",
                      invited_at=now))  # fmt: skip
    _tell(CallerPlaced(**_of(now), place=Place.QUEUE))
    step = "is offered"
    route_once(token)
    step = "order sent"
    phone = _send()
    step = "rings"
    _tell(AgentRinging(**_of(now, leg="leg", after=1), phone=phone))
    step = "answered"
    _tell(AgentAnswered(**_of(now, leg="leg", after=2), phone=phone))
    step = "ends"
    _tell(CallEnded(**_of(now, after=9), cause=16, ended_by=EndedBy.CALLER))
    event.remove(db.engine, "before_cursor_execute", count)
    return counts


def _send() -> str:
    """Note that the exchange took the ring, which was taken up as it was wished."""
    sending = db.select(CallOrder).where(CallOrder.state == OrderState.SENDING)
    row = db.session.execute(sending).scalar_one()
    phone, order_id = str(row.body["phone"]), row.id
    with unit_of_work():
        order_book.mark_taken(order_id)
    return phone


def _tell(news: TelephonyEvent) -> None:
    with unit_of_work():
        apply_news([news])


def _of(now: Any, *, leg: str = "call", after: float = 0) -> dict[str, Any]:
    return {
        "exchange_id": "sim",
        "boot_id": "b",
        "call_key": "call",
        "leg_key": leg,
        "happened_at": now + timedelta(seconds=after),
    }
