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
    if connection.dialect.name == "postgresql":
        lines = connection.exec_driver_sql(f"EXPLAIN {said[0]}", said[1])
        return {found for (line,) in lines for found in re.findall(r"Seq Scan on (\w+)", line)}
    lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said[0]}", said[1])
    return {found for row in lines for found in re.findall(r"^SCAN (\w+)$", row[3])}
