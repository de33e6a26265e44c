"""Recordings that an exchange keeps for us: which are still to be fetched, and when."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.core import clock
from app.core.database import db
from app.recordings.fetch_times import next_try
from app.recordings.models import RecordingFetch


def note_told(exchange_id: str, recording_name: str) -> None:
    """An exchange says that a recording can be fetched: keep that until it is ours.

    Said again, also after it was fetched, it changes nothing.
    """
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    at = clock.now()
    row = {
        "exchange_id": exchange_id,
        "recording_name": recording_name[:160],
        "told_at": at,
        "tries": 0,
        "next_try_at": at,
    }
    db.session.execute(insert(RecordingFetch).values(row).on_conflict_do_nothing())


def due_fetches(*, at: datetime, limit: int = 50) -> list[tuple[int, str, str]]:
    """Return (id, exchange, name) of what is to be fetched by now, the longest due first."""
    wanted = (
        select(RecordingFetch.id, RecordingFetch.exchange_id, RecordingFetch.recording_name)
        .where(RecordingFetch.next_try_at <= at)
        .order_by(RecordingFetch.next_try_at, RecordingFetch.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(wanted)]


def mark_fetched(fetch_id: int) -> None:
    """The recording is ours, and the exchange may have forgotten it."""
    fetch = db.session.get_one(RecordingFetch, fetch_id)
    fetch.done_at, fetch.next_try_at = clock.now(), None


def mark_refused(fetch_id: int, *, why: str) -> None:
    """The exchange did not hand it over, or it could not be kept: when to ask again."""
    fetch = db.session.get_one(RecordingFetch, fetch_id)
    fetch.tries, fetch.last_refusal = fetch.tries + 1, why[:64]
    fetch.next_try_at = next_try(tries=fetch.tries, told_at=fetch.told_at, now=clock.now())


def is_any_to_come(exchange_id: str, call_key: str) -> bool:
    """Say whether something that was recorded of this call is told and not ours yet."""
    wanted = select(RecordingFetch.id).where(
        RecordingFetch.exchange_id == exchange_id,
        RecordingFetch.done_at.is_(None),
        RecordingFetch.recording_name.startswith(f"{exchange_id}_{call_key}_", autoescape=True),
    )
    return db.session.scalars(wanted.limit(1)).first() is not None


def open_fetches() -> list[RecordingFetch]:
    """Return what was told and is not ours, oldest first."""
    wanted = select(RecordingFetch).where(RecordingFetch.done_at.is_(None))
    return list(db.session.scalars(wanted.order_by(RecordingFetch.told_at, RecordingFetch.id)))
