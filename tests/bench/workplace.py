"""The workstation as a process of its own, with many agents, on PostgreSQL and one Asterisk node.

It tells how it stands, one line of JSON for each line it is asked. Every agent is ready again one
second after his call, as the members of the Queue() beside it are: sooner, a phone may still be
hanging up, and would be found busy.
"""

import argparse
import gc
import json
import logging
import os
import sys
import threading
import time
from itertools import pairwise
from queue import SimpleQueue

from flask import Flask

from app.call_queue import service as call_queue
from app.call_queue.models import Presence
from app.call_queue.presence_states import PresenceState
from app.calls import service as calls
from app.calls.call_states import CallState
from app.calls.events import CallEnded
from app.calls.models import Call, CallOrder, ProviderEvent
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import listen_after_save
from app.factory import create_app, start_serving
from config import read_settings
from tests.bench import seats

logger = logging.getLogger(__name__)

WRAP_UP_SECONDS = 1.0


def main() -> int:
    """Open the desks, serve, answer until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, required=True)
    agents = parser.parse_args().agents
    settings = read_settings(os.environ)
    app = create_app(settings)
    seats.set_policy(app, settings)
    with app.app_context():
        seats.register_hotline()
        ids = seats.open_desks(agents)
    freed: SimpleQueue[tuple[float, int, int]] = SimpleQueue()
    listen_after_save(CallEnded, lambda fact: _note(fact, freed))
    threading.Thread(target=_finish, args=(app, freed), daemon=True).start()
    stop = start_serving(app)
    with app.app_context():
        _wait_for_phones(agents)
        seats.become_ready(ids)
    gc.collect()
    gc.freeze()  # as gunicorn's processes do
    _say({"is_ready": True})
    for _line in sys.stdin:
        with app.app_context():
            _say(_state())
    stop()
    return 0


def _note(fact: CallEnded, freed: "SimpleQueue[tuple[float, int, int]]") -> None:
    """Let the second begin when the exchange saw the call end: so it does for Queue()'s members."""
    if fact.agent_id is not None:
        gone = (clock.now() - fact.at).total_seconds()
        freed.put((time.monotonic() + WRAP_UP_SECONDS - gone, fact.agent_id, fact.call_id))


def _finish(app: Flask, freed: "SimpleQueue[tuple[float, int, int]]") -> None:
    while True:
        due, agent_id, call_id = freed.get()
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            with app.app_context(), unit_of_work():
                call_queue.finish_wrap_up(agent_id, call_id=call_id, code=None, next_state="ready")
        except Exception:
            logger.exception("a wrap-up did not end")
            freed.put((due, agent_id, call_id))


def _wait_for_phones(agents: int) -> None:
    until = time.monotonic() + 30
    while len(calls.phones_there()) < agents:
        db.session.rollback()
        assert time.monotonic() < until, "the phones are not there"
        time.sleep(0.05)


def _state() -> dict[str, object]:
    def count(column: object, *which: object) -> int:
        return int(db.session.execute(db.select(db.func.count(column)).where(*which)).scalar_one())

    states = db.select(Presence.state, db.func.count()).group_by(Presence.state)
    return {
        "presences": {str(state): many for state, many in db.session.execute(states)},
        "steps": _steps(),
        "calls": count(Call.id),
        "ended": count(Call.id, Call.state == CallState.ENDED),
        "talked": count(Call.id, Call.talk_started_at.is_not(None)),
        "orders": count(CallOrder.id),
        "ready": count(Presence.agent_id, Presence.state == PresenceState.READY),
    }


def _steps() -> dict[str, list[float]]:
    """Return where the time went, in milliseconds: each call's first ring, step by step."""
    rows = db.session.execute(
        db.select(Call.invited_at, ProviderEvent.received_at, CallOrder)
        .join(CallOrder, CallOrder.call_id == Call.id)
        .join(ProviderEvent, ProviderEvent.call_key == Call.call_key)
        .where(ProviderEvent.kind == "caller_placed", ProviderEvent.counter == 1)
        .where(CallOrder.kind == "RingAgent", CallOrder.answered_at.is_not(None))
    ).all()
    steps: dict[str, list[float]] = {"placed": [], "wished": [], "sent": [], "taken": []}
    for invited, placed, order in rows:
        moments = (invited, placed, order.wished_at, order.sent_at, order.answered_at)
        for name, (before, after) in zip(steps, pairwise(moments), strict=True):
            steps[name].append((after - before).total_seconds() * 1000)
    return steps


def _say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - told to the bench


if __name__ == "__main__":
    sys.exit(main())
