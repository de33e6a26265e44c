"""Numbered facts: what a screen needs to go on from its snapshot without loss (ADR 0005).

Each audience (one agent's desk) has one counter row. It is locked and counted up inside the save
that makes the fact, so numbers are gapless and in the order of the saves. A screen that finds a
gap asks for the missing facts, or loads a new snapshot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import String, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment
from app.core.database import Model, db
from app.core.events import Event, publish

SUPERVISORS = "supervisors"
"""The audience of those who watch over agents."""

KEPT_FACTS = 500
"""How many facts of one audience are kept for screens that catch up."""


class FactCounter(Model):
    """The last number given in one audience."""

    __tablename__ = "fact_counters"

    audience: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_number: Mapped[int]


class Fact(Model):
    """One numbered fact as it goes over the wire."""

    __tablename__ = "facts"

    audience: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class FactRecorded(Event):
    """A fact got its number. The realtime room sends it once the save has held."""

    name: ClassVar[str] = "fact.recorded"
    audience: str
    number: int
    fact_name: str
    body: dict[str, Any]
    at: datetime


def agent_audience(agent_id: int) -> str:
    """Name the audience of one agent's desk."""
    return f"agent:{agent_id}"


def record_fact(audience: str, *, name: str, body: dict[str, Any], at: datetime) -> int:
    """Give the fact its number inside this save; it is sent when the save holds."""
    number = _next_number(audience)
    db.session.add(Fact(audience=audience, number=number, name=name, body=body, at=at))
    if number % KEPT_FACTS == 0:
        db.session.execute(
            delete(Fact).where(Fact.audience == audience, Fact.number <= number - KEPT_FACTS)
        )
    publish(FactRecorded(audience=audience, number=number, fact_name=name, body=body, at=at))
    return number


def last_number(audience: str) -> int:
    """Return the number of the newest fact, 0 when there is none."""
    found = db.session.execute(
        select(FactCounter.last_number).where(FactCounter.audience == audience)
    ).scalar_one_or_none()
    return found or 0


def facts_after(audience: str, number: int) -> list[Fact] | None:
    """Return every fact after `number` in order, or None when some are no longer kept."""
    facts = list(
        db.session.execute(
            select(Fact)
            .where(Fact.audience == audience, Fact.number > number)
            .order_by(Fact.number)
        ).scalars()
    )
    expected = last_number(audience) - number
    return facts if len(facts) == expected and expected >= 0 else None


def _next_number(audience: str) -> int:
    """Count up in one statement, which also locks the counter until the save ends."""
    dialect = db.session.get_bind().dialect.name
    counted = db.session.connection().execute(_COUNT_UP[dialect], {"audience": audience})
    return int(counted.scalar_one())


def _count_up(insert: Callable[[Any], Any]) -> Any:
    counters = FactCounter.__table__
    first = insert(counters).values(audience=bindparam("audience"), last_number=1)
    return first.on_conflict_do_update(
        index_elements=["audience"], set_={"last_number": counters.c.last_number + 1}
    ).returning(counters.c.last_number)


_COUNT_UP = {"postgresql": _count_up(postgresql.insert), "sqlite": _count_up(sqlite.insert)}
