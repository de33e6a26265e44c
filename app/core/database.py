"""The database handle and the one way to save.

SQLite takes its write lock at the first write, and refuses it when somebody else wrote since this
connection began to read. A save therefore ends whatever read came before it and begins with
BEGIN IMMEDIATE (ADR 0004; without it 59 of 320 concurrent saves succeed, with it 320).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from app.core import events, this_save
from app.core.lean_transactions import make_lean

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base  # lets the type checker see columns; Flask-SQLAlchemy builds the real one
else:
    Model = db.Model


GAVE_WAY = frozenset({"40P01", "40001"})


class NestedSave(RuntimeError):
    """A save was opened inside a save: the inner one would commit half of the outer one."""


class SaveEndedInside(RuntimeError):
    """Somebody committed or rolled back inside a save: what came after was not protected by it."""


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Save everything inside, or nothing; then tell the listeners.

    Opens a write transaction of its own: whatever was read before (the signed-in person, say) is
    read again inside it. Raises NestedSave when one is open already, and SaveEndedInside when the
    transaction that was opened here is not the one that would be committed.
    """
    if this_save.current() is not None:
        raise NestedSave
    db.session.rollback()
    this_save.begin()
    try:
        db.session.connection(execution_options={"hotline_write": True})
        opened = db.session().get_transaction()
        yield
        if db.session().get_transaction() is not opened:
            raise SaveEndedInside
        events.finish_save()
        db.session.commit()
    except BaseException:
        this_save.end()
        db.session.rollback()
        raise
    events.deliver(this_save.end().events)


@contextmanager
def steady_picture() -> Iterator[None]:
    """Read everything inside from one and the same state of the database.

    SQLite's read transactions are so by nature; PostgreSQL needs REPEATABLE READ.
    """
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        db.session.rollback()


def let_go() -> None:
    """Give the connection of this request back: for those who are about to wait for others.

    What was read before is read again when it is looked at next. Not inside a save.
    """
    if this_save.current() is not None:
        raise NestedSave
    db.session.rollback()


def gave_way(fault: DBAPIError) -> bool:
    """Say whether a save failed only because others were in its way: once more, it may hold.

    PostgreSQL's deadlock and serialisation failures, and a SQLite that stayed locked.
    """
    code = getattr(fault.orig, "sqlstate", None)
    return code in GAVE_WAY or "database is locked" in str(fault.orig)


def prepare_engine(engine: Engine) -> None:
    """Teach SQLite to begin its transactions in words, and PostgreSQL to waste none."""
    if engine.dialect.name == "postgresql":
        make_lean(engine)
        return
    if event.contains(engine, "begin", _begin_in_words):
        return
    event.listen(engine, "connect", _prepare_sqlite_connection)
    event.listen(engine, "begin", _begin_in_words)


def _prepare_sqlite_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_in_words(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("hotline_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
