"""The rows behind a list whose words are dated: one row for each version of each entry."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.rules.dated_versions import Entry, Version

W = TypeVar("W")


class VersionRows(Generic[W]):
    """Reads and writes the versions of one table.

    The table has `code`, `valid_from`, `valid_until` and a column for each field of `words`;
    `unknown` is raised with the code where nothing has it.
    """

    def __init__(self, table: Any, words: type[W], unknown: type[NotFound]) -> None:
        self._table, self._words, self._unknown = table, words, unknown
        self.names = tuple(each.name for each in fields(words))  # type: ignore[arg-type]

    def all(self) -> list[Entry[W]]:
        """Return every entry, ended ones too."""
        found: dict[str, list[Version[W]]] = {}
        for row in db.session.scalars(select(self._table).order_by(self._table.valid_from)):
            found.setdefault(row.code, []).append(self._version(row))
        return [Entry(code=code, versions=tuple(each)) for code, each in found.items()]

    def has(self, code: str) -> bool:
        """Say whether an entry with this code is there, perhaps an ended one."""
        wanted = select(self._table.id).where(self._table.code == code)
        return db.session.scalar(wanted.limit(1)) is not None

    def get(self, code: str) -> Entry[W]:
        """Return one entry, or raise what this list raises for an unknown code."""
        return Entry(code=code, versions=self.versions(self.rows(code)))

    def rows(self, code: str, *, for_change: bool = False) -> list[Any]:
        """Return the rows of one entry in the order of time, locked where they are to change."""
        asked = select(self._table).where(self._table.code == code).order_by(self._table.valid_from)
        rows = list(db.session.scalars(asked.with_for_update() if for_change else asked))
        if not rows:
            raise self._unknown(unknown=code[:16])
        return rows

    def versions(self, rows: Sequence[Any]) -> tuple[Version[W], ...]:
        """Return what these rows say."""
        return tuple(self._version(row) for row in rows)

    def keep(self, code: str, versions: Sequence[Version[W]], *, rows: Sequence[Any]) -> None:
        """Make the rows what the versions say; one that was only planned may go."""
        by_begin = {row.valid_from: row for row in rows}
        for version in versions:
            row = by_begin.pop(version.valid_from, None)
            if row is None:
                row = self._table(code=code, valid_from=version.valid_from)
                db.session.add(row)
            for name in self.names:
                setattr(row, name, getattr(version.words, name))
            row.valid_until = version.valid_until
        for row in by_begin.values():
            db.session.delete(row)
        db.session.flush()

    def _version(self, row: Any) -> Version[W]:
        return Version(
            words=self._words(**{name: getattr(row, name) for name in self.names}),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
