"""Reports of figures: drafted, opened to the units, objected to, decided, published and frozen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.state_machine import check_move
from app.measures.events import (
    FiguresObjected,
    FiguresObjectionDecided,
    FiguresOpened,
    FiguresPublished,
    FiguresTakenBack,
)
from app.measures.grouping import Group
from app.measures.models import FigureObjection, FigureReport
from app.measures.periods import Period, period_of
from app.measures.publication_states import (
    MOVES,
    ReportState,
    check_may_object,
    check_publishable,
)
from app.measures.service import Reckoning, reckon_period


class NoSuchReport(NotFound):
    """There is no such report, or it is none of this unit's business."""

    code = "figure-report-not-found"


class NotYetOver(Invalid):
    """The period is not over yet: its figures would change under the reader."""

    code = "figure-period-not-over"


class UntilTooEarly(Invalid):
    """Units must have time to object."""

    code = "figure-until-too-early"


def draft(period: Period, group: Group, *, by: int) -> FigureReport:
    """Reckon a report of a period that is over; raises NotYetOver."""
    now = clock.now()
    if now < period.ends:
        raise NotYetOver(field="day")
    reckoning = reckon_period(period, group)
    report = FigureReport(
        period_kind=period.kind,
        first_day=period.first,
        grouped_by=group.value,
        state=ReportState.DRAFT,
        formulas_version=reckoning.version,
        cells=cells_of(reckoning),
        made_at=now,
        made_by=by,
    )
    db.session.add(report)
    db.session.flush()
    return report


def reckon_again(report_id: int) -> bool:
    """Reckon a draft anew; return whether a number changed. One that is open or published stays."""
    report = _locked(report_id)
    if report.state is not ReportState.DRAFT:
        return False
    reckoning = reckon_period(period_of_report(report), Group(report.grouped_by))
    cells = cells_of(reckoning)
    has_changed = cells != report.cells
    report.cells, report.formulas_version = cells, reckoning.version
    return has_changed


def differences_now(report: FigureReport) -> list[dict[str, Any]]:
    """Return the cells that would be others if they were reckoned today."""
    reckoning = reckon_period(period_of_report(report), Group(report.grouped_by))
    today = cells_of(reckoning)
    return [cell for cell in today if cell not in report.cells]


def open_for_objections(report_id: int, *, until: datetime, by: int) -> FigureReport:
    """Show a draft to the units until a moment; raises UntilTooEarly."""
    report = _locked(report_id)
    check_move(MOVES, report.state, ReportState.OPEN)
    if until <= clock.now():
        raise UntilTooEarly(field="until")
    report.state, report.objections_until = ReportState.OPEN, until
    publish(FiguresOpened(report_id=report.id, opened_by=by))
    return report


def take_back(report_id: int, *, by: int) -> FigureReport:
    """Make an open report a draft again, to be reckoned anew."""
    report = _locked(report_id)
    _make_draft(report, by=by)
    return report


def publish_report(report_id: int, *, by: int) -> FigureReport:
    """Freeze a report. Raises StillOpen, ObjectionsUndecided and IllegalMove."""
    report = _locked(report_id)
    check_move(MOVES, report.state, ReportState.PUBLISHED)
    decided = [each.is_accepted is not None for each in objections_to(report_id)]
    check_publishable(report.objections_until, decided, now=clock.now())
    report.state, report.published_at = ReportState.PUBLISHED, clock.now()
    report.published_by = by
    publish(
        FiguresPublished(
            report_id=report.id, formulas_version=report.formulas_version, published_by=by
        )
    )
    return report


def make_objection(
    report_id: int, *, unit_id: int, formula_code: str, text: str, by: int
) -> FigureObjection:
    """Object to a figure of one's own unit. Raises NotOpen; NoSuchReport where it has none."""
    report = _locked(report_id)
    check_may_object(report.state, report.objections_until, now=clock.now())
    if not any(cell["formula"] == formula_code for cell in cells_for(report, unit_id)):
        raise NoSuchReport
    made = FigureObjection(
        report_id=report_id,
        unit_id=unit_id,
        formula_code=formula_code,
        text=text,
        made_at=clock.now(),
        made_by=by,
    )
    db.session.add(made)
    db.session.flush()
    publish(FiguresObjected(report_id=report_id, formula=formula_code, objected_by=by))
    return made


def decide_objection(objection_id: int, *, is_accepted: bool, text: str, by: int) -> FigureReport:
    """Answer an objection. One that is accepted makes the report a draft, to be reckoned anew.

    Raises NoSuchReport for an objection that is none, or is decided already.
    """
    objection = db.session.get(FigureObjection, objection_id)
    if objection is None:
        raise NoSuchReport
    report = _locked(objection.report_id)
    db.session.refresh(objection)  # as it is now that nobody else decides it
    if objection.is_accepted is not None:
        raise NoSuchReport
    objection.is_accepted, objection.decision = is_accepted, text
    objection.decided_at, objection.decided_by = clock.now(), by
    publish(
        FiguresObjectionDecided(
            report_id=report.id,
            formula=objection.formula_code,
            is_accepted=is_accepted,
            decided_by=by,
        )
    )
    if is_accepted and report.state is ReportState.OPEN:
        _make_draft(report, by=by)
    return report


def list_reports() -> list[FigureReport]:
    """Return all reports, the newest period first."""
    wanted = select(FigureReport).order_by(FigureReport.first_day.desc(), FigureReport.id.desc())
    return list(db.session.scalars(wanted))


def reports_for(unit_id: int) -> list[FigureReport]:
    """Return the reports in which a unit has figures and which it may see: open or published."""
    return [
        each
        for each in list_reports()
        if each.state is not ReportState.DRAFT and cells_for(each, unit_id)
    ]


def get_report(report_id: int) -> FigureReport:
    """Return a report; raises NoSuchReport."""
    report = db.session.get(FigureReport, report_id)
    if report is None:
        raise NoSuchReport
    return report


def report_for(report_id: int, *, unit_id: int | None) -> FigureReport:
    """Return a report to somebody of a unit that has figures in it; raises NoSuchReport."""
    report = get_report(report_id)
    if unit_id is None or report.state is ReportState.DRAFT or not cells_for(report, unit_id):
        raise NoSuchReport
    return report


def objections_to(report_id: int, *, unit_id: int | None = None) -> list[FigureObjection]:
    """Return the objections to a report, oldest first; of one unit where it is named."""
    wanted = select(FigureObjection).where(FigureObjection.report_id == report_id)
    if unit_id is not None:
        wanted = wanted.where(FigureObjection.unit_id == unit_id)
    return list(db.session.scalars(wanted.order_by(FigureObjection.id)))


def report_of(objection_id: int) -> FigureReport:
    """Return the report to which somebody objected. Raises NoSuchReport."""
    made = db.session.get(FigureObjection, objection_id)
    if made is None:
        raise NoSuchReport
    return get_report(made.report_id)


def cells_for(report: FigureReport, unit_id: int) -> list[dict[str, Any]]:
    """Return a unit's own cells of a report by units; of another report it has none."""
    if report.grouped_by != Group.UNIT:
        return []
    return [cell for cell in report.cells if cell["key"] == str(unit_id)]


def period_of_report(report: FigureReport) -> Period:
    """Return the period of a report."""
    return period_of(report.first_day, report.period_kind)


def cells_of(reckoning: Reckoning) -> list[dict[str, Any]]:
    """Return the numbers of a reckoning as they are kept."""
    return [
        {
            "formula": formula.code,
            "version": formula.version,
            "key": row.key,
            "tier": row.tier,
            "numerator": len(row.figure.numerator),
            "denominator": len(row.figure.denominator),
            "excluded": {reason: len(ids) for reason, ids in row.figure.excluded.items()},
        }
        for formula in reckoning.formulas
        for row in _rows(reckoning, formula.code)
    ]


def _make_draft(report: FigureReport, *, by: int) -> None:
    check_move(MOVES, report.state, ReportState.DRAFT)
    report.state, report.objections_until = ReportState.DRAFT, None
    publish(FiguresTakenBack(report_id=report.id, taken_back_by=by))


def _rows(reckoning: Reckoning, code: str) -> Sequence[Any]:
    return reckoning.rows[code]


def _locked(report_id: int) -> FigureReport:
    report = db.session.get(FigureReport, report_id, with_for_update=True, populate_existing=True)
    if report is None:
        raise NoSuchReport
    return report
