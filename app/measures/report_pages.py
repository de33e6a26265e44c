"""Reports of figures: made, opened, objected to, decided, published."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.forms import check_form, choice, filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.measures import reports
from app.measures.figure_names import cell_rows, formula_names, group_names
from app.measures.forms import ActForm, DecisionForm, ObjectionForm, OpenForm
from app.measures.grouping import Group
from app.measures.models import FigureReport
from app.measures.periods import PeriodKind, period_of

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
@requires(Permission.FIGURES_READ)
def list_reports() -> ResponseReturnValue:
    """Show all reports."""
    return render_template("figures/reports.html", reports=reports.list_reports(), is_unit=False)


@bp.get("/mine")
@requires(Permission.FIGURES_OBJECT)
def list_own_reports() -> ResponseReturnValue:
    """Show a unit the reports in which it has figures."""
    unit_id = _unit_id()
    found = reports.reports_for(unit_id) if unit_id is not None else []
    return render_template("figures/reports.html", reports=found, is_unit=True)


@bp.post("")
@requires(Permission.FIGURES_PUBLISH)
def make_report() -> ResponseReturnValue:
    """Reckon a report of a period that is over."""
    check_form(ActForm())
    asked = request.args
    try:
        period = period_of(date.fromisoformat(asked["day"]), PeriodKind(asked["kind"]))
        group = Group(asked.get("by", Group.UNIT))
    except (KeyError, ValueError):
        return redirect(url_for("measures.show_figures"))
    try:
        with unit_of_work():
            report = reports.draft(period, group, by=the_person().id)
            report_id = report.id
    except reports.NotYetOver:
        flash(gettext("refusal.figure-period-not-over"), "warning")
        return redirect(url_for("measures.show_figures", **_plain(asked)))
    return redirect(url_for("measures.reports.show_report", report_id=report_id))


@bp.get("/<int:report_id>")
@requires(Permission.FIGURES_READ)
def show_report(report_id: int) -> ResponseReturnValue:
    """Show a report with every number and every objection."""
    return _page(reports.get_report(report_id))


@bp.get("/<int:report_id>/mine")
@requires(Permission.FIGURES_OBJECT)
def show_own_report(report_id: int) -> ResponseReturnValue:
    """Show a unit its own numbers of a report, and take its objections."""
    report = reports.report_for(report_id, unit_id=_unit_id())
    return _own_page(report, _objection_form(ObjectionForm(formdata=None), report))


@bp.post("/<int:report_id>/open")
@requires(Permission.FIGURES_PUBLISH)
def open_report(report_id: int) -> ResponseReturnValue:
    """Show a draft to the units."""
    form = OpenForm()
    if not form.validate_on_submit():
        return _page(reports.get_report(report_id), open_form=form), 422
    try:
        with unit_of_work():
            until = filled(moment_of(form.until))
            reports.open_for_objections(report_id, until=until, by=the_person().id)
    except reports.UntilTooEarly as refusal:
        tell(form, refusal)
        return _page(reports.get_report(report_id), open_form=form), refusal.status
    return _back(report_id)


@bp.post("/<int:report_id>/take-back")
@requires(Permission.FIGURES_PUBLISH)
def take_report_back(report_id: int) -> ResponseReturnValue:
    """Make an open report a draft again."""
    check_form(ActForm())
    with unit_of_work():
        reports.take_back(report_id, by=the_person().id)
    return _back(report_id)


@bp.post("/<int:report_id>/reckon")
@requires(Permission.FIGURES_PUBLISH)
def reckon_report(report_id: int) -> ResponseReturnValue:
    """Reckon a draft anew."""
    check_form(ActForm())
    with unit_of_work():
        has_changed = reports.reckon_again(report_id)
    flash(gettext("figures.reckoned_others" if has_changed else "figures.reckoned_same"), "info")
    return _back(report_id)


@bp.post("/<int:report_id>/publish")
@requires(Permission.FIGURES_PUBLISH)
def publish_report(report_id: int) -> ResponseReturnValue:
    """Freeze a report."""
    check_form(ActForm())
    try:
        with unit_of_work():
            reports.publish_report(report_id, by=the_person().id)
    except Refusal as refusal:
        form = OpenForm(formdata=None)
        tell(form, refusal)
        return _page(reports.get_report(report_id), open_form=form), refusal.status
    return _back(report_id)


@bp.post("/<int:report_id>/objections")
@requires(Permission.FIGURES_OBJECT)
def object_to_figure(report_id: int) -> ResponseReturnValue:
    """Object to one of one's own figures."""
    unit_id = _unit_id()
    report = reports.report_for(report_id, unit_id=unit_id)
    form = _objection_form(ObjectionForm(), report)
    if not form.validate_on_submit():
        return _own_page(report, form), 422
    try:
        with unit_of_work():
            reports.make_objection(
                report_id,
                unit_id=filled(unit_id),
                formula_code=filled(form.formula.data),
                text=filled(form.text.data),
                by=the_person().id,
            )
    except Refusal as refusal:
        tell(form, refusal)
        return _own_page(report, form), refusal.status
    flash(gettext("figures.objection_made"), "success")
    return redirect(url_for("measures.reports.show_own_report", report_id=report_id))


@bp.post("/objections/<int:objection_id>/accept")
@requires(Permission.FIGURES_PUBLISH)
def accept_objection(objection_id: int) -> ResponseReturnValue:
    """Say that a unit is right."""
    return _decide(objection_id, is_accepted=True)


@bp.post("/objections/<int:objection_id>/refuse")
@requires(Permission.FIGURES_PUBLISH)
def refuse_objection(objection_id: int) -> ResponseReturnValue:
    """Say that a unit is not right, and why."""
    return _decide(objection_id, is_accepted=False)


def _decide(objection_id: int, *, is_accepted: bool) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        report = reports.report_of(objection_id)
        return _page(report, decision_form=form, answered=objection_id), 422
    with unit_of_work():
        report = reports.decide_objection(
            objection_id, is_accepted=is_accepted, text=filled(form.text.data), by=the_person().id
        )
        report_id = report.id
    return _back(report_id)


def _page(
    report: FigureReport,
    *,
    open_form: OpenForm | None = None,
    decision_form: DecisionForm | None = None,
    answered: int | None = None,
) -> str:
    return render_template(
        "figures/report.html",
        report=report,
        rows=cell_rows(report.cells, Group(report.grouped_by)),
        objections=reports.objections_to(report.id),
        open_form=open_form or OpenForm(formdata=None),
        decision_form=decision_form or DecisionForm(formdata=None),
        answered=answered,
        objection_form=None,
        **_shared(report),
    )


def _own_page(report: FigureReport, form: ObjectionForm) -> str:
    unit_id = _unit_id()
    return render_template(
        "figures/report.html",
        report=report,
        rows=cell_rows(reports.cells_for(report, filled(unit_id)), Group.UNIT),
        objections=reports.objections_to(report.id, unit_id=unit_id),
        open_form=None,
        decision_form=None,
        objection_form=form,
        **_shared(report),
    )


def _shared(report: FigureReport) -> dict[str, Any]:
    return {
        "period": reports.period_of_report(report),
        "formulas": formula_names(),
        "units": _unit_names(),
        "now": clock.now(),
    }


def _unit_names() -> dict[str, str]:
    return dict(group_names(Group.UNIT))


def _objection_form(form: ObjectionForm, report: FigureReport) -> ObjectionForm:
    """Offer the figures that the unit has in this report, and no other."""
    own = {cell["formula"] for cell in reports.cells_for(report, filled(_unit_id()))}
    form.formula.choices = [
        choice(code, name) for code, name in formula_names().items() if code in own
    ]
    return form


def _unit_id() -> int | None:
    """Return the unit for which this person speaks."""
    return accounts.get_person(the_person().id).unit_id


def _back(report_id: int) -> ResponseReturnValue:
    return redirect(url_for("measures.reports.show_report", report_id=report_id))


def _plain(asked: Any) -> dict[str, Any]:
    return dict(asked)
