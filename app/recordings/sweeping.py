"""What the daily sweeps ask of the database: what is missing, what is due, how a sweep went."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.recordings import call_ties
from app.recordings.completeness import Dated
from app.recordings.events import RecordingDeleted, RecordingsSwept
from app.recordings.holds import held_calls
from app.recordings.models import Recording, RecordingDeletion, RecordingSweep
from app.recordings.retention import KeptRecording, RecordClass, class_of, due_at
from app.rules import service as rules

BATCH = 200
DEAD_AFTER = timedelta(hours=2)
"""A sweep that has not finished after this was cut short, and may be begun again."""


@dataclass(frozen=True, kw_only=True)
class WishedDeletion:
    """A deletion that is saved, and whose file is still to go."""

    id: int
    path: str


@dataclass(frozen=True, kw_only=True)
class KnownFile:
    """What the database says of one file."""

    recording_id: int
    path: str
    sha256: str


def talks_without_recording(
    *, since: datetime, until: datetime, exchange_ids: Collection[str]
) -> list[Dated]:
    """Return talks that ended in this time on these exchanges and of which nothing came."""
    talks = calls.talks_ended(since=since, until=until, exchange_ids=exchange_ids)
    wanted = select(Recording.call_id).where(Recording.call_id.in_([t.call_id for t in talks]))
    recorded = set(db.session.scalars(wanted))
    return [
        Dated(name=str(talk.call_id), since=talk.ended_at, seconds=talk.seconds)
        for talk in talks
        if talk.call_id not in recorded
    ]


def rows_of_day(folder: str) -> list[Dated]:
    """Return the files that must stand below this folder, by path."""
    wanted = select(Recording.path, Recording.received_at).where(
        Recording.path.startswith(f"{folder}/", autoescape=True), Recording.deleted_at.is_(None)
    )
    return [Dated(name=path, since=since) for path, since in db.session.execute(wanted)]


def known_files(*, after_id: int) -> list[KnownFile]:
    """Return the next recordings with a file, by id."""
    wanted = (
        select(Recording.id, Recording.path, Recording.sha256)
        .where(Recording.id > after_id, Recording.deleted_at.is_(None))
        .order_by(Recording.id)
        .limit(BATCH)
    )
    return [
        KnownFile(recording_id=found, path=path, sha256=sha256)
        for found, path, sha256 in db.session.execute(wanted)
    ]


def wish_deletions(*, after_id: int, now: datetime) -> tuple[list[WishedDeletion], int | None]:
    """Save which of the next recordings are to go; return them, and where to go on (None: done).

    Needs an open unit of work. A hold that is being set waits for this save, or this for it.
    """
    keep_days = {each.value: rules.keep_days(each.value, at=now) for each in RecordClass}
    known = {name: days for name, days in keep_days.items() if days is not None}
    if not known:
        return [], None
    oldest = now - timedelta(days=min(known.values()))
    wanted = (
        select(Recording)
        .where(
            Recording.id > after_id,
            Recording.received_at <= oldest,
            Recording.deleted_at.is_(None),
            Recording.legal_hold.is_(False),
            or_(Recording.call_id.is_(None), Recording.call_id.not_in(held_calls())),
        )
        .order_by(Recording.id)
        .limit(BATCH)
        .with_for_update()
    )
    found = list(db.session.scalars(wanted))
    ties = call_ties.ties_of([each.call_id for each in found if each.call_id is not None])
    wishes = [
        wish
        for each in found
        if (wish := _wish(each, ties.get(each.call_id or 0), known, now=now)) is not None
    ]
    db.session.flush()
    return (
        [WishedDeletion(id=wish.id, path=wish.path) for wish in wishes],
        found[-1].id if len(found) == BATCH else None,
    )


def _wish(
    recording: Recording,
    tie: call_ties.CallTie | None,
    keep_days: Mapping[str, int],
    *,
    now: datetime,
) -> RecordingDeletion | None:
    tie = tie or call_ties.NO_TIE
    kept = KeptRecording(
        record_class=class_of(has_ticket=tie.has_ticket, is_complaint=tie.is_complaint),
        received_at=recording.received_at,
        is_held=recording.legal_hold or tie.is_held,
        has_open_ticket=tie.has_open_ticket,
        settled_at=tie.settled_at,
    )
    due = due_at(kept, keep_days=keep_days)
    if due is None or due > now:
        return None
    deletion = RecordingDeletion(
        recording_id=recording.id,
        record_class=kept.record_class.value,
        keep_days=keep_days[kept.record_class],
        due_at=due,
        path=recording.path,
        sha256=recording.sha256,
        wished_at=now,
    )
    recording.deleted_at = now
    db.session.add(deletion)
    publish(
        RecordingDeleted(
            recording_id=recording.id,
            call_id=recording.call_id,
            record_class=deletion.record_class,
            keep_days=deletion.keep_days,
        )
    )
    return deletion


def unfinished_deletions() -> list[WishedDeletion]:
    """Return deletions that were saved and whose files may still be there."""
    wanted = select(RecordingDeletion.id, RecordingDeletion.path).where(
        RecordingDeletion.done_at.is_(None)
    )
    found = db.session.execute(wanted.order_by(RecordingDeletion.id))
    return [WishedDeletion(id=each_id, path=path) for each_id, path in found]


def mark_deleted(deletion_ids: Sequence[int]) -> None:
    """The files of these deletions are gone."""
    for deletion_id in deletion_ids:
        db.session.get_one(RecordingDeletion, deletion_id).done_at = clock.now()


def deletions(*, limit: int = 100) -> list[RecordingDeletion]:
    """Return the last deletions, newest first."""
    wanted = select(RecordingDeletion).order_by(RecordingDeletion.id.desc()).limit(limit)
    return list(db.session.scalars(wanted))


# --- sweeps themselves -----------------------------------------------------------------------


def begin(kind: str, *, day: date | None) -> int | None:
    """Begin a sweep; None when this day's is done, or somebody else is at it."""
    now = clock.now()
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row: dict[str, Any] = {"kind": kind, "day": day, "started_at": now, "body": {}}
    made = insert(RecordingSweep).values(row).on_conflict_do_nothing()
    sweep_id = db.session.execute(made.returning(RecordingSweep.id)).scalar_one_or_none()
    if sweep_id is not None:
        return sweep_id
    wanted = select(RecordingSweep).where(RecordingSweep.kind == kind, RecordingSweep.day == day)
    sweep = db.session.execute(wanted.with_for_update()).scalar_one()
    if sweep.finished_at is not None or sweep.started_at > now - DEAD_AFTER:
        return None
    sweep.started_at = now
    return sweep.id


def finish(sweep_id: int, *, body: Mapping[str, Any], faults: int) -> None:
    """Keep what a sweep found, and tell it."""
    sweep = db.session.get_one(RecordingSweep, sweep_id)
    sweep.finished_at, sweep.body = clock.now(), dict(body)
    publish(RecordingsSwept(sweep_id=sweep_id, kind=sweep.kind, faults=faults))


def last_sweep(kind: str) -> RecordingSweep | None:
    """Return the newest finished sweep of a kind, or None."""
    wanted = (
        select(RecordingSweep)
        .where(RecordingSweep.kind == kind, RecordingSweep.finished_at.is_not(None))
        .order_by(RecordingSweep.id.desc())
    )
    return db.session.scalars(wanted.limit(1)).first()
