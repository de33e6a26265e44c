"""Pages of the lists of codes: wrap-up codes, reasons, skills. None is deleted, they are ended."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import ActForm, CodeForm, NewCodeForm
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotFound
from app.core.formatting import moment
from app.core.forms import MomentField, as_typed, check_form, filled, moment_of, tell, tell_changed
from app.core.permissions import Permission, requires
from app.core.seen import ChangedMeanwhile, seen_mark
from app.core.sign_in import the_person
from app.rules import code_register
from app.rules.code_lists import Code, CodeList, CodeWords, state_of

bp = Blueprint("codes", __name__)

REASONS = tuple(each for each in CodeList if each not in {CodeList.WRAP_UP, CodeList.SKILL})
STEP = 10


@bp.get("/codes/<code_list>")
@requires(Permission.CODES_MANAGE)
def list_codes(code_list: str) -> ResponseReturnValue:
    """Show a list in the order of the screens, ended codes too."""
    wanted = _list(code_list)
    now = clock.now()
    return render_template(
        "administration/codes.html",
        code_list=wanted.value,
        reasons=[each.value for each in REASONS],
        codes=[(each, state_of(each.words, at=now).value) for each in _in_order(wanted, now)],
    )


@bp.get("/new-code/<code_list>")
@requires(Permission.CODES_MANAGE)
def new_code(code_list: str) -> ResponseReturnValue:
    """Ask for a code that the list has not yet."""
    wanted = _list(code_list)
    places = [each.words.position for each in code_register.all_codes(wanted)]
    form = NewCodeForm(
        formdata=None,
        position=max(places, default=0) + STEP,
        valid_from=as_typed(clock.now()),
    )
    return _page(wanted, form)


@bp.post("/codes/<code_list>")
@requires(Permission.CODES_MANAGE)
def add_code(code_list: str) -> ResponseReturnValue:
    """Add a code."""
    wanted = _list(code_list)
    form = NewCodeForm()
    if not form.validate_on_submit():
        return _page(wanted, form), 422
    code = filled(form.code.data)
    try:
        with unit_of_work():
            code_register.add_code(wanted, code, _words(form), added_by=the_person().id)
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(wanted, form), refusal.status
    return _done(wanted, "codes.added")


@bp.get("/codes/<code_list>/<code>")
@requires(Permission.CODES_MANAGE)
def show_code(code_list: str, code: str) -> ResponseReturnValue:
    """Show one code to be changed."""
    wanted = _list(code_list)
    shown = code_register.get_code(wanted, code)
    values = asdict(shown.words)
    values |= {name: as_typed(values[name]) for name in ("valid_from", "valid_until")}
    form = CodeForm(formdata=None, data=values)
    form.seen.data = seen_mark(asdict(shown.words))
    return _page(wanted, form, shown=shown)


@bp.post("/codes/<code_list>/<code>")
@requires(Permission.CODES_MANAGE)
def edit_code(code_list: str, code: str) -> ResponseReturnValue:
    """Change what is said of a code."""
    wanted = _list(code_list)
    shown = code_register.get_code(wanted, code)
    form = CodeForm()
    if not form.validate_on_submit():
        return _page(wanted, form, shown=shown), 422
    try:
        with unit_of_work():
            code_register.edit_code(
                wanted, code, _words(form, shown.words), seen=form.seen.data or "",
                edited_by=the_person().id,
            )  # fmt: skip
    except ChangedMeanwhile as refusal:
        now = code_register.get_code(wanted, code)
        mark = seen_mark(asdict(now.words))
        tell_changed(form, refusal, mark=mark, now=_differing(form, now.words))
        return _page(wanted, form, shown=now), refusal.status
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(wanted, form, shown=shown), refusal.status
    return _done(wanted, "codes.saved")


@bp.post("/codes/<code_list>/<code>/end")
@requires(Permission.CODES_MANAGE)
def end_code(code_list: str, code: str) -> ResponseReturnValue:
    """Let a code be chosen no more from now on."""
    wanted = _list(code_list)
    check_form(ActForm())
    with unit_of_work():
        code_register.end_code(wanted, code, ended_by=the_person().id)
    return _done(wanted, "codes.ended")


def _list(code_list: str) -> CodeList:
    if code_list not in set(CodeList):
        raise NotFound
    return CodeList(code_list)


def _in_order(wanted: CodeList, now: datetime) -> list[Code]:
    """Ended codes stand below the others."""
    codes = code_register.all_codes(wanted)
    return sorted(codes, key=lambda each: state_of(each.words, at=now) == "ended")


def _page(wanted: CodeList, form: CodeForm, *, shown: Code | None = None) -> str:
    return render_template(
        "administration/code.html",
        code_list=wanted.value,
        form=form,
        code=shown,
        state=state_of(shown.words, at=clock.now()).value if shown else "",
    )


def _words(form: CodeForm, shown: CodeWords | None = None) -> CodeWords:
    return CodeWords(
        name_zh=filled(form.name_zh.data),
        name_en=filled(form.name_en.data),
        position=filled(form.position.data),
        valid_from=filled(_moment(form.valid_from, shown.valid_from if shown else None)),
        valid_until=_moment(form.valid_until, shown.valid_until if shown else None),
        minutes=form.minutes.data,
        marks_abuse=bool(form.marks_abuse.data),
    )


def _moment(field: MomentField, shown: datetime | None) -> datetime | None:
    """A field shows minutes only: a moment that was not touched keeps its seconds."""
    return shown if field.data == as_typed(shown) else moment_of(field)


def _differing(form: CodeForm, now: CodeWords) -> Mapping[str, str]:
    typed = asdict(_words(form, now))
    texts = {
        **{name: str(value) for name, value in asdict(now).items() if value is not None},
        "valid_from": moment(now.valid_from),
        "valid_until": moment(now.valid_until),
        "marks_abuse": gettext("numbers.yes" if now.marks_abuse else "numbers.no"),
    }
    return {
        name: texts.get(name, "") for name, value in asdict(now).items() if typed[name] != value
    }


def _done(wanted: CodeList, told: str) -> ResponseReturnValue:
    flash(gettext(told), "success")
    return redirect(url_for("administration.codes.list_codes", code_list=wanted.value))
