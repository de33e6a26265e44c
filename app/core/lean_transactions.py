"""Transactions on PostgreSQL with little in them but what was asked for.

A call takes a dozen of them, of a few statements each. Left to the libraries, each one would ask
besides whether the server lives, say its limits in a statement of its own, and, where it only read,
throw away all that the server has prepared for us: every statement would be planned anew.
"""

import time
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

from app.core.database_limits import limits_in_words
from app.core.silent_database import WatchedConnection

STATEMENTS_KEPT = 1000
"""One call uses more sorts of statements than psycopg keeps prepared by itself (100)."""

TRUSTED_SECONDS = 1.0
"""So long a connection that has just answered is not asked whether the server lives."""

ANSWERED_AT = "answered at"


class LeanCursor(psycopg.Cursor[Any]):
    """Tells of its columns what SQLAlchemy reads, name and type, without an object for each.

    A call's statements bring seven hundred columns, and psycopg says of each all that it knows.
    """

    @property
    def description(self) -> Any:
        """Return seven words for each column, as the DB-API has them; None without columns."""
        told = self.pgresult
        if told is None or told.status != ExecStatus.TUPLES_OK:
            return None
        code = self._encoding
        return [
            (told.fname(at).decode(code), told.ftype(at), None, None, None, None, None)  # type: ignore[union-attr]  # every column has a name
            for at in range(told.nfields)
        ]


class LeanConnection(WatchedConnection):
    """Says the limits in one breath with BEGIN; keeps what is prepared when a reader has done.

    Two methods of psycopg's own are gone round, for neither of which it has a setting.
    """

    def _start_query(self) -> PQGen[None]:
        if self.autocommit or self.pgconn.transaction_status != TransactionStatus.IDLE:
            return
        limits = limits_in_words()
        if self._pipeline is None:
            yield from self._say(b"; ".join([self._get_tx_start_command(), *limits]))
            return
        yield from super()._start_query()
        for limit in limits:  # several words in one are refused in there, and none is waited for
            yield from self._exec_command(limit)

    def _rollback_gen(self) -> PQGen[None]:
        """Undo. psycopg forgets its statements then, for a table may be made otherwise again.

        Nobody makes tables while we serve; where a statement does fail, all are forgotten.
        """
        if self.pgconn.transaction_status == TransactionStatus.INTRANS:
            yield from self._say(b"ROLLBACK")
        else:
            yield from super()._rollback_gen()

    def _say(self, words: bytes) -> PQGen[None]:
        """Send this as it stands; raises psycopg.Error."""
        self.pgconn.send_query(words)
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)


def make_lean(engine: Engine) -> None:
    """Let this engine's connections be lean, and ask those that rested whether they still are."""
    if event.contains(engine, "do_connect", _connect):
        return
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkout", _check_is_there)
    event.listen(engine, "checkin", _note_answer)


def _connect(_dialect: object, _record: object, how: Any, named: Any) -> Any:
    return LeanConnection.to(*how, **named)


def _prepare(connection: Any, record: Any) -> None:
    connection.prepared_max = STATEMENTS_KEPT
    connection.cursor_factory = LeanCursor
    _note_answer(connection, record)


def _note_answer(_connection: object, record: Any) -> None:
    record.info[ANSWERED_AT] = time.monotonic()


def _check_is_there(connection: Any, record: Any, _proxy: object) -> None:
    """Ask the server, where it has not answered of late; a connection that is gone is made anew."""
    if time.monotonic() - record.info.get(ANSWERED_AT, 0.0) < TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.OperationalError as gone:
        raise InvalidatePoolError from gone
