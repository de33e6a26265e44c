"""Pages of telling figures: who plays for better figures shows here, with the tickets behind."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.handling.telling_figures import SUSPENDED
from app.measures import service, telling
from app.measures.figure_files import answer_file, asked_period
from app.measures.figure_names import group_names, share, took
from app.measures.forms import ActForm
from app.measures.grouping import Group
from app.measures.periods import PeriodKind, after, before
from app.measures.telling_groups import ALL, By, TellingRow
from app.tickets import reading
from app.tickets.ticket_list import chosen_tickets

bp = Blueprint("telling", __name__, url_prefix="/telling")

MOST_SHOWN = 500
COLUMNS = ("figure", "group", "share", "times", "of", "longest", "says")


@bp.get("")
@requires(Permission.FIGURES_READ_TELLING)
def show_telling() -> ResponseReturnValue:
    """Show the telling figures of a period, all of them or one of them by unit or person."""
    period, by = asked_period(), asked_by()
    counted = telling.count_telling(period, by)
    code = request.args.get("figure", "")
    chosen = code if code in counted.rows else next(iter(counted.rows))
    shown = {chosen: counted.rows[chosen]} if by is not By.NONE else counted.rows
    return render_template(
        "figures/telling.html",
        counted=counted,
        rows=shown,
        codes=list(counted.rows),
        chosen=chosen,
        groups=names_of(by, shown),
        kinds=list(PeriodKind),
        all_by=list(By),
        previous=before(period),
        following=after(period),
        asked={"kind": period.kind, "day": period.first.isoformat(), "by": by},
        number_told=number_told,
        share=share,
        took=took,
    )


@bp.get("/behind")
@requires(Permission.FIGURES_READ_TELLING)
def show_behind() -> ResponseReturnValue:
    """Show which tickets are behind one number."""
    period, by = asked_period(), asked_by()
    asked = request.args
    code, part, key = (asked.get(name, "") for name in ("figure", "part", "key"))
    ids = telling.behind(period, code=code, part=part, by=by, key=key)
    reader = reading.reader_of(the_person().id)
    tickets = chosen_tickets(ids[:MOST_SHOWN], reader)
    return render_template(
        "figures/telling_behind.html",
        period=period,
        code=code,
        part=part,
        group=names_of(by, {code: [TellingRow(key=key, times=0, of=0)]}).get(key, ""),
        count=len(ids),
        most=MOST_SHOWN,
        tickets=tickets,
        titles={each.id: reading.title_in_list(each, reader) for each in tickets},
        hidden=min(len(ids), MOST_SHOWN) - len(tickets),
        asked={"kind": period.kind, "day": period.first.isoformat(), "by": by},
    )


@bp.post("/export")
@requires(Permission.FIGURES_READ_TELLING)
def export_telling() -> ResponseReturnValue:
    """Give the telling figures of a period as a file."""
    check_form(ActForm())
    period, by = asked_period(), asked_by()
    counted = telling.count_telling(period, by)
    groups = names_of(by, counted.rows)
    rows = [
        [
            gettext(f"telling.name_{code}"),
            groups.get(row.key, row.key),
            share(row.times, row.of),
            number_told(code, row.times),
            number_told(code, row.of),
            took(row.longest.total_seconds()) if row.longest is not None else "",
            gettext(f"telling.says_{code}"),
        ]
        for code, those in counted.rows.items()
        for row in those
    ]
    with unit_of_work():
        service.note_export(period, by=the_person().id)
    heading = [gettext(f"telling.column_{each}") for each in COLUMNS]
    name = f"telling-{period.kind}-{period.first:%Y%m%d}"
    return answer_file(gettext("telling.title"), heading, rows, name)


def asked_by() -> By:
    """Return by whom figures are told apart."""
    by = request.args.get("by", "")
    return By(by) if by in set(By) else By.NONE


def number_told(code: str, number: int) -> str:
    """Return a number of a figure as it is read: a count, or a length of time."""
    return took(number) if code == SUSPENDED else str(number)


def names_of(by: By, rows: Mapping[str, Sequence[TellingRow]]) -> Mapping[str, str]:
    """Return the names of the groups that are shown."""
    match by:
        case By.NONE:
            return {ALL: gettext("figures.of_all")}
        case By.UNIT:
            return group_names(Group.UNIT)
        case By.PERSON:
            keys = {row.key for those in rows.values() for row in those}
            people = accounts.people({int(key) for key in keys if key.isdecimal()})
            return {str(id_): f"{one.name} {one.work_number}" for id_, one in people.items()}
