"""Numbered facts: what a screen needs to go on from its snapshot without loss (ADR 0005).

Each audience (one agent's desk) has one counter row. It is locked and counted up at the end of the
save that makes the facts, so numbers are gapless and in the order of the saves. A screen that finds
a gap asks for the missing facts, or loads a new snapshot.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import String, bindparam, delete, insert, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core import this_save
from app.core.column_types import Json, Moment
from app.core.database import Model, db
from app.core.events import (
    Event,
    PublishedOutsideASave,
    do_last_in_save,
    publish_before_all,
)
from app.core.written_last import write_now

SUPERVISORS = "supervisors"
"""The audience of those who watch over agents."""

KEPT_FACTS = 500
"""How many facts of one audience are kept for screens that catch up."""

MOST_TOGETHER = 4
"""So many facts of a save are kept by the question that numbers them."""


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
class NumberedFact:
    """What a save recorded, with the number it got."""

    number: int
    name: str
    body: dict[str, Any]
    at: datetime


@dataclass(frozen=True, kw_only=True)
class FactsRecorded(Event):
    """All that one save recorded for one audience, in the order told.

    The realtime room sends it once the save has held, and as one message: a screen that drew half
    of a save would say that somebody talks, and know of no call.
    """

    name: ClassVar[str] = "facts.recorded"
    audience: str
    facts: tuple[NumberedFact, ...]


def agent_audience(agent_id: int) -> str:
    """Name the audience of one agent's desk."""
    return f"agent:{agent_id}"


def record_fact(audience: str, *, name: str, body: dict[str, Any], at: datetime) -> None:
    """Keep a fact; it gets its number at the end of this save and is sent when the save holds.

    Raises PublishedOutsideASave where no unit of work is open.
    """
    save = this_save.current()
    if save is None:
        raise PublishedOutsideASave(name)
    recorded = save.memory.setdefault(_RECORDED, [])
    recorded.append({"audience": audience, "name": name, "body": body, "at": at})


def number_recorded() -> None:
    """Number what this save has recorded, in the order told.

    All counters are counted up by one statement, in one order of audiences, and as late as can be:
    no save waits long for another's, and no two wait for each other.
    """
    save = this_save.current()
    recorded: list[dict[str, Any]] = save.memory.pop(_RECORDED, []) if save is not None else []
    if not recorded:
        return
    write_now()  # all else is written before the counters are locked
    many = Counter(fact["audience"] for fact in recorded)
    last = _keep(recorded, many)
    for audience in many:
        _forget_old(audience, last=last[audience], added=many[audience])
    publish_before_all([_told(audience, recorded) for audience in many])


def _keep(recorded: list[dict[str, Any]], many: Mapping[str, int]) -> dict[str, int]:
    """Number the facts and keep them; return the last number of each audience."""
    is_one_question = (
        len(recorded) <= MOST_TOGETHER and db.session.get_bind().dialect.name == "postgresql"
    )
    last = _count_up_and_keep(recorded, many) if is_one_question else _count_up(many)
    numbers = {audience: last[audience] - many[audience] for audience in many}
    for fact in recorded:
        numbers[fact["audience"]] = fact["number"] = numbers[fact["audience"]] + 1
    if not is_one_question:
        db.session.execute(_KEEP, recorded)
    return last


def _count_up_and_keep(recorded: list[dict[str, Any]], many: Mapping[str, int]) -> dict[str, int]:
    """Do both by one question: a call's saves have one fact or two, and most of them have some."""
    audiences = sorted(many)
    said = {f"audience_{place}": audience for place, audience in enumerate(audiences)}
    for nth, fact in enumerate(recorded):
        said |= {f"{name}_{nth}": fact[name] for name in _SAID}
    shape = tuple(audiences.index(fact["audience"]) for fact in recorded)
    last: dict[str, int] = {}
    for audience, number in db.session.execute(_counting_and_keeping(shape), said):
        last[audience] = max(number, last.get(audience, 0))
    return last


@cache
def _counting_and_keeping(shape: tuple[int, ...]) -> Any:
    """Return the question for facts of which each is for the audience of this place. PostgreSQL."""
    many = Counter(shape)
    rows = [
        {"audience": bindparam(f"audience_{place}"), "last_number": many[place]}
        for place in sorted(many)
    ]
    counted = _counting(lambda table: postgresql.insert(table).values(rows)).cte("counted")
    kept = []
    for nth, place in enumerate(shape):
        many[place] -= 1
        given = [bindparam(f"{name}_{nth}", type_=_BOOK.c[name].type) for name in _SAID]
        number = counted.c.last_number - many[place]
        mine = counted.c.audience == bindparam(f"audience_{place}")
        kept.append(select(counted.c.audience, number, *given).where(mine))
    book = insert(_BOOK).from_select(["audience", "number", *_SAID], union_all(*kept))
    return book.returning(_BOOK.c.audience, _BOOK.c.number)


def _told(audience: str, recorded: list[dict[str, Any]]) -> FactsRecorded:
    mine = [fact for fact in recorded if fact["audience"] == audience]
    facts = [NumberedFact(number=fact["number"], **{of: fact[of] for of in _SAID}) for fact in mine]
    return FactsRecorded(audience=audience, facts=tuple(facts))


def _forget_old(audience: str, *, last: int, added: int) -> None:
    """Once in KEPT_FACTS numbers, let go what is older than the newest so many."""
    newest = last - last % KEPT_FACTS
    if newest > last - added:
        old = Fact.number <= newest - KEPT_FACTS
        db.session.execute(delete(Fact).where(Fact.audience == audience, old))


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


def _count_up(many: Mapping[str, int]) -> dict[str, int]:
    """Count up, which also locks the counters until the save ends; return the last numbers."""
    dialect = db.session.get_bind().dialect.name
    rows = [{"audience": audience, "last_number": many[audience]} for audience in sorted(many)]
    counted = db.session.execute(_COUNT_UP[dialect], rows)
    return {row.audience: row.last_number for row in counted}


def _counting(insert_into: Callable[[Any], Any]) -> Any:
    counters = FactCounter.__table__
    first = insert_into(counters)
    total = counters.c.last_number + first.excluded.last_number
    return first.on_conflict_do_update(
        index_elements=["audience"], set_={"last_number": total}
    ).returning(counters.c.audience, counters.c.last_number)


_SAID = ("name", "body", "at")
_BOOK: Any = Fact.__table__
_KEEP = insert(_BOOK)
_COUNT_UP = {"postgresql": _counting(postgresql.insert), "sqlite": _counting(sqlite.insert)}
_RECORDED = "facts recorded in this save"
do_last_in_save(number_recorded)
