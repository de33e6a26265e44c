"""The page of the hotline's own name and picture: read, planned, and all that ever held."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.administration.forms import BrandForm
from app.administration.logo_checks import HIGHEST, MOST_KILOBYTES, WIDEST, check_logo
from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.forms import filled, moment_of, tell
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.rules import brand_register
from app.rules.brand_register import BrandVersion, BrandWords

bp = Blueprint("brand", __name__)


@bp.get("/brand")
@requires(Permission.RULES_MANAGE)
def show_brand() -> ResponseReturnValue:
    """Show the name that holds with all that did, to be changed from a moment on."""
    now = brand_register.holding()
    form = BrandForm(formdata=None, obj=now) if now else BrandForm(formdata=None)
    form.valid_from.data = None
    return _page(form)


@bp.post("/brand")
@requires(Permission.RULES_MANAGE)
def set_brand() -> ResponseReturnValue:
    """Let the hotline have another name and picture from a moment on."""
    form = BrandForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        # looked at before a save is open
        logo = _logo(form)
        words = BrandWords(
            name_zh=filled(form.name_zh.data), name_en=filled(form.name_en.data),
            basis=filled(form.basis.data), logo=logo,
        )  # fmt: skip
        with unit_of_work():
            brand_register.set_brand(
                words, valid_from=moment_of(form.valid_from), set_by=the_person().id
            )
    except (Conflict, Invalid) as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    flash(gettext("brand.saved"), "success")
    return redirect(url_for("administration.brand.show_brand"))


def _logo(form: BrandForm) -> bytes | None:
    """Return the picture that was chosen, or the one that holds unless it is to go."""
    if form.drops_logo.data:
        return None
    chosen = form.logo.data
    if chosen is not None and chosen.filename:
        return check_logo(chosen.filename, chosen.read())
    now = brand_register.holding()
    return now.logo if now is not None else None


def _page(form: BrandForm) -> str:
    return render_template(
        "administration/brand.html",
        form=form,
        history=brand_register.all_versions(),
        holding=brand_register.holding(),
        now=clock.now(),
        said=_said,
        shown=brand_register.shown(),
        limits={"kilobytes": MOST_KILOBYTES, "wide": WIDEST, "high": HIGHEST},
    )


def _said(each: BrandVersion) -> str:
    names = f"{each.name_zh} / {each.name_en}"
    return f"{names} · {gettext('brand.with_logo')}" if each.logo_sha256 else names
