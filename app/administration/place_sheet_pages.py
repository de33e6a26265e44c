"""The gazetteer as a file: given away, looked at first, then taken over whole."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration import place_import
from app.administration.forms import ActForm
from app.administration.people_pages import as_file
from app.administration.place_forms import PlacesFileForm, PlacesTextForm
from app.administration.place_import import PlacesNoLongerFit
from app.administration.place_pages import file_name, keeper, wanted_places
from app.administration.place_sheet import MOST_ROWS, Column, Sheet
from app.core.database import unit_of_work
from app.core.errors import Conflict
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sheets import as_text
from app.core.sign_in import the_person
from app.organisation import gazetteer

bp = Blueprint("place_sheet", __name__, url_prefix="/places-file")


@bp.post("/export")
@requires(Permission.GAZETTEER_KEEP)
def export_places() -> ResponseReturnValue:
    """Give the places of a list as a file."""
    check_form(ActForm())
    wanted, _ = wanted_places(request.args)
    content = place_import.write_places(gazetteer.all_places(wanted, keeper=keeper()))
    return as_file(content, name=file_name("places"))


@bp.get("/example.csv")
@requires(Permission.GAZETTEER_KEEP)
def give_example() -> ResponseReturnValue:
    """Give a file to begin with."""
    return as_file(place_import.example_sheet(keeper()), name="places-example.csv")


@bp.get("")
@requires(Permission.GAZETTEER_KEEP)
def ask_for_file() -> ResponseReturnValue:
    """Ask for a file of places."""
    return _page(PlacesFileForm(formdata=None))


@bp.post("")
@requires(Permission.GAZETTEER_KEEP)
def look_at_file() -> ResponseReturnValue:
    """Say row by row what a file would do, and what is wrong with it; save nothing."""
    form = PlacesFileForm()
    if not form.validate_on_submit():
        return _page(form), 422
    content = form.sheet.data.read(place_import.LARGEST + 1)
    if len(content) > place_import.LARGEST:
        form.sheet.errors = [gettext("people.fault_too_large")]
        return _page(form), 422
    sheet = place_import.look_at(content, keeper=keeper())
    if sheet.fault:
        form.sheet.errors = [gettext(f"places.fault_{sheet.fault}", most=MOST_ROWS)]
        return _page(form), 422
    return _preview(sheet, content)


@bp.post("/save")
@requires(Permission.GAZETTEER_KEEP)
def take_file_over() -> ResponseReturnValue:
    """Take over what was looked at: every place in it, or none."""
    form = PlacesTextForm()
    if not form.validate_on_submit():
        return redirect(url_for("administration.place_sheet.ask_for_file"))
    content = (form.text.data or "").encode("utf-8")
    try:
        with unit_of_work():
            added, changed = place_import.take_over(content, keeper=keeper(), by=the_person().id)
    except PlacesNoLongerFit as refusal:
        return _preview(place_import.look_at(content, keeper=keeper()), content, refusal)
    flash(gettext("places.imported", added=added, changed=changed), "success")
    return redirect(url_for("administration.places.list_places"))


def _page(form: PlacesFileForm) -> str:
    return render_template(
        "administration/places_import.html", form=form, most=MOST_ROWS, columns=list(Column)
    )


def _preview(sheet: Sheet, content: bytes, refusal: Conflict | None = None) -> ResponseReturnValue:
    if sheet.fault:  # only a script can send what was never looked at
        return redirect(url_for("administration.place_sheet.ask_for_file"))
    page = render_template(
        "administration/places_preview.html",
        sheet=sheet,
        counts={str(outcome): count for outcome, count in sheet.counts().items()},
        form=PlacesTextForm(formdata=None, text=as_text(content)),
        refusal=refusal,
    )
    if refusal:
        return page, refusal.status
    return page, 200 if sheet.is_right else 422
