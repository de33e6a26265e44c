"""Reckons the figures of a period, and says which tickets are behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

from app.core import clock
from app.core.errors import NotFound
from app.core.events import publish
from app.measures import formula_register, reading
from app.measures.events import FiguresExported
from app.measures.formulas import Figure, Formula, Subject, reckon, version_of
from app.measures.grouping import Group, Row, grouped, told_apart
from app.measures.mean_times import OF, MeanTime, as_formula, mean_times
from app.measures.periods import Period, before
from app.measures.pictures import Picture, TicketPicture
from app.measures.type_schemes import TypeChange, compare_types, count_by_dictionary
from app.organisation import service as organisation
from app.rules import type_register


class NoSuchFigure(NotFound):
    """There is no such formula, or no such part of it."""

    code = "figure-not-found"


PARTS = ("numerator", "denominator", "excluded")


@dataclass(frozen=True, kw_only=True)
class Reckoning:
    """The figures of a period. `version` names the formulas by which they were reckoned."""

    period: Period
    group: Group
    version: str
    formulas: Sequence[Formula]
    rows: Mapping[str, Sequence[Row]]
    times: Mapping[str, Sequence[MeanTime]]
    demands: int
    merged: int

    @property
    def tickets(self) -> int:
        """How many tickets (单) the demands (件) are, those that were merged away left out."""
        return self.demands - self.merged


class Pictures:
    """The pictures of one period, read once and only where a formula asks for them."""

    def __init__(self, begins: datetime, ends: datetime) -> None:
        self._between = (begins, ends)
        self._read: dict[Subject, Sequence[Picture]] = {}

    def of(self, subject: Subject) -> Sequence[Picture]:
        """Return the pictures of what a formula counts."""
        if subject not in self._read:
            begins, ends = self._between
            self._read[subject] = (
                reading.ticket_pictures(begins, ends, now=clock.now())
                if subject is Subject.TICKETS
                else reading.call_pictures(begins, ends, now=clock.now())
            )
        return self._read[subject]

    def tickets(self) -> list[TicketPicture]:
        """Return the tickets."""
        return [each for each in self.of(Subject.TICKETS) if isinstance(each, TicketPicture)]


def reckon_period(period: Period, group: Group = Group.NONE) -> Reckoning:
    """Reckon every formula that holds at the end of a period."""
    pictures = Pictures(period.begins, period.ends)
    formulas = formula_register.holding(period.last)
    tickets = pictures.tickets()
    return Reckoning(
        period=period,
        group=group,
        version=version_of(formulas),
        formulas=formulas,
        rows={
            each.code: grouped(each, pictures.of(each.subject), group, tiers=tiers(group))
            for each in formulas
        },
        times={
            span: mean_times(span, pictures.of(subject), group)
            for span, (subject, _seconds) in OF.items()
        },
        demands=len(tickets),
        merged=sum(each.is_merged for each in tickets),
    )


def behind(
    period: Period, *, formula_code: str, part: str, group: Group, key: str
) -> tuple[Formula, tuple[int, ...]]:
    """Return the formula and the ids behind one number; raises NoSuchFigure."""
    formulas = {each.code: each for each in formula_register.holding(period.last)}
    formulas.update({each.code: each for each in map(as_formula, OF)})
    if formula_code not in formulas or part not in PARTS:
        raise NoSuchFigure
    formula = formulas[formula_code]
    pictures = Pictures(period.begins, period.ends).of(formula.subject)
    if group is not Group.NONE and formula.subject is Subject.TICKETS:
        pictures = [
            each
            for picture in pictures
            if isinstance(picture, TicketPicture)
            for under, each in told_apart(formula, picture, group)
            if under == key
        ]
    figure = reckon(formula, pictures)
    ids = figure.excluded_ids if part == "excluded" else getattr(figure, part)
    return formula, tuple(ids)


def beside(formulas: Sequence[Formula], period: Period) -> list[Figure]:
    """Return what each of these formulas, all of one subject, says of a period."""
    pictures = Pictures(period.begins, period.ends)
    return [reckon(each, pictures.of(each.subject)) for each in formulas]


def types_beside_the_period_before(period: Period) -> list[TypeChange]:
    """Return how many demands of each type there are, and how many there were one period before.

    Both are told in the dictionary that held when the period ended, or holds now.
    """
    book = type_register.read_book()
    if not book.versions:
        return []
    counts = [
        count_by_dictionary(Pictures(each.begins, each.ends).tickets(), book)
        for each in (before(period), period)
    ]
    told_in = book.version_at(min(period.ends - timedelta(seconds=1), clock.now()))
    return compare_types(*counts, book=book, told_in=told_in.code)


def tiers(group: Group) -> Mapping[str, str]:
    """Return the tier of each group that has one: units are compared with units of their kind."""
    if group is not Group.UNIT:
        return {}
    return {str(unit.id): unit.kind.value for unit in organisation.list_units()}


def note_export(period: Period, *, by: int) -> None:
    """Leave a line that figures were taken out as a file."""
    publish(FiguresExported(first_day=period.first.isoformat(), exported_by=by))


COUNTED_COLUMNS = tuple(each.name for each in fields(TicketPicture) if each.name != "by_unit")
"""The names of the conditions' own words: a program reads this file, not a person."""


def counted_tickets(period: Period) -> list[list[str]]:
    """Return every ticket of a period as it is counted, a row each; nothing tells who asked."""
    pictures = reading.ticket_pictures(period.begins, period.ends, now=clock.now())
    return [[_cell(getattr(each, name)) for name in COUNTED_COLUMNS] for each in pictures]


def _cell(value: object) -> str:
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return "" if value is None else str(value)
