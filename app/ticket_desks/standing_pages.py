"""Where a ticket stands is put right: looked at first, struck out, split off, resumed, reopened."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.permissions import Permission, requires
from app.handling import dispatching, merging, timing, visiting
from app.ticket_desks.desk_acts import doer, seen_of
from app.ticket_desks.dispatch_forms import NoteForm, ReasonForm
from app.ticket_desks.dispatch_pages import act_on

bp = Blueprint("standing", __name__)


@bp.post("/dispatch/<int:ticket_id>/approve-intake")
@requires(Permission.TICKETS_DISPATCH)
def approve_intake(ticket_id: int) -> ResponseReturnValue:
    """Let a new ticket go on to be dispatched."""
    form = NoteForm(prefix="approve_intake")
    return act_on(
        ticket_id, "approve_intake", form,
        lambda: dispatching.approve_intake(
            ticket_id, note=form.note.data or "", doer=doer(), seen=seen_of(form)
        ),
        "ticket_desks.intake_approved",
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/void")
@requires(Permission.TICKETS_DECIDE)
def void(ticket_id: int) -> ResponseReturnValue:
    """Strike out what was no demand."""
    form = ReasonForm(prefix="void")
    return act_on(
        ticket_id, "void", form,
        lambda: dispatching.void(
            ticket_id, form.reason.data or "", doer=doer(), seen=seen_of(form)
        ),
        "ticket_desks.voided",
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/split-off")
@requires(Permission.TICKETS_DISPATCH)
def split_off(ticket_id: int) -> ResponseReturnValue:
    """Let a merged ticket stand for itself again; its page opens to be dispatched."""
    form = ReasonForm(prefix="split_off")
    return act_on(
        ticket_id, "split_off", form,
        lambda: merging.split_off(
            ticket_id, form.reason.data or "", doer=doer(), seen=seen_of(form)
        ),
        "ticket_desks.was_split_off", stays=True,
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/resume")
@requires(Permission.TICKETS_DISPATCH)
def resume(ticket_id: int) -> ResponseReturnValue:
    """Let a suspended ticket and its unit's clock go on."""
    form = NoteForm(prefix="resume")
    return act_on(
        ticket_id, "resume", form,
        lambda: timing.resume(
            ticket_id, note=form.note.data or "", doer=doer(), seen=seen_of(form)
        ),
        "ticket_desks.resumed", stays=True,
    )  # fmt: skip


@bp.post("/dispatch/<int:ticket_id>/reopen")
@requires(Permission.TICKETS_DECIDE)
def reopen(ticket_id: int) -> ResponseReturnValue:
    """Take a closed ticket up again: a new round of its unit, which the figures show."""
    form = ReasonForm(prefix="reopen")
    return act_on(
        ticket_id, "reopen", form,
        lambda: visiting.reopen(
            ticket_id, form.reason.data or "", doer=doer(), seen=seen_of(form)
        ),
        "ticket_desks.reopened", stays=True,
    )  # fmt: skip
