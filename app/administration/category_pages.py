"""Pages of the categories: what a matter is about, who leads it, and from when."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.category_forms import (
    CategoryForm,
    NewCategoryForm,
    with_limits,
)
from app.administration.forms import EndForm
from app.administration.planned_changes import change_asked
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import choice, filled, moment_of, tell, tell_changed
from app.core.languages import current_language
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.organisation import service as organisation
from app.rules import category_register, rule_register, type_register
from app.rules.category_register import CategoryEntry
from app.rules.category_words import CategoryWords
from app.rules.type_versions import RequestKind, UnknownTypeVersion

bp = Blueprint("categories", __name__)

LONGEST_TEXT = 64


@bp.get("/categories")
@requires(Permission.CODES_MANAGE)
def list_categories() -> ResponseReturnValue:
    """Show every category with its leads; a word of any column narrows it."""
    now = clock.now()
    text = request.args.get("text", "")[:LONGEST_TEXT].strip()
    entries = category_register.all_categories()
    found = category_register.found_in(entries, text, at=now)
    rows = [
        {
            "entry": entry,
            "words": entry.shown(now).words,
            "shown": entry.shown(now),
            "state": entry.state(now),
            "planned": entry.planned(now)[:1],
        }
        for entry in found
    ]
    return render_template(
        "administration/categories.html",
        rows=rows, text=text, total=len(entries), units=_units(),
    )  # fmt: skip


@bp.get("/new-category")
@requires(Permission.CODES_MANAGE)
def new_category() -> ResponseReturnValue:
    """Ask for a category that is not there yet."""
    above = request.args.get("above", "")[:8]
    places = [each.shown(clock.now()).words.position for each in category_register.all_categories()]
    form = _new_form(formdata=None, position=max(places, default=0) + 1, parent_code=above)
    return _page(form)


@bp.post("/categories")
@requires(Permission.CODES_MANAGE)
def add_category() -> ResponseReturnValue:
    """Add a category."""
    form = _new_form()
    if not form.validate_on_submit():
        return _page(form), 422
    code = filled(form.code.data)
    words = _words(form, parent_code=form.parent_code.data or None)
    try:
        with unit_of_work():
            category_register.add_category(
                code, words, begins=moment_of(form.valid_from), added_by=the_person().id
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    return _done(code, "categories.added")


@bp.get("/categories/<code>")
@requires(Permission.CODES_MANAGE)
def show_category(code: str) -> ResponseReturnValue:
    """Show one category, what is planned and what was, to be changed from a moment on."""
    return _page(_form_of(category_register.get_category(code)), code=code)


@bp.post("/categories/<code>")
@requires(Permission.CODES_MANAGE)
def change_category(code: str) -> ResponseReturnValue:
    """Let other words hold from a moment on."""
    entry = category_register.get_category(code)
    form = with_limits(CategoryForm, _kinds(), _name, _city_limits())()
    form.default_unit_code.choices = _unit_choices()
    if not form.validate_on_submit():
        return _page(form, code=code), 422
    words = _words(form, parent_code=entry.shown(clock.now()).words.parent_code)
    try:
        with unit_of_work():
            category_register.change_category(
                code, words, begins=moment_of(form.valid_from), seen=form.seen.data or "",
                changed_by=the_person().id,
            )  # fmt: skip
    except ChangedMeanwhile as refusal:
        now = category_register.get_category(code)
        tell_changed(form, refusal, mark=seen_mark(asdict(now)), now=_differing(form, now))
        return _page(form, code=code), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form, code=code), refusal.status
    return _done(code, "categories.saved")


@bp.post("/categories/<code>/end")
@requires(Permission.CODES_MANAGE)
def end_category(code: str) -> ResponseReturnValue:
    """Let a category be chosen no more from a moment on."""
    entry = category_register.get_category(code)
    ending = EndForm()
    if not ending.validate_on_submit():
        return _page(_form_of(entry), code=code, ending=ending), 422
    try:
        with unit_of_work():
            category_register.end_category(
                code, ends=moment_of(ending.ends_at), ended_by=the_person().id
            )
    except (Conflict, Invalid) as refusal:
        tell(ending, refusal)
        return _page(_form_of(entry), code=code, ending=ending), refusal.status
    return _done(code, "categories.ended")


@bp.post("/categories/<code>/take-back")
@requires(Permission.CODES_MANAGE)
def take_change_back(code: str) -> ResponseReturnValue:
    """Let a planned change never come."""
    begins = change_asked()
    with unit_of_work():
        category_register.take_change_back(code, begins=begins, taken_back_by=the_person().id)
    return _done(code, "categories.taken_back")


def _page(form: CategoryForm, *, code: str | None = None, ending: EndForm | None = None) -> str:
    now = clock.now()
    entry = category_register.get_category(code) if code else None
    return render_template(
        "administration/category.html",
        form=form,
        entry=entry,
        now=now,
        state=entry.state(now) if entry else "",
        limits=[field for field in form if field.name.startswith("limit_")],
        ending=ending or EndForm(formdata=None),
        units=_units(),
    )


def _form_of(entry: CategoryEntry) -> CategoryForm:
    words = asdict(entry.shown(clock.now()).words)
    given = {
        **words,
        "keywords": " ".join(words["keywords"]),
        "default_unit_code": words["default_unit_code"] or "",
        **{f"limit_{kind}": limit for kind, limit in words["limits"].items()},
    }
    form = with_limits(CategoryForm, _kinds(), _name, _city_limits())(formdata=None, data=given)
    form.default_unit_code.choices = _unit_choices()
    form.seen.data = seen_mark(asdict(entry))
    return form


def _new_form(**given: Any) -> NewCategoryForm:
    form = with_limits(NewCategoryForm, _kinds(), _name, _city_limits())(**given)
    now = clock.now()
    form.default_unit_code.choices = _unit_choices()
    form.parent_code.choices = [
        choice("", gettext("categories.top")),
        *(
            choice(each.code, f"{each.code} {each.shown(now).words.name}")
            for each in category_register.all_categories()
            if len(each.code) < 6 and each.state(now) != "ended"
        ),
    ]
    return form


def _words(form: CategoryForm, *, parent_code: str | None) -> CategoryWords:
    limits = {
        field.name.removeprefix("limit_"): field.data or ""
        for field in form
        if field.name.startswith("limit_")
    }
    return CategoryWords(
        name=filled(form.name.data),
        parent_code=parent_code,
        keywords=(form.keywords.data or "").replace("\u3001", " ").replace("\uff0c", " ").split(),
        initials="",
        pinyin=filled(form.pinyin.data),
        default_unit_code=form.default_unit_code.data or None,
        county_lead=form.county_lead.data or "",
        town_lead=form.town_lead.data or "",
        not_to_town=bool(form.not_to_town.data),
        limits=limits,
        provincial_code=form.provincial_code.data or "",
        national_code=form.national_code.data or "",
        old_label=form.old_label.data or "",
        basis=filled(form.basis.data),
        position=filled(form.position.data),
    )


def _differing(form: CategoryForm, entry: CategoryEntry) -> Mapping[str, str]:
    """Say of each field that differs what stands there now."""
    stands = _form_of(entry)
    return {
        field.name: str(stands[field.name].data)
        for field in form
        if field.name not in ("seen", "csrf_token", "valid_from")
        and field.name in stands
        and field.data != stands[field.name].data
    }


def _unit_choices() -> list[Any]:
    return [
        choice("", gettext("categories.as_above")),
        *(choice(code, name) for code, name in _units().items()),
    ]


def _units() -> dict[str, str]:
    return {unit.code: unit.name for unit in organisation.list_units()}


def _kinds() -> list[RequestKind]:
    try:
        return list(type_register.types_at())
    except UnknownTypeVersion:
        return []


def _city_limits() -> dict[str, str]:
    """Return what holds now for each type of request: its own limit, else that of its nature."""
    book, now = rule_register.read_book(), clock.now()
    own = {kind.code: kind.limit for kind in _kinds() if kind.limit}
    keys = {kind.code: f"limit.{kind.nature}" for kind in _kinds()}
    said = {code: book.at(key, now).value for code, key in keys.items() if book.says(key, now)}
    return said | own


def _name(kind: RequestKind) -> str:
    return kind.name_en if current_language() == "en" else kind.name_zh


def _done(code: str, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.categories.show_category", code=code))
