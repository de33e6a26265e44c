"""The formulas of figures: those that come with the program, and what the city set over them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.measures.events import FormulaSet
from app.measures.formulas import (
    MAY_SATISFY,
    Formula,
    Subject,
    UnknownCondition,
    check_expression,
    holding_at,
)
from app.measures.models import FigureFormula
from app.measures.reading import shipped_formulas
from app.rules import code_register
from app.rules.code_lists import CodeList
from app.rules.refusals import ChangesThePast

REASONS: dict[Subject, tuple[str, ...]] = {
    Subject.TICKETS: (
        *("anonymous", "withdrawn", "void", "counted_only"),
        *("mediation", "enforcement", "statutory"),
    ),
    Subject.CALLS: ("short", "turned_away"),
}
"""Why something may be left out (domain rules 1.10): what pictures can say of themselves."""


def reasons_of(subject: Subject) -> tuple[str, ...]:
    """Return why something may be left out: a procedure that the city lists is a reason too."""
    if subject is not Subject.TICKETS:
        return REASONS[subject]
    listed = (each.code for each in code_register.all_codes(CodeList.PROCEDURE))
    return tuple(dict.fromkeys((*REASONS[subject], *listed)))


class NoSuchFormula(NotFound):
    """No formula has this code."""

    code = "formula-not-found"


class UnfitFormula(Invalid):
    """A formula divides by something, counts something of it, and knows its reasons."""

    code = "formula-unfit"


@dataclass(frozen=True, kw_only=True)
class FormulaWords:
    """What can be set of a formula."""

    denominator: str
    numerator: str
    exclusions: frozenset[str]
    is_tiered: bool
    satisfied_from: int


def all_formulas() -> tuple[Formula, ...]:
    """Return every formula of every time; what the city set for a day goes before what came."""
    shipped = shipped_formulas()
    named = {each.code: each for each in shipped}
    rows = db.session.scalars(select(FigureFormula).order_by(FigureFormula.id))
    ours = [_formula(row, named[row.code]) for row in rows if row.code in named]
    days = {(each.code, each.valid_from) for each in ours}
    return (*(each for each in shipped if (each.code, each.valid_from) not in days), *ours)


def holding(day: date) -> list[Formula]:
    """Return the formulas that hold on a day, in the order of the file."""
    found = {each.code: each for each in holding_at(all_formulas(), day)}
    order = dict.fromkeys(each.code for each in shipped_formulas())
    return [found[code] for code in order if code in found]


def history(code: str) -> Sequence[Formula]:
    """Return what a formula said and will say, the newest first. Raises NoSuchFormula."""
    found = [each for each in all_formulas() if each.code == code]
    if not found:
        raise NoSuchFormula
    return sorted(found, key=lambda each: each.valid_from, reverse=True)


def would_be(code: str, words: FormulaWords, *, valid_from: date, basis: str) -> Formula:
    """Return the formula that these words make. Raises NoSuchFormula, UnfitFormula."""
    now = history(code)[0]
    for field in ("denominator", "numerator"):
        try:
            check_expression(getattr(words, field), now.subject)
        except UnknownCondition:
            raise UnfitFormula(field=field) from None
    if words.exclusions - set(reasons_of(now.subject)):
        raise UnfitFormula(field="exclusions")
    if words.satisfied_from not in MAY_SATISFY:
        raise UnfitFormula(field="satisfied_from")
    return replace(
        now,
        denominator=words.denominator,
        numerator=words.numerator,
        exclusions=words.exclusions,
        is_tiered=words.is_tiered,
        satisfied_from=words.satisfied_from,
        valid_from=valid_from,
        basis=basis,
    )


def set_formula(code: str, words: FormulaWords, *, valid_from: date, basis: str, by: int) -> None:
    """Let a formula say something else from a day on; what was planned for that day is replaced.

    Raises NoSuchFormula, UnfitFormula, and ChangesThePast for a day that is over: nobody's figure
    of last month is better because its formula changed afterwards.
    """
    formula = would_be(code, words, valid_from=valid_from, basis=basis)
    if valid_from < clock.now().astimezone(CITY_TIME).date():
        raise ChangesThePast(field="valid_from")
    here = (FigureFormula.code == code, FigureFormula.valid_from == valid_from)
    row = db.session.scalars(select(FigureFormula).where(*here).with_for_update()).one_or_none()
    if row is None:
        row = FigureFormula(code=code, valid_from=valid_from)
        db.session.add(row)
    row.denominator, row.numerator = words.denominator, words.numerator
    row.exclusions = " ".join(sorted(words.exclusions))
    row.is_tiered, row.satisfied_from = words.is_tiered, words.satisfied_from
    row.basis = basis
    row.set_at, row.set_by = clock.now(), by
    publish(
        FormulaSet(
            formula=code, version=formula.version, valid_from=valid_from.isoformat(), set_by=by
        )
    )


def _formula(row: FigureFormula, shipped: Formula) -> Formula:
    return replace(
        shipped,
        denominator=row.denominator,
        numerator=row.numerator,
        exclusions=frozenset(row.exclusions.split()),
        is_tiered=row.is_tiered,
        satisfied_from=row.satisfied_from,
        valid_from=row.valid_from,
        basis=row.basis,
    )
