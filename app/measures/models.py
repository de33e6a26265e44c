"""Tables of published figures and their formulas, and of what units say of them before."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.measures.periods import PeriodKind
from app.measures.publication_states import ReportState


class FigureReport(Model):
    """The figures of one period, by one sort of groups; `cells` are frozen when it is published."""

    __tablename__ = "figure_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    period_kind: Mapped[PeriodKind] = mapped_column(word(PeriodKind))
    first_day: Mapped[date]
    grouped_by: Mapped[str] = mapped_column(String(16))
    state: Mapped[ReportState] = mapped_column(word(ReportState))
    formulas_version: Mapped[str] = mapped_column(String(16))
    cells: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    objections_until: Mapped[datetime | None] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class FigureFormula(Model):
    """A formula as the city set it, from a day on; the shipped ones stand in a file."""

    __tablename__ = "figure_formulas"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32))
    denominator: Mapped[str] = mapped_column(String(500))
    numerator: Mapped[str] = mapped_column(String(500))
    exclusions: Mapped[str] = mapped_column(String(200))
    is_tiered: Mapped[bool]
    satisfied_from: Mapped[int]  # the lowest mark of five by which somebody is satisfied
    valid_from: Mapped[date]
    basis: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int] = mapped_column(ForeignKey("users.id"))


class FigureObjection(Model):
    """What a unit says against a figure of its own, and what was decided."""

    __tablename__ = "figure_objections"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("figure_reports.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    formula_code: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    is_accepted: Mapped[bool | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
