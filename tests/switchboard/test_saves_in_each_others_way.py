"""Two saves that met: what an exchange answered is written down all the same."""

import threading

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url

from app.calls.models import CallOrder
from app.core import clock
from app.core.database import db, unit_of_work
from app.switchboard import duty
from app.switchboard.exchange_worker import ExchangeWorker
from tests.call_queue import desks
from tests.services.processes import wait_until

pytestmark = pytest.mark.postgresql


def test_a_refusal_whose_save_gave_way_is_saved_again(app: Flask) -> None:
    """Else the order would be on its way for ever, and the agent wait for a ring that never comes.

    The simulator is not started: it refuses because its line is down.
    """
    if db.engine.dialect.name == "sqlite":
        return  # one writer: no save is ever in another's way
    desks.link_up()
    agent = desks.ready_agent()
    line = desks.caller_in_line()
    assert desks.offer_all() == 1
    with unit_of_work():
        token = duty.take("this test", at=clock.now())
    assert token is not None
    exchange = app.extensions["hotline.exchanges"]["sim"]
    worker = ExchangeWorker(app, exchange, token=lambda: token)
    ring = desks.next_order()
    assert ring is not None
    worker.send_now(ring)
    where = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    address = where.render_as_string(hide_password=False)

    with psycopg.connect(address) as other, psycopg.connect(address, autocommit=True) as watcher:
        other.execute("SELECT 1 FROM presences WHERE agent_id = %s FOR UPDATE", [agent.id])
        sends = threading.Thread(target=worker.run)
        sends.start()
        try:
            wait_until(lambda: _is_waited_for(watcher), seconds=10, what="the answer meets a lock")
            other.execute("SELECT 1 FROM call_orders FOR UPDATE")
            other.rollback()
            wait_until(_is_answered, seconds=10, what="the answer is written down")
        finally:
            worker.stop()
            sends.join()

    assert desks.state(agent) == "ready"
    assert desks.entry(line).state.value == "waiting"


def _is_answered() -> bool:
    db.session.rollback()
    return db.session.scalars(db.select(CallOrder.state)).all() == ["refused"]


def _is_waited_for(connection: psycopg.Connection) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    found = connection.execute(asked).fetchone()
    return found is not None and found[0] > 0
