"""Pages of telling figures: who plays for better figures shows here, with the tickets behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.calls import transfers
from app.calls.transfer_states import HandedOn
from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.phone_numbers import mask_in_text
from app.core.sign_in import the_person
from app.handling.telling_figures import SUSPENDED, TRANSFERS
from app.measures import service, telling
from app.measures.figure_files import answer_file, asked_period
from app.measures.figure_names import group_names, share, took
from app.measures.forms import ActForm
from app.measures.grouping import Group
from app.measures.periods import Period, PeriodKind, after, before
from app.measures.telling_groups import ALL, By, TellingRow
from app.tickets import reading
from app.tickets.service import enquiries_transferred
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
    found = telling.behind(period, code=code, part=part, by=by, key=key)
    ids = found.tickets
    reader = reading.reader_of(the_person().id)
    tickets = chosen_tickets(ids[:MOST_SHOWN], reader)
    return render_template(
        "figures/telling_behind.html",
        period=period,
        code=code,
        part=part,
        group=names_of(by, {code: [TellingRow(key=key, times=0, of=0)]}).get(key, ""),
        count=len(ids) + len(found.calls),
        calls=handed_calls(period, found.calls[:MOST_SHOWN]) if code == TRANSFERS else None,
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


@dataclass(frozen=True, kw_only=True)
class HandedCall:
    """A call noted as transferred: by whom, to whom, and what the ledger of calls knows of it."""

    call_id: int
    noted_at: datetime
    noted_by: str
    transfer_to: str
    became: HandedOn


def handed_calls(period: Period, call_ids: Sequence[int]) -> list[HandedCall]:
    """Return the records of these calls that say they were handed on, as a page shows them."""
    became = transfers.what_became_of(call_ids)
    of_period = enquiries_transferred(period.begins, period.ends)
    noted = [each for each in of_period if each.call_id in became]
    people = accounts.people({each.agent_id for each in noted})
    return [
        HandedCall(
            call_id=each.call_id,
            noted_at=each.saved_at,
            noted_by=people[each.agent_id].name if each.agent_id in people else "",
            transfer_to=mask_in_text(each.transfer_to),
            became=became[each.call_id],
        )
        for each in noted
    ]


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
