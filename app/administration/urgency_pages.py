"""The page of the words that make a demand urgent: added from a moment on, ended, never deleted."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import ActForm, UrgencyWordForm
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import check_form, filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.rules import urgency_register
from app.rules.code_lists import Validity
from app.rules.urgency_register import UrgencyKind

bp = Blueprint("urgency", __name__)

LAST = (Validity.ACTIVE, Validity.PLANNED, Validity.ENDED)


@bp.get("/urgency-words")
@requires(Permission.CODES_MANAGE)
def list_words() -> ResponseReturnValue:
    """Show every word with why it hurries, ended ones below."""
    return _page(UrgencyWordForm(formdata=None))


@bp.post("/urgency-words")
@requires(Permission.CODES_MANAGE)
def add_word() -> ResponseReturnValue:
    """Let a word call for haste from a moment on."""
    form = UrgencyWordForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        with unit_of_work():
            urgency_register.add_word(
                filled(form.word.data), UrgencyKind(form.kind.data),
                begins=moment_of(form.valid_from), added_by=the_person().id,
            )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    flash(gettext("urgency.added"), "success")
    return redirect(url_for("administration.urgency.list_words"))


@bp.post("/urgency-words/<int:word_id>/end")
@requires(Permission.CODES_MANAGE)
def end_word(word_id: int) -> ResponseReturnValue:
    """Let a word call for haste no more."""
    check_form(ActForm())
    with unit_of_work():
        urgency_register.end_word(word_id, ended_by=the_person().id)
    flash(gettext("urgency.ended"), "success")
    return redirect(url_for("administration.urgency.list_words"))


def _page(form: UrgencyWordForm) -> str:
    rows = sorted(urgency_register.all_words(), key=lambda row: LAST.index(row.state))
    return render_template("administration/urgency_words.html", form=form, rows=rows)
