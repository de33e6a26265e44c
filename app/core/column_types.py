"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import DateTime, Dialect, Enum, TypeDecorator
from sqlalchemy.types import JSON

S = TypeVar("S", bound=StrEnum)


class Moment(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is refused.

    PostgreSQL keeps it as timestamptz. SQLite has no zone, so it keeps UTC and gets its zone back
    on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; strip the zone where the database has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def word(kind: type[S], *, name: str = "", length: int = 32) -> Enum:
    """Make a column for a StrEnum: its values as text, checked by the database.

    `name` names the check; give it where one table has two columns of the same kind.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


Json = JSON
