"""Delete the sound of calls whose caller asked to be forgotten, unless the law keeps it."""

from collections.abc import Collection

from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.recordings.events import RecordingDeleted
from app.recordings.holds import held_calls
from app.recordings.models import Recording, RecordingDeletion, RecordingHold

ON_REQUEST = "on_request"
"""Stands for the record class: no rule of time deleted it."""


def is_any_held(call_ids: Collection[int]) -> bool:
    """Say whether a legal hold stands on one of these calls."""
    wanted = select(RecordingHold.id).where(
        RecordingHold.call_id.in_(call_ids), RecordingHold.lifted_at.is_(None)
    )
    return db.session.scalars(wanted.limit(1)).first() is not None


def held_among(call_ids: Collection[int]) -> frozenset[int]:
    """Return which of these calls have a legal hold."""
    held = held_calls().where(RecordingHold.call_id.in_(call_ids))
    return frozenset(db.session.scalars(held))


def sounding(call_ids: Collection[int]) -> frozenset[int]:
    """Return which of these calls can still be heard: their own length is not over."""
    wanted = select(Recording.call_id).where(
        Recording.call_id.in_(call_ids), Recording.deleted_at.is_(None)
    )
    return frozenset(each for each in db.session.scalars(wanted) if each is not None)


def ids_of_calls(call_ids: Collection[int]) -> frozenset[int]:
    """Return the pieces of sound that these calls have or had."""
    return frozenset(
        db.session.scalars(select(Recording.id).where(Recording.call_id.in_(call_ids)))
    )


def held_call_ids() -> frozenset[int]:
    """Return every call on which a legal hold stands."""
    return frozenset(db.session.scalars(held_calls()))


def erase_of_calls(call_ids: Collection[int]) -> int:
    """Let nobody hear these calls any more; return how many pieces there were.

    The wish is saved here; the next sweep takes the files away, and tries until they are gone.
    """
    wanted = select(Recording).where(
        Recording.call_id.in_(call_ids),
        Recording.deleted_at.is_(None),
        Recording.legal_hold.is_(False),
        Recording.call_id.not_in(held_calls()),
    )
    pieces = list(db.session.scalars(wanted.with_for_update()))
    now = clock.now()
    for piece in pieces:
        piece.deleted_at = now
        db.session.add(
            RecordingDeletion(
                recording_id=piece.id,
                record_class=ON_REQUEST,
                keep_days=0,
                due_at=now,
                path=piece.path,
                sha256=piece.sha256,
                wished_at=now,
            )
        )
        publish(
            RecordingDeleted(
                recording_id=piece.id, call_id=piece.call_id, record_class=ON_REQUEST, keep_days=0
            )
        )
    return len(pieces)
