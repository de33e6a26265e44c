"""Pages of figures: reckoned live, with what is behind each number."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sheets import sheet_parts
from app.core.sign_in import the_person
from app.measures import formula_pages, report_pages, service, telling_pages
from app.measures.figure_files import answer_file, asked_period
from app.measures.figure_names import (
    cell_rows,
    formula_name,
    group_names,
    reason_name,
    reasons_told,
    share,
    took,
)
from app.measures.forms import ActForm
from app.measures.formulas import Subject
from app.measures.grouping import Group, opens_with, ranked
from app.measures.periods import PeriodKind, after, before
from app.measures.reports import cells_of
from app.tickets import reading
from app.tickets.ticket_list import chosen_tickets

bp = Blueprint("measures", __name__, url_prefix="/figures")
bp.register_blueprint(report_pages.bp)
bp.register_blueprint(formula_pages.bp)
bp.register_blueprint(telling_pages.bp)

MOST_SHOWN = 500
COLUMNS = ("formula", "group", "tier", "numerator", "denominator", "excluded", "why", "share",
           "version")  # fmt: skip


@bp.get("")
@requires(Permission.FIGURES_READ)
def show_figures() -> ResponseReturnValue:
    """Show the figures of a period, all of them or one of them by groups."""
    period, group = asked_period(), asked_group()
    reckoning = service.reckon_period(period, group)
    code = request.args.get("formula", "")
    is_league = request.args.get("league") == "yes"
    formulas = {each.code: each for each in reckoning.formulas}
    chosen = code if code in formulas else opens_with(formulas.values(), group)
    shown = [chosen] if group is not Group.NONE and chosen else list(formulas)
    rows = {each: reckoning.rows[each] for each in shown}
    if is_league and group is Group.UNIT and formulas[chosen].is_tiered:
        rows = {each: ranked(those) for each, those in rows.items()}
    return render_template(
        "figures/figures.html",
        reckoning=reckoning,
        rows=rows,
        formulas=formulas,
        chosen=chosen,
        is_league=is_league,
        types=service.types_beside_the_period_before(period) if group is Group.TYPE else [],
        groups=group_names(group),
        kinds=list(PeriodKind),
        all_groups=list(Group),
        previous=before(period),
        following=after(period),
        asked={"kind": period.kind, "day": period.first.isoformat(), "by": group},
        formula_name=formula_name,
        reasons_told=reasons_told,
        share=share,
        took=took,
    )


@bp.get("/behind")
@requires(Permission.FIGURES_READ)
def show_behind() -> ResponseReturnValue:
    """Show which tickets or calls are behind one number."""
    period, group = asked_period(), asked_group()
    part = request.args.get("part", "")
    formula, ids = service.behind(
        period,
        formula_code=request.args.get("formula", ""),
        part=part,
        group=group,
        key=request.args.get("key", ""),
    )
    is_of_tickets, reader = formula.subject is Subject.TICKETS, _reader()
    tickets = chosen_tickets(ids[:MOST_SHOWN], reader) if is_of_tickets else []
    return render_template(
        "figures/behind.html",
        period=period,
        formula=formula,
        part=part,
        count=len(ids),
        most=MOST_SHOWN,
        tickets=tickets,
        titles={each.id: reading.title_in_list(each, reader) for each in tickets},
        hidden=min(len(ids), MOST_SHOWN) - len(tickets) if is_of_tickets else 0,
        call_ids=[] if is_of_tickets else ids[:MOST_SHOWN],
        formula_name=formula_name,
        reason_name=reason_name,
        asked={"kind": period.kind, "day": period.first.isoformat(), "by": group},
    )


@bp.post("/export")
@requires(Permission.FIGURES_READ)
def export_figures() -> ResponseReturnValue:
    """Give the figures of a period as a file."""
    check_form(ActForm())
    period, group = asked_period(), asked_group()
    cells = cells_of(service.reckon_period(period, group))
    with unit_of_work():
        service.note_export(period, by=the_person().id)
    return as_file(cells, group, f"figures-{period.kind}-{period.first:%Y%m%d}")


@bp.post("/tickets")
@requires(Permission.TICKETS_EXPORT)
def export_counted_tickets() -> ResponseReturnValue:
    """Give every ticket of a period as it is counted, so that anybody can reckon every rate."""
    check_form(ActForm())
    period = asked_period()
    rows = service.counted_tickets(period)
    with unit_of_work():
        service.note_export(period, by=the_person().id)
    answer = Response(sheet_parts(service.COUNTED_COLUMNS, rows), mimetype="text/csv")
    name = f"counted-{period.kind}-{period.first:%Y%m%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def as_file(cells: Any, group: Group, name: str) -> Response:
    """Answer with numbers as a file, in the form that is asked for."""
    heading = [gettext(f"figures.column_{each}") for each in COLUMNS]
    return answer_file(gettext("figures.title"), heading, cell_rows(cells, group), name)


def asked_group() -> Group:
    """Return by what figures are told apart."""
    by = request.args.get("by", "")
    return Group(by) if by in set(Group) else Group.NONE


def _reader() -> reading.Reader:
    return reading.reader_of(the_person().id)
