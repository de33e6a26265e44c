"""What is kept of a call's sound, for those who hand it on: also what is not as it was received."""

from dataclasses import dataclass
from datetime import datetime

from app.core.handed_down import given
from app.recordings import audio_store, service
from app.recordings.audio_store import AudioPlace


@dataclass(frozen=True, kw_only=True)
class KeptPiece:
    """One piece as its row tells of it; `sha256` is that of what was received."""

    recording_id: int
    segment: int
    seconds: float
    sha256: str
    path: str
    deleted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SoundNow:
    """A piece's file as it lies there now."""

    content: bytes
    sha256: str
    is_altered: bool


def pieces_of(call_id: int) -> tuple[KeptPiece, ...]:
    """Return what came of a call, in the order of the talk; what was deleted since is among it."""
    return tuple(
        KeptPiece(
            recording_id=row.id,
            segment=row.segment,
            seconds=row.seconds,
            sha256=row.sha256,
            path=row.path,
            deleted_at=row.deleted_at,
        )
        for row in service.recordings_of_call(call_id)
    )


def sound_now(piece: KeptPiece) -> SoundNow | None:
    """Return a piece's file, altered or not; None where it is gone.

    It is not played as if it were what was received: whoever asks says that it was altered.
    Raises AudioStoreDown.
    """
    try:
        content = given(AudioPlace).store.get(piece.path)
    except audio_store.AudioMissing:
        return None
    found = audio_store.sha256_of(content)
    return SoundNow(content=content, sha256=found, is_altered=found != piece.sha256)
