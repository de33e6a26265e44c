"""Tables of recordings: the pieces, who listened, holds, deletions, fetches and sweeps."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from app.recordings.audio_checks import RecordingState


class Recording(Model):
    """One piece of a call's sound. Without a call it is an orphan: safe, and not yet explained."""

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("ix_recordings_exchange_id_call_key", "exchange_id", "call_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    exchange_id: Mapped[str] = mapped_column(String(32))
    call_key: Mapped[str] = mapped_column(String(64))
    segment: Mapped[int]
    seconds: Mapped[float]
    rms: Mapped[int]  # loudness of the whole, of 32767
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[RecordingState] = mapped_column(word(RecordingState))
    path: Mapped[str] = mapped_column(String(255))  # below the folder of recordings
    received_at: Mapped[datetime] = mapped_column(Moment, index=True)
    legal_hold: Mapped[bool] = mapped_column(default=False, server_default=false())
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)  # its time was over: no sound left


class RecordingPlay(Model):
    """Somebody listened to a recording."""

    __tablename__ = "recording_plays"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"), index=True)
    played_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


class RecordingHold(Model):
    """A call's recordings must not be deleted, and why; lifted with a reason too."""

    __tablename__ = "recording_holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(Moment)
    lift_reason: Mapped[str | None] = mapped_column(Text)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)


class RecordingDeletion(Model):
    """Proof that a recording was deleted when its time was over: what it was, by which rule.

    Written before the file goes; `done_at` says that it is gone.
    """

    __tablename__ = "recording_deletions"
    __table_args__ = (UniqueConstraint("recording_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"))
    record_class: Mapped[str] = mapped_column(String(32))
    keep_days: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(Moment)
    path: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    wished_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment, index=True)


class RecordingFetch(Model):
    """A recording that an exchange told us of and that we fetch from there, until it is ours."""

    __tablename__ = "recording_fetches"
    __table_args__ = (
        UniqueConstraint("exchange_id", "recording_name"),
        Index("ix_recording_fetches_next_try_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(String(32))
    recording_name: Mapped[str] = mapped_column(String(160))
    told_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Moment)  # None: done, or given up
    last_refusal: Mapped[str | None] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class RecordingSweep(Model):
    """One look over all recordings and what it found; `day` is None for one asked for by hand."""

    __tablename__ = "recording_sweeps"
    __table_args__ = (UniqueConstraint("kind", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))  # completeness, retention, digests
    day: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
