"""Pages of what the hotline does not take up: its kinds, the words told, and from when on."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import (
    EndForm,
    ExclusionForm,
    NewExclusionForm,
)
from app.administration.planned_changes import change_asked
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import filled, moment_of, tell, tell_changed
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.rules import exclusion_register
from app.rules.exclusion_register import Kind
from app.rules.exclusion_versions import ExclusionWords

bp = Blueprint("exclusions", __name__)

STEP = 1


@bp.get("/exclusions")
@requires(Permission.CODES_MANAGE)
def list_exclusions() -> ResponseReturnValue:
    """Show every kind in the order of the screens, ended ones below."""
    now = clock.now()
    rows = [_row(kind, now) for kind in exclusion_register.all_kinds(at=now)]
    rows.sort(key=lambda row: row["state"] == "ended")
    return render_template("administration/exclusions.html", rows=rows)


@bp.get("/new-exclusion")
@requires(Permission.CODES_MANAGE)
def new_exclusion() -> ResponseReturnValue:
    """Ask for a kind that is not there yet."""
    now = clock.now()
    places = [each.shown(now).words.position for each in exclusion_register.all_kinds(at=now)]
    form = NewExclusionForm(formdata=None, position=max(places, default=0) + STEP, treatment="tell")
    return _page(form)


@bp.post("/exclusions")
@requires(Permission.CODES_MANAGE)
def add_exclusion() -> ResponseReturnValue:
    """Add a kind."""
    form = NewExclusionForm()
    if not form.validate_on_submit():
        return _page(form), 422
    code = filled(form.code.data)
    try:
        with unit_of_work():
            exclusion_register.add_kind(
                code, _words(form), begins=moment_of(form.valid_from), added_by=the_person().id
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    return _done(code, "exclusions.added")


@bp.get("/exclusions/<code>")
@requires(Permission.CODES_MANAGE)
def show_exclusion(code: str) -> ResponseReturnValue:
    """Show one kind, what is planned and what was, to be changed from a moment on."""
    kind = exclusion_register.get_kind(code)
    form = ExclusionForm(formdata=None, data=asdict(kind.shown(clock.now()).words))
    form.seen.data = seen_mark(asdict(kind))
    return _page(form, kind=kind)


@bp.post("/exclusions/<code>")
@requires(Permission.CODES_MANAGE)
def change_exclusion(code: str) -> ResponseReturnValue:
    """Let other words hold from a moment on."""
    kind = exclusion_register.get_kind(code)
    form = ExclusionForm()
    if not form.validate_on_submit():
        return _page(form, kind=kind), 422
    try:
        with unit_of_work():
            exclusion_register.change_kind(
                code,
                _words(form),
                begins=moment_of(form.valid_from),
                seen=form.seen.data or "",
                changed_by=the_person().id,
            )
    except ChangedMeanwhile as refusal:
        kind = exclusion_register.get_kind(code)
        tell_changed(form, refusal, mark=seen_mark(asdict(kind)), now=_differing(form, kind))
        return _page(form, kind=kind), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form, kind=kind), refusal.status
    return _done(code, "exclusions.saved")


@bp.post("/exclusions/<code>/end")
@requires(Permission.CODES_MANAGE)
def end_exclusion(code: str) -> ResponseReturnValue:
    """Let such matters be taken up from a moment on."""
    kind = exclusion_register.get_kind(code)
    ending = EndForm()
    status = 422
    if ending.validate_on_submit():
        try:
            with unit_of_work():
                exclusion_register.end_kind(
                    code, ends=moment_of(ending.ends_at), ended_by=the_person().id
                )
        except (Conflict, Invalid) as refusal:
            tell(ending, refusal)
            status = refusal.status
        else:
            return _done(code, "exclusions.ended")
    form = ExclusionForm(formdata=None, data=asdict(kind.shown(clock.now()).words))
    form.seen.data = seen_mark(asdict(kind))
    return _page(form, kind=kind, ending=ending), status


@bp.post("/exclusions/<code>/take-back")
@requires(Permission.CODES_MANAGE)
def take_change_back(code: str) -> ResponseReturnValue:
    """Let a planned change never come."""
    begins = change_asked()
    with unit_of_work():
        exclusion_register.take_change_back(code, begins=begins, taken_back_by=the_person().id)
    return _done(code, "exclusions.taken_back")


def _row(kind: Kind, now: datetime) -> dict[str, Any]:
    shown, planned = kind.shown(now), kind.planned(now)
    return {"kind": kind, "shown": shown, "state": kind.state(now), "planned": planned[:1]}


def _page(form: ExclusionForm, *, kind: Kind | None = None, ending: EndForm | None = None) -> str:
    now = clock.now()
    return render_template(
        "administration/exclusion.html",
        form=form,
        kind=kind,
        shown=kind.shown(now) if kind else None,
        now=now,
        state=kind.state(now) if kind else "",
        ending=ending or EndForm(formdata=None),
    )


def _words(form: ExclusionForm) -> ExclusionWords:
    return ExclusionWords(
        name_zh=filled(form.name_zh.data),
        name_en=filled(form.name_en.data),
        treatment=filled(form.treatment.data),
        told_where=filled(form.told_where.data),
        told_words=filled(form.told_words.data),
        basis=filled(form.basis.data),
        position=filled(form.position.data),
    )


def _differing(form: ExclusionForm, kind: Kind) -> Mapping[str, str]:
    """Say of each field that differs what stands there; a change planned meanwhile at its date."""
    now = clock.now()
    words = asdict(kind.shown(now).words)
    typed = asdict(_words(form))
    texts = {**words, "treatment": gettext(f"exclusions.treatment_{words['treatment']}")}
    return {name: str(texts[name]) for name, value in words.items() if typed[name] != value}


def _done(code: str, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.exclusions.show_exclusion", code=code))
