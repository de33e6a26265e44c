"""The list of people: looked through, filtered, given skills together, taken out as a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import people_register
from app.accounts.people_register import PeopleWanted
from app.administration import people_import
from app.administration.forms import ActForm, BulkSkillsForm
from app.administration.skill_pages import known_words
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.forms import check_form, choice, filled
from app.core.permissions import Permission, Role, requires
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.rules import code_register
from app.rules.code_lists import CodeList

bp = Blueprint("people", __name__, url_prefix="/people")

LONGEST_TEXT = 64
STATES = {"active": True, "left": False, "all": None}


@bp.get("")
@requires(Permission.PEOPLE_MANAGE)
def list_people() -> ResponseReturnValue:
    """Show the people wanted, by work number."""
    wanted, asked = _wanted(request.args)
    page = people_register.list_people(wanted, page=request.args.get("page", 1, type=int))
    bulk = BulkSkillsForm(formdata=None)
    bulk.skill.choices = _skills()
    return render_template(
        "administration/people.html",
        page=page,
        asked=asked,
        is_filtered=any(asked[name] for name in ("text", "role", "unit", "knows")),
        roles=[str(role) for role in Role],
        units={unit.id: unit.name for unit in organisation.list_units()},
        words=known_words(),
        now=clock.now(),
        bulk=bulk,
    )


@bp.post("/skills")
@requires(Permission.PEOPLE_MANAGE)
def give_skills() -> ResponseReturnValue:
    """Give a skill to the people who are ticked, or take it from them."""
    form = BulkSkillsForm()
    form.skill.choices = _skills()
    check_form(form)
    skill, ids = filled(form.skill.data), form.ids.data or []
    give, take = ([skill], []) if form.act.data == "give" else ([], [skill])
    with unit_of_work():
        changed = people_register.give_skills(ids, give=give, take=take, by=the_person().id)
    flash(gettext("skills.changed", count=changed), "success" if ids else "warning")
    asked: dict[str, Any] = {**_wanted(request.args)[1]}
    return redirect(url_for("administration.people.list_people", **asked))


@bp.post("/export")
@requires(Permission.PEOPLE_MANAGE)
def export_masked() -> ResponseReturnValue:
    """Give the list as a file, telephones masked."""
    return _export(is_masked=True)


@bp.post("/export-whole")
@requires(Permission.PEOPLE_EXPORT_WHOLE)
def export_whole() -> ResponseReturnValue:
    """Give the list as a file with whole telephones; the audit keeps who took it."""
    return _export(is_masked=False)


def _export(*, is_masked: bool) -> ResponseReturnValue:
    check_form(ActForm())
    people = people_register.all_people(_wanted(request.args)[0])
    content = people_import.write_people(people, is_masked=is_masked)
    with unit_of_work():
        people_register.note_export(count=len(people), is_masked=is_masked, by=the_person().id)
    day = clock.now().astimezone(CITY_TIME).strftime("%Y%m%d")
    return as_file(content, name=f"people-{day}.csv")


def as_file(content: bytes, *, name: str) -> Response:
    """Answer with a file to be kept, not shown; nobody's browser or proxy keeps another copy."""
    answer = Response(content, mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wanted(asked: Mapping[str, str]) -> tuple[PeopleWanted, dict[str, str]]:
    words = {
        name: asked.get(name, "")[:LONGEST_TEXT].strip()
        for name in ("text", "role", "unit", "knows", "state")
    }
    state = words["state"] if words["state"] in STATES else "active"
    unit = words["unit"] if words["unit"].isascii() and words["unit"].isdigit() else ""
    wanted = PeopleWanted(
        text=words["text"],
        role=words["role"],
        unit_id=min(int(unit), 2**31 - 1) if unit else None,
        knows=words["knows"],
        is_active=STATES[state],
    )
    return wanted, {**words, "state": state, "unit": unit}


def _skills() -> Sequence[Any]:
    words = known_words()
    return [choice(each.code, words[each.code]) for each in code_register.codes_now(CodeList.SKILL)]
