"""Pages of how long records are kept: read, planned, and every length that ever held."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.accounts import service as accounts
from app.administration.forms import RetentionForm
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.keeping import rounds
from app.recordings import erasing as recordings_erasing
from app.recordings import sweeping
from app.rules import retention_register
from app.rules.retention_register import KeptLength
from app.tickets import holds

bp = Blueprint("retention", __name__)

YEAR = 365
"""Days: as the shipped lengths count a year."""


@bp.get("/retention")
@requires(Permission.RULES_MANAGE)
def list_classes() -> ResponseReturnValue:
    """Show how long each class is kept now, what the rounds deleted, and what is held."""
    classes = retention_register.all_classes()
    return render_template(
        "administration/retention.html",
        classes=classes,
        said=_said,
        rounds={each.record_class: rounds.last_round(each.record_class) for each in classes},
        swept=sweeping.last_sweep("retention"),
        deletions=rounds.deletions(),
        holds=(held := holds.standing_holds()),
        people=accounts.people({hold.set_by for hold, _number in held}),
        held_calls=len(recordings_erasing.held_call_ids()),
    )


@bp.get("/retention/<record_class>")
@requires(Permission.RULES_MANAGE)
def show_class(record_class: str) -> ResponseReturnValue:
    """Show one class with its history, to be changed from a moment on."""
    now = retention_register.get_class(record_class).holding
    form = RetentionForm(
        formdata=None, keep_days=now.keep_days if now else None, basis=now.basis if now else ""
    )
    return _page(record_class, form)


@bp.post("/retention/<record_class>")
@requires(Permission.RULES_MANAGE)
def set_length(record_class: str) -> ResponseReturnValue:
    """Let a class be kept for another length from a moment on."""
    retention_register.get_class(record_class)
    form = RetentionForm()
    if not form.validate_on_submit():
        return _page(record_class, form), 422
    try:
        with unit_of_work():
            retention_register.set_length(
                record_class, filled(form.keep_days.data), basis=filled(form.basis.data),
                valid_from=moment_of(form.valid_from), set_by=the_person().id,
            )  # fmt: skip
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(record_class, form), refusal.status
    flash(gettext("retention.saved"), "success")
    return redirect(url_for("administration.retention.list_classes"))


def _page(record_class: str, form: RetentionForm) -> str:
    return render_template(
        "administration/retention_class.html",
        kept=retention_register.get_class(record_class),
        form=form,
        now=clock.now(),
        said=_said,
    )


def _said(each: KeptLength) -> str:
    """Say a length in words; whole years too, since nobody reckons 3650 days."""
    years, over = divmod(each.keep_days, YEAR)
    key = "retention.days" if over else "retention.days_of_years"
    return str(gettext(key, days=each.keep_days, years=years))
