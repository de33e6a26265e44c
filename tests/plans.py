"""What the databases read for a question: asked again with EXPLAIN, once it was put.

A test has few rows, and every plan reads few rows whole. PostgreSQL is therefore told to do so only
where no index can answer.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from app.core.database import db

Said = tuple[str, Any]
# as PostgreSQL says it, and as SQLite does
WHOLE = re.compile(r"Seq Scan on (\w+)|^SCAN (\w+)$")
INDEX = re.compile(r"(?:Scan (?:Backward )?using|Index Scan on|USING (?:COVERING )?INDEX) (\w+)")


@contextmanager
def tables_read_whole() -> Iterator[set[str]]:
    """Name the tables that were read from beginning to end; filled at the end of the block."""
    found: set[str] = set()
    with _heard() as said:
        yield found
    with _asking() as connection:
        for one in said:
            found |= _whole(connection, one)


@contextmanager
def indexes_used() -> Iterator[set[str]]:
    """Name the indexes that were read; filled at the end of the block."""
    found: set[str] = set()
    with _heard() as said:
        yield found
    with _asking() as connection:
        for one in said:
            found |= set(INDEX.findall("\n".join(_plan(connection, one))))


@contextmanager
def questions_put() -> Iterator[list[str]]:
    """Keep every question that is put to the database, in order; filled at the end of the block."""
    found: list[str] = []
    with _heard() as said:
        yield found
    found += [statement for statement, _ in said]


@contextmanager
def _heard() -> Iterator[list[Said]]:
    said: list[Said] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@contextmanager
def _asking() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        yield connection
        connection.rollback()


def _whole(connection: Connection, said: Said) -> set[str]:
    plan = _plan(connection, said)
    return {found[1] or found[2] for line in plan for found in WHOLE.finditer(line)}


def _plan(connection: Connection, said: Said) -> list[str]:
    if connection.dialect.name == "postgresql":
        return [line for (line,) in connection.exec_driver_sql(f"EXPLAIN {said[0]}", said[1])]
    lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}", said[1])
    return [row[3] for row in lines]
