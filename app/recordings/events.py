"""Facts about recordings."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordingReceived(Event):
    """A recording was linked to its call; told again when a later piece changes its state.

    `state` is a word of app.recordings.audio_checks.RecordingState.
    """

    name: ClassVar[str] = "recording.received"
    recording_id: int
    call_id: int
    agent_id: int | None
    state: str


@dataclass(frozen=True, kw_only=True)
class RecordingPlayed(Event):
    """Somebody began to listen to a recording."""

    name: ClassVar[str] = "recording.played"
    recording_id: int
    call_id: int | None
    played_by: int
