"""Facts about figures."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class FormulaSet(Event):
    """A formula says something else from a day on."""

    name: ClassVar[str] = "figures.formula_set"
    formula: str
    version: str
    valid_from: str
    set_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresOpened(Event):
    """A report was shown to the units, who may object."""

    name: ClassVar[str] = "figures.opened"
    report_id: int
    opened_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresTakenBack(Event):
    """A report that was open is a draft again."""

    name: ClassVar[str] = "figures.taken_back"
    report_id: int
    taken_back_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresPublished(Event):
    """A report was published; its numbers are frozen."""

    name: ClassVar[str] = "figures.published"
    report_id: int
    formulas_version: str
    published_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresObjected(Event):
    """A unit objected to a figure."""

    name: ClassVar[str] = "figures.objected"
    report_id: int
    formula: str
    objected_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresObjectionDecided(Event):
    """An objection was decided."""

    name: ClassVar[str] = "figures.objection_decided"
    report_id: int
    formula: str
    is_accepted: bool
    decided_by: int


@dataclass(frozen=True, kw_only=True)
class FiguresExported(Event):
    """Figures left the house as a file."""

    name: ClassVar[str] = "figures.exported"
    first_day: str
    exported_by: int
