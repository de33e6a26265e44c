"""Tables of recordings and of who listened to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
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


class RecordingPlay(Model):
    """Somebody listened to a recording."""

    __tablename__ = "recording_plays"

    id: Mapped[int] = mapped_column(primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id"), index=True)
    played_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
