"""A file of people: looked at first, then taken over whole."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration import people_import
from app.administration.forms import PeopleFileForm, PeopleTextForm
from app.administration.people_import import FileNoLongerFits
from app.administration.people_pages import as_file
from app.administration.people_sheet import MOST_ROWS, Sheet
from app.core.database import unit_of_work
from app.core.errors import Conflict
from app.core.permissions import Permission, requires
from app.core.sheets import as_text
from app.core.sign_in import the_person

bp = Blueprint("sheet", __name__, url_prefix="/people/import")


@bp.get("")
@requires(Permission.PEOPLE_MANAGE)
def ask_for_file() -> ResponseReturnValue:
    """Ask for a file of people."""
    return _page(PeopleFileForm(formdata=None))


@bp.get("/example.csv")
@requires(Permission.PEOPLE_MANAGE)
def give_example() -> ResponseReturnValue:
    """Give a file to begin with."""
    return as_file(people_import.example_sheet(), name="people-example.csv")


@bp.post("")
@requires(Permission.PEOPLE_MANAGE)
def look_at_file() -> ResponseReturnValue:
    """Say row by row what a file would do, and what is wrong with it; save nothing."""
    form = PeopleFileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    content = form.sheet.data.read(people_import.LARGEST + 1)
    if len(content) > people_import.LARGEST:
        form.sheet.errors = [gettext("people.fault_too_large")]
        return _page(form), 422
    sheet = people_import.look_at(content, by=the_person().work_number)
    if sheet.fault:
        form.sheet.errors = [gettext(f"people.fault_{sheet.fault}", most=MOST_ROWS)]
        return _page(form), 422
    return _preview(sheet, content)


@bp.post("/save")
@requires(Permission.PEOPLE_MANAGE)
def take_file_over() -> ResponseReturnValue:
    """Take over what was looked at: everybody in it, or nobody."""
    form = PeopleTextForm()
    if not form.validate_on_submit():
        return redirect(url_for("administration.sheet.ask_for_file"))
    content = (form.text.data or "").encode("utf-8")
    person = the_person()
    passwords = people_import.make_passwords(people_import.look_at(content, by=person.work_number))
    try:
        with unit_of_work():
            taken = people_import.take_over(
                content, passwords, by=person.id, by_number=person.work_number
            )
    except FileNoLongerFits as refusal:
        return _preview(people_import.look_at(content, by=person.work_number), content, refusal)
    return render_template("administration/imported.html", taken=taken)


def _page(form: PeopleFileForm) -> str:
    return render_template("administration/import.html", form=form, most=MOST_ROWS)


def _preview(sheet: Sheet, content: bytes, refusal: Conflict | None = None) -> ResponseReturnValue:
    if sheet.fault:  # only a script can send what was never looked at
        return redirect(url_for("administration.sheet.ask_for_file"))
    form = PeopleTextForm(formdata=None, text=as_text(content))
    page = render_template(
        "administration/preview.html",
        sheet=sheet,
        counts={str(outcome): count for outcome, count in sheet.counts().items()},
        form=form,
        refusal=refusal,
    )
    if refusal:
        return page, refusal.status
    return page, 200 if sheet.is_right else 422
