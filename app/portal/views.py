"""The public page where a citizen learns how far his demand has come; nobody signs in for it."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from app.core.extensions import limiter, network_at_request
from app.core.forms import filled, tell
from app.core.permissions import public
from app.core.security_headers import named_by_content
from app.portal import service
from app.portal.forms import ProgressForm
from app.portal.service import NothingToTell, Progress
from app.rules import brand_register

bp = Blueprint("portal", __name__)

# Many citizens may come from one address; a code of six digits withstands ten tries an hour.
PER_ADDRESS = "30 per minute"
PER_NUMBER = "10 per hour"
LONGEST_KEY = 40  # no number of ours is as long


def _number_at_request() -> str:
    """Return the number as it is looked up: however it is typed, its tries are counted together."""
    return f"progress:{service.spelled(ProgressForm().number.data or '')[:LONGEST_KEY]}"


@bp.get("/progress")
@public
def ask_for_progress() -> ResponseReturnValue:
    """Ask for number and code."""
    return _page(ProgressForm(formdata=None))


@bp.post("/progress")
@public
@limiter.limit(PER_ADDRESS, key_func=network_at_request)
@limiter.limit(PER_NUMBER, key_func=_number_at_request)
def show_progress() -> ResponseReturnValue:
    """Say how far it has come; number and code stay out of every address."""
    form = ProgressForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        progress = service.progress_of(filled(form.number.data), filled(form.code.data))
    except NothingToTell as refusal:
        tell(form, refusal)
        return _page(form), refusal.status
    return _page(ProgressForm(formdata=None), progress)


@bp.get("/brand/<digest>.png")
@named_by_content
@public
def show_logo(digest: str) -> ResponseReturnValue:
    """Give the picture beside the hotline's name."""
    return Response(brand_register.logo_of(digest), mimetype="image/png")


def _page(form: ProgressForm, progress: Progress | None = None) -> str:
    return render_template("portal/progress.html", form=form, progress=progress)
