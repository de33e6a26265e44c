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


@dataclass(frozen=True, kw_only=True)
class RecordingHeld(Event):
    """A legal hold was put on a call's recordings."""

    name: ClassVar[str] = "recording.held"
    call_id: int
    held_by: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordingHoldLifted(Event):
    """The legal hold on a call's recordings was lifted."""

    name: ClassVar[str] = "recording.hold_lifted"
    call_id: int
    lifted_by: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordingDeleted(Event):
    """A recording's time was over: its sound is to go; the row and the proof stay."""

    name: ClassVar[str] = "recording.deleted"
    recording_id: int
    call_id: int | None
    record_class: str
    keep_days: int


@dataclass(frozen=True, kw_only=True)
class RecordingFoundAltered(Event):
    """A recording's file is not what was received: its digest differs."""

    name: ClassVar[str] = "recording.found_altered"
    recording_id: int
    call_id: int | None


@dataclass(frozen=True, kw_only=True)
class RecordingsSwept(Event):
    """All recordings were looked over; `faults` is how much was found."""

    name: ClassVar[str] = "recording.swept"
    sweep_id: int
    kind: str
    faults: int
