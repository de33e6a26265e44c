"""All that any table holds, as text: what was erased must stand nowhere in it."""

from collections.abc import Iterable

from app.core.database import db


def everything() -> dict[str, str]:
    """Return every row of every table, as text, by the name of the table."""
    db.session.rollback()
    return {
        table.name: "\n".join(str(tuple(row)) for row in db.session.execute(table.select()))
        for table in db.metadata.sorted_tables
    }


def found_in(secrets: Iterable[str], tables: dict[str, str]) -> set[tuple[str, str]]:
    """Return which of these still stand somewhere, each with the table."""
    return {
        (secret, name) for secret in secrets if secret for name, text in tables.items()
        if secret in text
    }  # fmt: skip
