"""The page behind the link in a message: three questions, no sign-in, nothing personal on it."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.extensions import limiter
from app.core.forms import tell
from app.core.permissions import public
from app.handling import visit_links
from app.ticket_desks.visit_forms import OwnAnswersForm
from app.ticket_desks.visit_pages import answers_in

bp = Blueprint("visit_links", __name__)
PER_ADDRESS = "30 per minute"


@bp.get("/visit/<token>")
@public
@limiter.limit(PER_ADDRESS)
def show_questions(token: str) -> ResponseReturnValue:
    """Ask the citizen, thank him who has answered, or say that nobody is asked any more."""
    ticket = visit_links.ticket_of(token)
    return _page(token, None if not visit_links.is_open(ticket) else OwnAnswersForm(formdata=None))


@bp.post("/visit/<token>")
@public
@limiter.limit(PER_ADDRESS)
def take_answers(token: str) -> ResponseReturnValue:
    """Take his answers down, once."""
    if not visit_links.is_open(visit_links.ticket_of(token)):
        return _page(token, None)
    form = OwnAnswersForm()
    if not form.validate_on_submit():
        return _page(token, form), 422
    try:
        with unit_of_work():
            visit_links.answer(token, answers_in(form), asks_redo=bool(form.asks_redo.data))
    except (Conflict, NotAllowed):
        return _page(token, None), 409  # he was called meanwhile, and has answered
    except Invalid as refusal:
        tell(form, refusal)
        return _page(token, form), refusal.status
    return _page(token, None)


def _page(token: str, form: OwnAnswersForm | None) -> str:
    return render_template(
        "ticket_desks/visit_link.html",
        token=token,
        form=form,
        has_answered=form is None and visit_links.is_answered(token),
    )
