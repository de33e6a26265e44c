"""Legal holds: while one stands on a call, nothing of its recordings is deleted."""

from collections.abc import Sequence

from sqlalchemy import Select, select, update

from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.core.events import publish
from app.recordings.events import RecordingHeld, RecordingHoldLifted
from app.recordings.models import Recording, RecordingHold

SHORTEST_REASON = 4


class HeldAlready(Conflict):
    """A hold stands on this call."""

    code = "recording-held-already"


class NotHeld(Conflict):
    """No hold stands on this call."""

    code = "recording-not-held"


class ReasonNeeded(Invalid):
    """A hold is set and lifted with a reason that says something."""

    code = "hold-reason-needed"


def hold_recordings(call_id: int, *, reason: str, held_by: int) -> RecordingHold:
    """Keep a call's recordings from deletion, also those that are still to come.

    Raises NoSuchCall, ReasonNeeded, HeldAlready.
    """
    calls.get_call(call_id)
    if calls.lock(call_id) is None or standing_hold(call_id) is not None:
        raise HeldAlready
    hold = RecordingHold(
        call_id=call_id, reason=_checked(reason), set_by=held_by, set_at=clock.now()
    )
    db.session.add(hold)
    _mark(call_id, is_held=True)
    publish(RecordingHeld(call_id=call_id, held_by=held_by, reason=hold.reason))
    return hold


def lift_hold(call_id: int, *, reason: str, lifted_by: int) -> None:
    """Let time pass again for a call's recordings. Raises NoSuchCall, ReasonNeeded, NotHeld."""
    calls.get_call(call_id)
    calls.lock(call_id)
    hold = standing_hold(call_id)
    if hold is None:
        raise NotHeld
    hold.lift_reason = _checked(reason)
    hold.lifted_by, hold.lifted_at = lifted_by, clock.now()
    _mark(call_id, is_held=False)
    publish(RecordingHoldLifted(call_id=call_id, lifted_by=lifted_by, reason=hold.lift_reason))


def standing_hold(call_id: int) -> RecordingHold | None:
    """Return the hold that stands on a call, or None."""
    wanted = select(RecordingHold).where(
        RecordingHold.call_id == call_id, RecordingHold.lifted_at.is_(None)
    )
    return db.session.scalars(wanted).first()


def held_calls() -> Select[int]:
    """Select the calls on which a hold stands, for whatever would take sound away."""
    return select(RecordingHold.call_id).where(RecordingHold.lifted_at.is_(None))


def holds_of(call_id: int) -> Sequence[RecordingHold]:
    """Return every hold that a call has had, oldest first."""
    wanted = select(RecordingHold).where(RecordingHold.call_id == call_id)
    return list(db.session.scalars(wanted.order_by(RecordingHold.id)))


def _checked(reason: str) -> str:
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise ReasonNeeded(field="reason")
    return said


def _mark(call_id: int, *, is_held: bool) -> None:
    changed = update(Recording).where(Recording.call_id == call_id).values(legal_hold=is_held)
    db.session.execute(changed)
