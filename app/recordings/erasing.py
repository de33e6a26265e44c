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
