"""Where a ticket stands is put right: looked at first, struck out, split off, resumed, reopened."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission, requires
from app.handling import correcting, dispatching, merging, timing, visiting
from app.handling.correcting import CategoryAndPlace
from app.ticket_desks import dispatch_picture
from app.ticket_desks.desk_acts import beside
from app.ticket_desks.dispatch_forms import MatterForm
from app.ticket_desks.dispatch_pages import act_on
from app.tickets.matter_choices import read_place
from app.tickets.person_details import PersonKind

bp = Blueprint("standing", __name__)


@bp.post("/dispatch/<int:ticket_id>/approve-intake")
@requires(Permission.TICKETS_DISPATCH)
def approve_intake(ticket_id: int) -> ResponseReturnValue:
    """Let a new ticket go on to be dispatched."""
    told = "ticket_desks.intake_approved"
    return act_on(ticket_id, "approve_intake", dispatching.approve_intake, told)


@bp.post("/dispatch/<int:ticket_id>/void")
@requires(Permission.TICKETS_DECIDE)
def void(ticket_id: int) -> ResponseReturnValue:
    """Strike out what was no demand."""
    return act_on(ticket_id, "void", dispatching.void, "ticket_desks.voided")


@bp.post("/dispatch/<int:ticket_id>/split-off")
@requires(Permission.TICKETS_DISPATCH)
def split_off(ticket_id: int) -> ResponseReturnValue:
    """Let a merged ticket stand for itself again; its page opens to be dispatched."""
    told = "ticket_desks.was_split_off"
    return act_on(ticket_id, "split_off", merging.split_off, told, stays=True)


@bp.post("/dispatch/<int:ticket_id>/resume")
@requires(Permission.TICKETS_DISPATCH)
def resume(ticket_id: int) -> ResponseReturnValue:
    """Let a suspended ticket and its unit's clock go on."""
    return act_on(ticket_id, "resume", timing.resume, "ticket_desks.resumed", stays=True)


@bp.post("/dispatch/<int:ticket_id>/reopen")
@requires(Permission.TICKETS_DECIDE)
def reopen(ticket_id: int) -> ResponseReturnValue:
    """Take a closed ticket up again: a new round of its unit, which the figures show."""
    return act_on(ticket_id, "reopen", visiting.reopen, "ticket_desks.reopened", stays=True)


@bp.post("/dispatch/<int:ticket_id>/follow-rules")
@requires(Permission.TICKETS_DECIDE)
def follow_rules(ticket_id: int) -> ResponseReturnValue:
    """Let a clock follow the rules of today instead of those it began under, with a record."""
    return act_on(
        ticket_id, "follow_rules", timing.follow_rules_of_today, "ticket_desks.rules_followed",
        stays=True,
        given=lambda form: {"clock_id": form.clock.data or 0, "reason": form.reason.data or ""},
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/person-kind")
@requires(Permission.TICKETS_DISPATCH)
def correct_person_kind(ticket_id: int) -> ResponseReturnValue:
    """Correct whether a person, an enterprise or another organisation asks; no clock moves."""
    return act_on(
        ticket_id, "person_kind", correcting.correct_person_kind,
        "ticket_desks.person_kind_corrected", stays=True,
        given=lambda form: {
            "new": PersonKind(form.person_kind.data) if form.person_kind.data else None,
            "reason": form.reason.data or "",
        },
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/category-and-place")
@requires(Permission.TICKETS_DISPATCH)
def correct_category_and_place(ticket_id: int) -> ResponseReturnValue:
    """Correct what the matter is and where; no clock moves, and who is proposed follows."""
    return act_on(
        ticket_id, "matter", _correct_matter, "ticket_desks.matter_corrected", stays=True,
        given=lambda form: {"new": _matter_in(form, ticket_id), "reason": form.reason.data or ""},
    )  # fmt: skip


def _correct_matter(ticket_id: int, **given: Any) -> None:
    with beside(county_code="place", town_code="place"):
        correcting.correct_category_and_place(ticket_id, **given)


def _matter_in(form: MatterForm, ticket_id: int) -> CategoryAndPlace:
    """Read what was typed; an address that the page does not show whole stays where none was."""
    county_code, town_code = read_place(form.place.data or "")
    typed = form.address.data or ""
    is_shown = dispatch_picture.shows_address(dispatch_picture.read(ticket_id))
    return CategoryAndPlace(
        category_code=form.category_code.data or "",
        county_code=county_code,
        town_code=town_code,
        address=typed if typed or is_shown else None,
    )
