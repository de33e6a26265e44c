"""The audit, read by auditors."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.accounts import people_register
from app.accounts.people_register import PeopleWanted
from app.audit import sentences, service
from app.audit.forms import ExportForm, SearchForm
from app.audit.listeners import AUDITED
from app.audit.service import LinesWanted
from app.channels import service as channels
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.formatting import moment
from app.core.forms import check_form, choice
from app.core.permissions import Permission, requires
from app.core.sheets import write_sheet
from app.core.sign_in import the_person

bp = Blueprint("audit", __name__)

ONE_DAY = timedelta(days=1)


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def list_lines() -> ResponseReturnValue:
    """Show who did what to what, newest first."""
    form = _search_form()
    is_right = form.validate()
    wanted = _wanted(form) if is_right else LinesWanted()
    page = service.list_lines(wanted, page=request.args.get("page", 1, type=int))
    page_shown = render_template(
        "audit/list.html",
        page=page,
        told=sentences.tell(page.items) if is_right else [],
        form=form,
        asked=_asked(form),
        is_right=is_right,
        most=service.MOST_EXPORTED,
    )
    return page_shown, 200 if is_right else 422


@bp.post("/audit/export")
@requires(Permission.AUDIT_READ)
def export_lines() -> ResponseReturnValue:
    """Give the lines looked for as a file; that it was taken is a line of its own."""
    check_form(ExportForm())
    form = _search_form()
    wanted = _wanted(form) if form.validate() else LinesWanted()
    told = sentences.tell(service.lines_to_export(wanted))
    content = write_sheet(
        [gettext(f"audit.{name}") for name in ("at", "actor", "deed", "said")],
        [[moment(each.line.at), each.actor, gettext(each.line.summary), each.sentence]
         for each in told],
    )  # fmt: skip
    with unit_of_work():
        service.note_export(lines=len(told), by=the_person().id)
    answer = Response(content, mimetype="text/csv")
    day = clock.now().astimezone(CITY_TIME).strftime("%Y%m%d")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-{day}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _search_form() -> SearchForm:
    form = SearchForm(formdata=MultiDict(request.args))
    kinds = sorted((kind.name, rule.realm) for kind, rule in AUDITED.items())
    form.kind.choices = [
        choice("", gettext("administration.all")),
        *(choice(name, gettext(f"audit.{name}")) for name, _ in sorted(kinds, key=lambda k: k[1])),
    ]
    return form


def _asked(form: SearchForm) -> Mapping[str, Any]:
    """Return what was asked, for the addresses of other pages of the same list."""
    return {name: request.args[name] for name in form.data if request.args.get(name)}


def _wanted(form: SearchForm) -> LinesWanted:
    thing, person = form.thing.data or "", form.person.data or ""
    return LinesWanted(
        people=_people(person) if person else None,
        kind=form.kind.data or "",
        thing=thing,
        things=_things(thing) if thing else (),
        since=_midnight(form.since.data),
        until=_midnight(form.until.data, after=ONE_DAY),
    )


def _people(text: str) -> list[int]:
    found = people_register.all_people(PeopleWanted(text=text, is_active=None))
    return [user.id for user in found]


def _things(text: str) -> list[tuple[str, str]]:
    """Say what somebody may mean who looks for a number of the register or a person."""
    numbers = [("number", str(line.id)) for line in channels.list_numbers() if text in line.number]
    return [*numbers, *(("user", str(user_id)) for user_id in _people(text))]


def _midnight(day: date | None, *, after: timedelta = timedelta()) -> datetime | None:
    if day is None or not 2000 <= day.year <= 9000:  # beyond these no clock of ours has been
        return None
    return datetime.combine(day, time(), tzinfo=CITY_TIME) + after
