"""Begins, notes and ends the rounds that delete; the rows they leave are the log of deletions."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db
from app.core.events import publish
from app.keeping.events import RecordsDeleted
from app.keeping.models import AttachmentDeletion, DeletionRound
from app.rules import retention_register
from app.rules.retention_lengths import shortest_of

Place = tuple[datetime, int]
"""Where a round has come to: the moment and the id of the last record that it looked at."""
DEAD_AFTER = timedelta(minutes=10)
"""A round that has done nothing for so long was cut short; it is gone on with."""
MOST_SHOWN = 60
MOST_FILES = 200


@dataclass(frozen=True, kw_only=True)
class Due:
    """What a round deletes: what ended before a moment, by a length in days."""

    round_id: int
    before: datetime
    keep_days: int


@dataclass(frozen=True, kw_only=True)
class Batch:
    """What one save of a round did, and where the next goes on (`last` None: that was all)."""

    deleted: int
    held: int = 0
    waiting: int = 0
    last: Place | None


@dataclass(frozen=True, kw_only=True)
class Work:
    """How one class of records comes to its end: `step` looks at the next few, in one save."""

    record_class: str
    step: Callable[[Due, Place | None], Batch]


def begin(record_class: str) -> Due | None:
    """Begin the day's round, or go on with one that was cut short.

    None: this day's is done, another process is at it, or no length holds for the class, so that
    it is kept. What the law asks for at least is kept whatever stands in the table.
    """
    now = clock.now()
    rule = retention_register.get_class(record_class).holding
    if rule is None:
        return None
    _end_older(record_class, now)
    day = now.astimezone(CITY_TIME).date()
    wanted = select(DeletionRound).where(
        DeletionRound.record_class == record_class, DeletionRound.day == day
    )
    row = db.session.scalars(wanted.with_for_update()).first()
    if row is None:
        days = max(rule.keep_days, shortest_of(record_class))
        row = DeletionRound(
            record_class=record_class, day=day, keep_days=days, rule_from=rule.valid_from,
            basis=rule.basis, before=now - timedelta(days=days), started_at=now, deleted=0,
        )  # fmt: skip
        db.session.add(row)
    elif row.finished_at is not None or row.touched_at > now - DEAD_AFTER:
        return None
    row.held = row.waiting = 0  # what stayed is counted anew; what is gone is gone
    row.touched_at = now
    db.session.flush()
    return Due(round_id=row.id, before=row.before, keep_days=row.keep_days)


def note(round_id: int, batch: Batch) -> None:
    """Count what a save of a round did, in that save."""
    row = db.session.get_one(DeletionRound, round_id)
    row.deleted += batch.deleted
    row.held += batch.held
    row.waiting += batch.waiting
    row.touched_at = clock.now()


def finish(round_id: int) -> None:
    """End a round; what it deleted is told once."""
    row = db.session.get_one(DeletionRound, round_id)
    row.finished_at = clock.now()
    _tell(row)


def deletions(*, most: int = MOST_SHOWN) -> Sequence[DeletionRound]:
    """Return the last rounds that deleted something, newest first."""
    wanted = select(DeletionRound).where(DeletionRound.deleted > 0)
    return db.session.scalars(wanted.order_by(DeletionRound.id.desc()).limit(most)).all()


def last_round(record_class: str) -> DeletionRound | None:
    """Return the newest round over a class, be it done or not."""
    wanted = select(DeletionRound).where(DeletionRound.record_class == record_class)
    return db.session.scalars(wanted.order_by(DeletionRound.day.desc()).limit(1)).first()


def wish_file_away(path: str, *, sha256: str) -> None:
    """Keep, in the save that forgets it, that a file is to be taken away."""
    db.session.add(AttachmentDeletion(path=path, sha256=sha256, wished_at=clock.now()))


def files_to_delete() -> list[tuple[int, str]]:
    """Return the next files that nothing names any more, each with the id of its deletion."""
    wanted = select(AttachmentDeletion.id, AttachmentDeletion.path)
    wanted = wanted.where(AttachmentDeletion.done_at.is_(None))
    found = db.session.execute(wanted.order_by(AttachmentDeletion.id).limit(MOST_FILES))
    return [(deletion_id, path) for deletion_id, path in found]


def note_taken_away(deletion_ids: Collection[int]) -> None:
    """The files of these deletions are gone."""
    gone = update(AttachmentDeletion).where(AttachmentDeletion.id.in_(deletion_ids))
    db.session.execute(gone.values(done_at=clock.now()))


def _end_older(record_class: str, now: datetime) -> None:
    """End rounds of days before that nobody finished: today's goes over the same records."""
    day = now.astimezone(CITY_TIME).date()
    wanted = select(DeletionRound).where(
        DeletionRound.record_class == record_class,
        DeletionRound.finished_at.is_(None),
        DeletionRound.day < day,
        DeletionRound.touched_at <= now - DEAD_AFTER,
    )
    for row in db.session.scalars(wanted):
        row.finished_at = row.touched_at
        _tell(row)


def _tell(row: DeletionRound) -> None:
    if row.deleted:
        publish(
            RecordsDeleted(
                record_class=row.record_class,
                rows=row.deleted,
                before=row.before,
                keep_days=row.keep_days,
                held=row.held,
            )
        )
