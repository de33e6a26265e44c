"""A database that does not answer keeps nobody for ever; those on whom callers wait, not long."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.core import database_limits
from app.core.database import db, unit_of_work
from app.core.database_limits import connect_args_of, hurried
from tests.services.processes import wait_until


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and says nothing, as behind a network that swallows all."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def test_a_server_that_says_nothing_is_given_up(silent_port: int) -> None:
    address = f"postgresql+psycopg://somebody@127.0.0.1:{silent_port}/hotline"
    engine = create_engine(address, connect_args=connect_args_of(address))
    faults: list[Exception] = []

    def connect() -> None:
        try:
            engine.connect()
        except OperationalError as fault:
            faults.append(fault)

    connecting = threading.Thread(target=connect, daemon=True)
    connecting.start()

    wait_until(lambda: not connecting.is_alive(), seconds=60, what="it gives up")
    assert len(faults) == 1


def test_an_address_may_say_itself_how_long_it_takes() -> None:
    given = connect_args_of("postgresql+psycopg://somebody@far.example/hotline?connect_timeout=20")

    assert "connect_timeout" not in given
    assert given["tcp_user_timeout"] == 10_000
    assert connect_args_of("sqlite:///hotline.db") == {}


@pytest.mark.postgresql
def test_the_apps_connections_have_these_limits(app: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # a file: nothing can be silent
    db.session.execute(text("SELECT 1"))
    with closing(db.engine.raw_connection()) as raw:
        said = raw.driver_connection.info.get_parameters()  # type: ignore[union-attr]
    assert said["connect_timeout"] == "3"
    assert said["keepalives_idle"] == "5"
    assert app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]["tcp_user_timeout"] == 10_000


@pytest.mark.postgresql
@pytest.mark.usefixtures("app")
def test_who_is_in_a_hurry_waits_for_no_lock_and_others_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # its own limit is on each connection
    monkeypatch.setattr(database_limits, "LOCK_MILLISECONDS", 100)
    with unit_of_work():
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "0"
    with hurried(), unit_of_work():
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "100ms"
        assert db.session.execute(text("SHOW statement_timeout")).scalar() == "10s"
    with db.engine.connect() as other:
        other.execute(text("LOCK TABLE duty_leases IN ACCESS EXCLUSIVE MODE"))

        with pytest.raises(OperationalError, match="lock timeout"), hurried(), unit_of_work():
            db.session.execute(text("SELECT * FROM duty_leases"))

        other.rollback()
    with unit_of_work():
        assert db.session.execute(text("SHOW lock_timeout")).scalar() == "0"
