"""Counts the telling figures of a period, and says which tickets are behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core import clock
from app.handling.telling_cases import cases_between
from app.handling.telling_figures import CODES
from app.measures.periods import Period
from app.measures.service import NoSuchFigure
from app.measures.telling_groups import (
    OF_PERSONS,
    PARTS,
    By,
    TellingRow,
    calls_behind,
    rows_of,
    tickets_behind,
)


@dataclass(frozen=True, kw_only=True)
class Telling:
    """The telling figures of a period, each by its groups."""

    period: Period
    by: By
    rows: Mapping[str, Sequence[TellingRow]]

    @property
    def is_empty(self) -> bool:
        """Say whether there was nothing at all to look at."""
        return not any(row.of for rows in self.rows.values() for row in rows)


def codes_by(by: By) -> list[str]:
    """Return the figures that can be told apart in this way."""
    return [code for code in CODES if by is not By.PERSON or code in OF_PERSONS]


def count_telling(period: Period, by: By) -> Telling:
    """Count every figure of a period that can be told apart in this way."""
    cases = cases_between(period.begins, period.ends, now=clock.now())
    return Telling(
        period=period,
        by=by,
        rows={code: rows_of(code, cases[code], by) for code in codes_by(by)},
    )


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The ids of what is behind one number: tickets, or calls of which no ticket came."""

    tickets: tuple[int, ...]
    calls: tuple[int, ...]


def behind(period: Period, *, code: str, part: str, by: By, key: str) -> Behind:
    """Return the ids of what is behind one number; raises NoSuchFigure."""
    if code not in codes_by(by) or part not in PARTS:
        raise NoSuchFigure
    cases = cases_between(period.begins, period.ends, now=clock.now())[code]
    return Behind(
        tickets=tickets_behind(cases, part, by, key), calls=calls_behind(cases, part, by, key)
    )
