"""What a supervisor asks of the queue: another state for an agent, a mark against misuse."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.call_queue import oversight
from app.call_queue.forms import FreeForm, StateForm
from app.core.database import unit_of_work
from app.core.formatting import wire_moment
from app.core.forms import check_form, filled
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person

bp = Blueprint("call_queue", __name__, url_prefix="/queue")


@bp.post("/agents/<int:agent_id>/state")
@requires(Permission.PRESENCE_FORCE)
def force_state(agent_id: int) -> ResponseReturnValue:
    """Set what an agent does, with a reason that is kept."""
    form = StateForm()
    check_form(form)
    by = the_person().id
    with unit_of_work():
        oversight.force_state(
            agent_id,
            state=filled(form.state.data),
            reason=form.reason.data or None,
            why_code=filled(form.why_code.data),
            why=form.why.data or "",
            by=by,
        )
    return "", 204


@bp.post("/offers/<int:offer_id>/free")
@requires(Permission.OFFERS_FREE)
def free_offer(offer_id: int) -> ResponseReturnValue:
    """Take a call back from an agent who is rung for it, with a reason that is kept."""
    form = FreeForm()
    check_form(form)
    by = the_person().id
    with unit_of_work():
        oversight.free_offer(
            offer_id, by=by, why_code=filled(form.why_code.data), why=form.why.data or ""
        )
    return "", 204


@bp.get("/restrictions")
@requires(Permission.CALLERS_RESTRICT)
def list_restrictions() -> ResponseReturnValue:
    """Return the marks that hold now, numbers masked."""
    return {
        "restrictions": [
            {
                "restriction_id": each.restriction_id,
                "number_shown": each.number_shown,
                "since": wire_moment(each.since),
                "until": wire_moment(each.until),
                "why": each.why,
            }
            for each in oversight.restrictions()
        ]
    }


@bp.post("/restrictions/<int:restriction_id>/lift")
@requires(Permission.CALLERS_RESTRICT)
def lift_restriction(restriction_id: int) -> ResponseReturnValue:
    """End a mark before its time."""
    by = the_person().id
    with unit_of_work():
        oversight.lift_restriction(restriction_id, by=by)
    return "", 204
