"""A transaction on PostgreSQL costs what was asked in it, and little besides."""

import time

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.core import lean_transactions
from app.core.database import db, unit_of_work
from app.core.database_limits import hurried
from app.core.facts import FactCounter

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


def is_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def prepared() -> int:
    return int(db.session.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one())


def read(times: int) -> None:
    """Read, each time in a transaction that ends as a reader's does."""
    for _ in range(times):
        db.session.execute(text("SELECT 'is read again and again'"))
        db.session.rollback()


def test_what_the_server_has_prepared_outlives_a_transaction_that_only_read() -> None:
    if not is_postgresql():
        return  # nothing is prepared in a file
    read(times=8)

    assert prepared() > 0


def test_a_cursor_tells_name_and_type_of_its_columns_as_psycopg_does() -> None:
    if not is_postgresql():
        return
    with db.engine.connect() as connection:
        lean = connection.connection.cursor()
        lean.execute("SELECT 1 AS one, 'x'::text AS \"名\", NULL::timestamptz AS at")
        plain = psycopg.Cursor(connection.connection.driver_connection)
        plain.execute("SELECT 1 AS one, 'x'::text AS \"名\", NULL::timestamptz AS at")

        assert [each[:2] for each in lean.description] == [
            (each.name, each.type_code) for each in plain.description or ()
        ]
        lean.execute("SET LOCAL lock_timeout = 1")
        assert lean.description is None


def test_a_transaction_in_which_a_statement_failed_leaves_nothing_prepared() -> None:
    if not is_postgresql():
        return
    read(times=8)
    with pytest.raises(Exception, match="nowhere"):
        db.session.execute(text("SELECT * FROM nowhere"))
    db.session.rollback()

    assert prepared() == 0


def test_an_undone_save_is_undone() -> None:
    for _ in range(8):
        with pytest.raises(LookupError), unit_of_work():
            db.session.add(FactCounter(audience="undone", last_number=1))
            db.session.flush()
            raise LookupError

    assert db.session.get(FactCounter, "undone") is None


def test_many_rows_at_once_may_begin_a_hurried_transaction() -> None:
    rows = [{"audience": f"row {number}", "last_number": number} for number in range(3)]
    with hurried(), unit_of_work():
        db.session.execute(db.insert(FactCounter.__table__), rows)
        if is_postgresql():
            assert db.session.execute(text("SHOW lock_timeout")).scalar() == "5s"

    assert db.session.get(FactCounter, "row 2") is not None


def test_a_connection_that_rested_is_asked_and_made_anew_where_the_server_ended_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_postgresql():
        return
    own = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    db.session.remove()
    address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own])
    monkeypatch.setattr(lean_transactions, "TRUSTED_SECONDS", 0.0)
    time.sleep(0.05)  # the server's goodbye is on its way

    with app.app_context():
        assert db.session.execute(text("SELECT pg_backend_pid()")).scalar_one() != own
