"""Pages of the gazetteer: a county keeps the places that it runs, the hotline keeps all."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import ActForm
from app.administration.place_forms import PlaceForm
from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.forms import check_form, choice, filled, tell, tell_changed
from app.core.permissions import Permission, may, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.organisation import gazetteer, place_proposals, region_units
from app.organisation import service as organisation
from app.organisation.gazetteer import PlacesWanted
from app.organisation.place_words import PlaceKind, PlaceWords

bp = Blueprint("places", __name__)

LONGEST_TEXT = 64
BETWEEN_NAMES = re.compile(r"\s*[,;\u3001\uff0c\uff1b]\s*")
TOWN_DIGITS = 9


def keeper() -> str | None:
    """Return the county or functional area whose places this person keeps; None: all of them.

    "" keeps none: somebody whose unit belongs to no county.
    """
    if may(Permission.GAZETTEER_KEEP_ALL):
        return None
    return region_units.region_of_unit(the_person().unit_id)


@bp.get("/places")
@requires(Permission.GAZETTEER_KEEP)
def list_places() -> ResponseReturnValue:
    """Show the places that this person keeps."""
    wanted, asked = wanted_places(request.args)
    page = gazetteer.list_places(
        wanted, keeper=keeper(), page=request.args.get("page", 1, type=int)
    )
    return render_template(
        "administration/places.html",
        page=page,
        asked=asked,
        is_filtered=bool(wanted.text or wanted.kind or wanted.county_code or wanted.retired),
        kinds=list(PlaceKind),
        counties=organisation.list_counties(),
        path=lambda place: organisation.region_path(place.town_code or place.county_code),
        run_by=run_by,
        keeper=keeper(),
        keeper_name=_keeper_name(),
        waiting=place_proposals.count_open(keeper=keeper()),
    )


@bp.get("/new-place")
@requires(Permission.GAZETTEER_KEEP)
def new_place() -> ResponseReturnValue:
    """Ask for a place that is not there yet."""
    return place_page(place_form(formdata=None))


@bp.post("/places")
@requires(Permission.GAZETTEER_KEEP)
def add_place() -> ResponseReturnValue:
    """Add a place."""
    form = place_form()
    if not form.validate_on_submit():
        return place_page(form), 422
    try:
        with unit_of_work():
            gazetteer.add_place(typed_words(form), keeper=keeper(), by=the_person().id)
    except (Conflict, Invalid, NotAllowed) as refusal:
        tell_at_region(form, refusal)
        return place_page(form), refusal.status
    return _done("places.added")


@bp.get("/places/<int:place_id>")
@requires(Permission.GAZETTEER_KEEP)
def show_place(place_id: int) -> ResponseReturnValue:
    """Show one place, to be changed."""
    place = gazetteer.get_place(place_id, keeper=keeper())
    words = gazetteer.words_of(place)
    form = form_of(words)
    form.seen.data = seen_mark(asdict(words))
    return place_page(form, place=place)


@bp.post("/places/<int:place_id>")
@requires(Permission.GAZETTEER_KEEP)
def change_place(place_id: int) -> ResponseReturnValue:
    """Say something else of a place."""
    place = gazetteer.get_place(place_id, keeper=keeper())
    form = place_form()
    if not form.validate_on_submit():
        return place_page(form, place=place), 422
    try:
        with unit_of_work():
            gazetteer.change_place(
                place_id, typed_words(form), seen=form.seen.data or "", keeper=keeper(),
                by=the_person().id,
            )  # fmt: skip
    except ChangedMeanwhile as refusal:
        place = gazetteer.get_place(place_id, keeper=keeper())
        words = gazetteer.words_of(place)
        tell_changed(
            form, refusal, mark=seen_mark(asdict(words)), now=_differing(form, form_of(words))
        )
        return place_page(form, place=place), refusal.status
    except (Conflict, Invalid, NotAllowed) as refusal:
        tell_at_region(form, refusal)
        return place_page(form, place=place), refusal.status
    return _done("places.saved")


@bp.post("/places/<int:place_id>/retire")
@requires(Permission.GAZETTEER_KEEP)
def retire_place(place_id: int) -> ResponseReturnValue:
    """Offer a place no more."""
    check_form(ActForm())
    with unit_of_work():
        gazetteer.retire_place(place_id, keeper=keeper(), by=the_person().id)
    return _done("places.retired_now")


@bp.post("/places/<int:place_id>/restore")
@requires(Permission.GAZETTEER_KEEP)
def restore_place(place_id: int) -> ResponseReturnValue:
    """Offer a retired place again."""
    check_form(ActForm())
    with unit_of_work():
        gazetteer.restore_place(place_id, keeper=keeper(), by=the_person().id)
    return _done("places.restored_now")


def wanted_places(asked: Mapping[str, str]) -> tuple[PlacesWanted, dict[str, str]]:
    """Read what a list is narrowed to; also return it as words for addresses."""
    words = {
        name: asked.get(name, "")[:LONGEST_TEXT].strip()
        for name in ("text", "kind", "county", "state")
    }
    kind = words["kind"] if words["kind"] in set(PlaceKind) else ""
    state = "retired" if words["state"] == "retired" else "offered"
    wanted = PlacesWanted(
        text=words["text"], kind=kind, county_code=words["county"], retired=state == "retired"
    )
    return wanted, {**words, "kind": kind, "state": state}


def figures() -> dict[str, int]:
    """Return how many places this person keeps, and how many proposals wait."""
    if not may(Permission.GAZETTEER_KEEP):
        return {"places": 0, "waiting": 0}
    own = keeper()
    return {
        "places": gazetteer.list_places(PlacesWanted(), keeper=own).total,
        "waiting": place_proposals.count_open(keeper=own),
    }


def file_name(kind: str) -> str:
    """Name a file of the gazetteer by today's date."""
    day = clock.now().astimezone(CITY_TIME).strftime("%Y%m%d")
    return f"{kind}-{day}.csv"


def place_form(**given: Any) -> PlaceForm:
    """Make the form with the regions that this person keeps."""
    form = PlaceForm(**given)
    form.region.choices = _regions()
    return form


def form_of(words: PlaceWords) -> PlaceForm:
    """Make the form filled with what is said of a place."""
    given = {**asdict(words), "kind": words.kind.value}
    given["other_names"] = "\u3001".join(words.other_names)
    given["region"] = words.town_code or words.county_code
    return place_form(formdata=None, data=given)


def typed_words(form: PlaceForm) -> PlaceWords:
    """Return what was typed of a place."""
    region = filled(form.region.data)
    is_town = region.isdigit() and len(region) == TOWN_DIGITS
    county = organisation.get_region(region).parent_code or "" if is_town else region
    names = BETWEEN_NAMES.split(form.other_names.data or "")
    return PlaceWords(
        kind=PlaceKind(filled(form.kind.data)),
        name=filled(form.name.data),
        other_names=tuple(dict.fromkeys(each for each in names if each)),
        county_code=county,
        town_code=region if is_town else "",
        address=form.address.data or "",
        latitude=form.latitude.data,
        longitude=form.longitude.data,
    )


def tell_at_region(form: PlaceForm, refusal: Conflict | Invalid | NotAllowed) -> None:
    """Say a refusal beside its field; county and town are one choice here."""
    if refusal.field in ("town_code", "county_code"):
        refusal.field = "region"
    tell(form, refusal)


def place_page(form: PlaceForm, *, place: Any = None, proposal: Any = None) -> str:
    """Show the form of a place: a new one, one that is there, or one that tickets proposed."""
    return render_template("administration/place.html", form=form, place=place, proposal=proposal)


def _regions() -> dict[str, list[Any]]:
    """Return what may be chosen, under the county that runs it; a town with its lawful county."""
    own = keeper()
    found: dict[str, list[Any]] = {}
    for county in organisation.list_counties():
        if own is not None and county.code != own:
            continue
        towns = [
            town
            for town in organisation.towns_of(county.code)
            if region_units.running_region(county.code, town.code) == county.code
        ]
        found[county.name] = [
            choice(county.code, gettext("places.whole_county", county=county.name)),
            *(choice(town.code, organisation.region_path(town.code)) for town in towns),
        ]
    return found


def run_by(place: Any) -> str:
    """Name the functional area that runs a place of another county (代管); else ""."""
    if place.owner_code == place.county_code:
        return ""
    return organisation.get_region(place.owner_code).name


def _keeper_name() -> str:
    own = keeper()
    return organisation.get_region(own).name if own else ""


def _differing(form: PlaceForm, stands: PlaceForm) -> dict[str, str]:
    regions = {each.value: each.label for group in _regions().values() for each in group}
    told = {}
    for field in form:
        if field.name in ("seen", "csrf_token") or field.data == stands[field.name].data:
            continue
        value = stands[field.name].data
        texts = {"kind": gettext(f"places.kind_{value}"), "region": regions.get(value, "")}
        told[field.name] = str(texts.get(field.name, "" if value is None else value))
    return told


def _done(told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.places.list_places"))
