"""Pages of the request types: dated dictionaries, and what a type of before is now."""

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from app.administration.forms import ActForm
from app.administration.type_forms import (
    MappingForm,
    NewTypeVersionForm,
    TypeVersionForm,
    mapping_form,
)
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import as_typed, check_form, filled, moment_of, tell, tell_changed
from app.core.languages import LOCALES, current_language
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.rules import rule_register, type_register
from app.rules.limit_words import limit_words
from app.rules.type_natures import WORKING, Nature
from app.rules.type_versions import (
    NotLater,
    RequestKind,
    TypeBook,
    TypeVersion,
    read_kinds,
    write_kinds,
)

bp = Blueprint("types", __name__)


@bp.get("/request-types")
@requires(Permission.RULES_MANAGE)
def list_versions() -> ResponseReturnValue:
    """Show every dictionary, the newest first, with what its types were in the one before."""
    book = type_register.read_book()
    rows = [
        {
            "version": each,
            "state": _state(each, book),
            "before": before,
            "came_from": _came_from(each, before, book),
            "unmapped": _unmapped(before, each, book),
        }
        for before, each in zip((None, *book.versions), book.versions, strict=False)
    ]
    return render_template(
        "administration/request_types.html",
        rows=list(reversed(rows)),
        name=_name,
        natures=_nature_names(),
        by_nature=_limits_by_nature(),
        limit_words=limit_words,
    )


@bp.get("/new-request-types")
@requires(Permission.RULES_MANAGE)
def new_version() -> ResponseReturnValue:
    """Ask for a dictionary that is not there yet, begun from the one that holds."""
    book = type_register.read_book()
    kinds = book.version_at(clock.now()).kinds if book.versions else ()
    return _page(NewTypeVersionForm(formdata=None, kinds=_written(kinds)))


@bp.post("/request-types")
@requires(Permission.RULES_MANAGE)
def add_version() -> ResponseReturnValue:
    """Plan a dictionary."""
    form = NewTypeVersionForm()
    if not form.validate_on_submit():
        return _page(form), 422
    code = filled(form.code.data)
    try:
        version = _typed(code, form)
        with unit_of_work():
            type_register.plan_version(
                version, begins=moment_of(form.valid_from), is_new=True, seen="",
                by=the_person().id,
            )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    flash(gettext("types.added"), "success")
    return _to_mapping(code)


@bp.get("/request-types/<code>")
@requires(Permission.RULES_MANAGE)
def show_version(code: str) -> ResponseReturnValue:
    """Show one dictionary; one that only waits can be changed."""
    version = type_register.read_book().version(code)
    form = TypeVersionForm(
        formdata=None,
        name_zh=version.name_zh,
        name_en=version.name_en,
        basis=version.basis,
        valid_from=as_typed(version.valid_from),
        kinds=_written(version.kinds),
    )
    form.seen.data = seen_mark(asdict(version))
    return _page(form, version=version)


@bp.post("/request-types/<code>")
@requires(Permission.RULES_MANAGE)
def change_version(code: str) -> ResponseReturnValue:
    """Write a dictionary that only waits anew."""
    version = type_register.read_book().version(code)
    form = TypeVersionForm()
    if not form.validate_on_submit():
        return _page(form, version=version), 422
    try:
        typed = _typed(code, form)
        with unit_of_work():
            type_register.plan_version(
                typed, begins=moment_of(form.valid_from), is_new=False,
                seen=form.seen.data or "", by=the_person().id,
            )  # fmt: skip
    except ChangedMeanwhile as refusal:
        version = type_register.read_book().version(code)
        now = {"kinds": _written(version.kinds), "basis": version.basis}
        tell_changed(form, refusal, mark=seen_mark(asdict(version)), now=now)
        return _page(form, version=version), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form, version=version), refusal.status
    flash(gettext("types.saved"), "success")
    return _to_mapping(code)


@bp.post("/request-types/<code>/take-back")
@requires(Permission.RULES_MANAGE)
def take_version_back(code: str) -> ResponseReturnValue:
    """Let a planned dictionary never come."""
    check_form(ActForm())
    with unit_of_work():
        type_register.take_version_back(code, by=the_person().id)
    flash(gettext("types.taken_back"), "success")
    return redirect(url_for("administration.types.list_versions"))


@bp.get("/request-types/<old>/in/<new>")
@requires(Permission.RULES_MANAGE)
def show_mapping(old: str, new: str) -> ResponseReturnValue:
    """Show what each type of one dictionary is in a later one; what has no word is offered one."""
    book = type_register.read_book()
    given: dict[str, str] = {}
    for kind in book.version(old).kinds:
        word = book.said(kind.code, old, new)
        offered = kind.code if word is None and book.version(new).kind(kind.code) else ""
        given[f"to_{kind.code}"] = word.to_type if word else offered
        given[f"basis_{kind.code}"] = word.basis if word else ""
    form = _mapping_form(book, old, new)(formdata=None, data=given)
    form.seen.data = seen_mark(type_register.seen_of(book, old, new))
    return _mapping_page(book, old, new, form)


@bp.post("/request-types/<old>/in/<new>")
@requires(Permission.RULES_MANAGE)
def say_mapping(old: str, new: str) -> ResponseReturnValue:
    """Keep what each type is in the later dictionary."""
    book = type_register.read_book()
    form = _mapping_form(book, old, new)()
    if not form.validate_on_submit():
        return _mapping_page(book, old, new, form), 422
    words = {
        kind.code: (form[f"to_{kind.code}"].data or "", form[f"basis_{kind.code}"].data or "")
        for kind in book.version(old).kinds
    }
    lacking = [code for code, (to_type, basis) in words.items() if to_type and not basis]
    for code in lacking:
        form[f"basis_{code}"].errors = [gettext("form.needed")]
    if lacking:
        return _mapping_page(book, old, new, form), 422
    try:
        with unit_of_work():
            type_register.say_mappings(
                old, new, words, seen=form.seen.data or "", by=the_person().id
            )
    except ChangedMeanwhile as refusal:
        book = type_register.read_book()
        mark = seen_mark(type_register.seen_of(book, old, new))
        tell_changed(form, refusal, mark=mark, now=_differing(book, old, new, words))
        return _mapping_page(book, old, new, form), refusal.status
    flash(gettext("types.saved"), "success")
    return redirect(url_for("administration.types.list_versions"))


def types_now() -> str:
    """Name the dictionary that holds, for the start page; "" while there is none."""
    book = type_register.read_book()
    return _name(book.version_at(clock.now())) if book.versions else ""


def _typed(code: str, form: TypeVersionForm) -> TypeVersion:
    return TypeVersion(
        code=code,
        name_zh=filled(form.name_zh.data),
        name_en=filled(form.name_en.data),
        basis=filled(form.basis.data),
        valid_from=moment_of(form.valid_from) or clock.now(),
        kinds=read_kinds(
            form.kinds.data or "",
            nature_words=_nature_words(),
            known=type_register.read_book().natures(),
            field="kinds",
        ),
    )


def _page(form: TypeVersionForm, *, version: TypeVersion | None = None) -> str:
    return render_template(
        "administration/request_type_version.html",
        form=form,
        version=version,
        is_planned=version is not None and version.valid_from > clock.now(),
        name=_name,
        natures=_nature_names(),
        by_nature=_limits_by_nature(),
        limit_words=limit_words,
    )


def _mapping_form(book: TypeBook, old: str, new: str) -> type[MappingForm]:
    before, after = book.version(old), book.version(new)
    if after.valid_from <= before.valid_from:
        raise NotLater
    return mapping_form(before.kinds, after.kinds, _name)


def _mapping_page(book: TypeBook, old: str, new: str, form: MappingForm) -> str:
    return render_template(
        "administration/request_type_mapping.html",
        form=form,
        old=book.version(old),
        new=book.version(new),
        name=_name,
    )


def _to_mapping(code: str) -> ResponseReturnValue:
    """Go on to the types of the dictionary before: a new one without them breaks every curve."""
    places = [each.code for each in type_register.read_book().versions]
    place = places.index(code)
    if place == 0:
        return redirect(url_for("administration.types.list_versions"))
    return redirect(url_for("administration.types.show_mapping", old=places[place - 1], new=code))


def _came_from(
    version: TypeVersion, before: TypeVersion | None, book: TypeBook
) -> dict[str, list[RequestKind]]:
    found: dict[str, list[RequestKind]] = {each.code: [] for each in version.kinds}
    for kind in before.kinds if before else ():
        new = book.mapped(kind.code, before.code, version.code).code if before else None
        if new is not None:
            found[new].append(kind)
    return found


def _unmapped(
    before: TypeVersion | None, version: TypeVersion, book: TypeBook
) -> list[RequestKind]:
    if before is None:
        return []
    return [
        kind
        for kind in before.kinds
        if book.mapped(kind.code, before.code, version.code).is_unmapped
    ]


def _differing(
    book: TypeBook, old: str, new: str, typed: dict[str, tuple[str, str]]
) -> dict[str, str]:
    """Say of each type that somebody mapped otherwise meanwhile what stands there now."""
    told = {}
    for kind in book.version(old).kinds:
        word = book.said(kind.code, old, new)
        stands = (word.to_type, word.basis) if word else ("", "")
        if stands != typed[kind.code]:
            there = book.version(new).kind(stands[0])
            told[f"to_{kind.code}"] = _name(there) if there else gettext("types.unmapped")
    return told


def _state(version: TypeVersion, book: TypeBook) -> str:
    now = clock.now()
    if version.valid_from > now:
        return "planned"
    return "active" if book.version_at(now).code == version.code else "ended"


def _name(named: RequestKind | TypeVersion) -> str:
    return named.name_en if current_language() == "en" else named.name_zh


def _written(kinds: tuple[RequestKind, ...]) -> str:
    return write_kinds(kinds, nature_words=_nature_names())


def _nature_words() -> dict[str, Nature]:
    """Return the words for each nature, in both languages."""
    words: dict[str, Nature] = {str(each): each for each in Nature}
    for locale in LOCALES.values():
        with force_locale(locale):
            words.update({name: nature for nature, name in _nature_names().items()})
    return words


def _limits_by_nature() -> dict[Nature, str]:
    """Return what the city's rules give today where a type has no limit of its own."""
    book, now = rule_register.read_book(), clock.now()
    said = {each: f"limit.{each}" for each in WORKING}
    return {each: book.at(key, now).value for each, key in said.items() if book.says(key, now)}


def _nature_names() -> dict[Nature, str]:
    """Return how each nature is called in the language of whoever reads."""
    return {each: str(gettext(f"types.nature_{each}")) for each in Nature}
