"""Receive, link, find and play recordings."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.events import publish
from app.core.handed_down import given
from app.recordings import audio_store, call_ties, holds
from app.recordings.audio_checks import (
    RecordingState,
    Sound,
    judge,
    length_state,
    measure,
)
from app.recordings.audio_joining import PiecesDiffer, join_pieces
from app.recordings.audio_store import AudioMissing, AudioPlace
from app.recordings.events import RecordingFoundAltered, RecordingPlayed, RecordingReceived
from app.recordings.hearing import HeardCall, Listener, may_hear
from app.recordings.models import Recording, RecordingPlay
from app.recordings.play_starts import starts_play
from app.recordings.recording_names import RecordingName, read_name

__all__ = ["AudioPlace", "Listener", "Recording", "RecordingState"]

logger = logging.getLogger(__name__)

CONTENT_TYPE = "audio/wav"
_LENGTH_STATES = frozenset({RecordingState.OK, RecordingState.SHORT})


class NoSuchRecording(NotFound):
    """There is no such recording, or not for this person."""

    code = "no-such-recording"


class RecordingDiffers(Conflict):
    """A recording of this name is here already, and sounds different."""

    code = "recording-differs"


class RecordingIsDeleted(NotFound):
    """The recording's time was over; its sound was deleted by rule."""

    code = "recording-is-deleted"


class AudioAltered(Conflict):
    """The file is not the one that was received; it is not played as if it were."""

    code = "audio-altered"

    def __init__(self, recording_id: int) -> None:
        super().__init__(recording=recording_id)
        self.recording_id = recording_id


class PiecesCannotBeJoined(Conflict):
    """The pieces of this call can only be heard one by one."""

    code = "pieces-cannot-be-joined"


@dataclass(frozen=True, kw_only=True)
class PreparedRecording:
    """A recording measured and written down, not yet saved."""

    parts: RecordingName
    sha256: str
    size_bytes: int
    sound: Sound
    path: str
    at: datetime


def receive_recording(
    *, name: str, content: bytes, exchange_id: str, call_key: str, segment: int
) -> Recording:
    """Keep a recording, check it and link it to its call; see `receive_prepared`."""
    parts = RecordingName(name=name, exchange_id=exchange_id, call_key=call_key, segment=segment)
    return receive_prepared(prepare_recording(parts, content))


def prepare_recording(parts: RecordingName, content: bytes) -> PreparedRecording:
    """Measure a WAV file and write it down: the slow half, done before a save is opened.

    Raises AudioStoreDown, AudioStoreFull: then nothing is kept, and whoever brings it comes again.
    """
    at = clock.now()
    path = audio_store.path_for(content, name=parts.name, at=at)
    given(AudioPlace).store.put(path, content)
    return PreparedRecording(
        parts=parts,
        sha256=audio_store.sha256_of(content),
        size_bytes=len(content),
        sound=measure(content),
        path=path,
        at=at,
    )


def receive_prepared(prepared: PreparedRecording) -> Recording:
    """Save a prepared recording and link it to its call; the same one again changes nothing.

    A call that is not in the ledger leaves the recording an orphan, and receiving it again tries
    to link it again. Raises RecordingDiffers when the name is taken by another content; this one
    is put aside then. How it sounds is flagged, never refused (decision 18).
    """
    known = find_recording_named(prepared.parts.name)
    if known is None:
        known = _add(prepared)
    elif known.sha256 != prepared.sha256:
        aside = audio_store.put_aside(prepared.path, store=given(AudioPlace).store)
        logger.error("a recording came twice, differing", extra={"put_aside": aside})
        raise RecordingDiffers(name=prepared.parts.name)
    elif known.path != prepared.path:
        given(AudioPlace).store.delete(prepared.path)  # repeated on a later day
    _link(known)
    return known


def _add(prepared: PreparedRecording) -> Recording:
    sound = prepared.sound
    recording = Recording(
        name=prepared.parts.name,
        exchange_id=prepared.parts.exchange_id,
        call_key=prepared.parts.call_key,
        segment=prepared.parts.segment,
        seconds=sound.seconds,
        rms=sound.rms,
        size_bytes=prepared.size_bytes,
        sha256=prepared.sha256,
        # its length is judged when its call is known
        state=judge(sound, recorded_seconds=sound.seconds, talked_seconds=0.0),
        path=prepared.path,
        received_at=prepared.at,
        legal_hold=False,
    )
    db.session.add(recording)
    db.session.flush()
    return recording


def link_orphans(*, exchange_id: str, call_key: str) -> list[Recording]:
    """Link what was received before its call was known; return what was linked."""
    wanted = select(Recording).where(
        Recording.exchange_id == exchange_id,
        Recording.call_key == call_key,
        Recording.call_id.is_(None),
    )
    orphans = list(db.session.scalars(wanted.order_by(Recording.segment)))
    for orphan in orphans:
        _link(orphan)
    return [orphan for orphan in orphans if orphan.call_id is not None]


def list_orphans(*, older_than: timedelta = timedelta(0)) -> list[Recording]:
    """Return recordings without a call that came at least so long ago, oldest first."""
    wanted = select(Recording).where(
        Recording.call_id.is_(None), Recording.received_at <= clock.now() - older_than
    )
    return list(db.session.scalars(wanted.order_by(Recording.received_at, Recording.id)))


def find_recording_named(name: str) -> Recording | None:
    """Return the recording of this name, or None."""
    return db.session.scalars(select(Recording).where(Recording.name == name)).one_or_none()


def find_recording(recording_id: int) -> Recording | None:
    """Return a recording whoever asks, or None: for rules and sweeps, not for listeners."""
    return db.session.get(Recording, recording_id)


def get_recording(recording_id: int, *, listener: Listener) -> Recording:
    """Return a recording that this person may hear, or raise NoSuchRecording."""
    recording = find_recording(recording_id)
    if recording is None or not _may_hear(recording.call_id, listener):
        raise NoSuchRecording
    return recording


def may_hear_call(call_id: int, *, listener: Listener) -> bool:
    """Say whether this person may hear what was recorded of a call."""
    return _may_hear(call_id, listener)


def _may_hear(call_id: int | None, listener: Listener) -> bool:
    if call_id is None:
        return may_hear(HeardCall(agent_id=None), listener)
    tie = call_ties.tie_of(call_id)
    heard = HeardCall(
        agent_id=calls.get_call(call_id).agent_id,
        has_ticket=tie.has_ticket,
        is_confidential=tie.is_confidential,
    )
    return may_hear(heard, listener)


def recordings_of_call(call_id: int) -> Sequence[Recording]:
    """Return the pieces of a call's recording in the order of the talk."""
    wanted = select(Recording).where(Recording.call_id == call_id)
    return list(db.session.scalars(wanted.order_by(Recording.segment, Recording.id)))


def recordings_of_calls(call_ids: Collection[int]) -> dict[int, list[Recording]]:
    """Return the pieces of several calls, in the order of the talk; a call without has none."""
    wanted = select(Recording).where(Recording.call_id.in_(call_ids))
    found: dict[int, list[Recording]] = {call_id: [] for call_id in call_ids}
    for piece in db.session.scalars(wanted.order_by(Recording.segment, Recording.id)):
        if piece.call_id is not None:
            found[piece.call_id].append(piece)
    return found


def sound_of(recording: Recording) -> bytes:
    """Return a recording's WAV file, proved to be what was received.

    Raises RecordingIsDeleted, AudioMissing, AudioAltered, AudioStoreDown.
    """
    if recording.deleted_at is not None:
        raise RecordingIsDeleted
    try:
        content = given(AudioPlace).store.get(recording.path)
    except AudioMissing:
        logger.exception("the file of a recording is gone", extra={"recording_id": recording.id})
        raise
    if audio_store.sha256_of(content) != recording.sha256:
        logger.error("a recording was altered", extra={"recording_id": recording.id})
        raise AudioAltered(recording.id)
    return content


def sound_of_call(call_id: int) -> bytes:
    """Return everything that was recorded of a call as one WAV file, in the order of the talk.

    Raises NoSuchRecording, PiecesCannotBeJoined, and what `sound_of` raises.
    """
    pieces = [piece for piece in recordings_of_call(call_id) if piece.deleted_at is None]
    if not pieces:
        raise NoSuchRecording
    try:
        return join_pieces([sound_of(piece) for piece in pieces])
    except (PiecesDiffer, ValueError) as why:
        raise PiecesCannotBeJoined from why


def tell_altered(recording_id: int) -> None:
    """Say that a recording's file is not what was received; the audit keeps it."""
    recording = db.session.get_one(Recording, recording_id)
    publish(RecordingFoundAltered(recording_id=recording.id, call_id=recording.call_id))


def is_new_play(
    recording: Recording, *, played_by: int, first_byte: int, seconds: float | None = None
) -> bool:
    """Say whether a request for the sound from this byte on begins a play (see play_starts).

    `seconds` is the length of what is played, when it is more than this one piece.
    """
    wanted = select(RecordingPlay.at).where(
        RecordingPlay.recording_id == recording.id, RecordingPlay.played_by == played_by
    )
    last = db.session.scalars(wanted.order_by(RecordingPlay.id.desc()).limit(1)).first()
    return starts_play(
        first_byte=first_byte,
        last_play_at=last,
        length=timedelta(seconds=recording.seconds if seconds is None else seconds),
        now=clock.now(),
    )


def note_play(recording_ids: Collection[int], *, played_by: int) -> None:
    """Note that somebody listens to these recordings."""
    for recording_id in recording_ids:
        recording = db.session.get_one(Recording, recording_id)
        db.session.add(
            RecordingPlay(recording_id=recording.id, played_by=played_by, at=clock.now())
        )
        publish(
            RecordingPlayed(
                recording_id=recording.id, call_id=recording.call_id, played_by=played_by
            )
        )


def plays_of_call(call_id: int) -> Sequence[RecordingPlay]:
    """Return who listened to a call's recordings and when, newest first."""
    wanted = (
        select(RecordingPlay)
        .join(Recording, Recording.id == RecordingPlay.recording_id)
        .where(Recording.call_id == call_id)
        .order_by(RecordingPlay.at.desc(), RecordingPlay.id.desc())
    )
    return list(db.session.scalars(wanted))


def name_of(name: str, *, exchange_id: str) -> RecordingName:
    """Read what a recording's name says, or raise BadRecordingName."""
    return read_name(name, exchange_id=exchange_id)


def _link(recording: Recording) -> None:
    """Link a recording to its call if the ledger knows it, and judge the call's pieces anew."""
    if recording.call_id is not None:
        return
    call = calls.find_call(recording.exchange_id, recording.call_key)
    if call is None:
        logger.warning("a recording without a call", extra={"recording": recording.name})
        return
    calls.lock(call.id)  # a hold that is being set waits for this save, or this for it
    recording.call_id = call.id
    recording.legal_hold = holds.standing_hold(call.id) is not None
    db.session.flush()
    changed = {recording.id: recording, **_judge_lengths(call.id)}
    for piece in changed.values():
        publish(
            RecordingReceived(
                recording_id=piece.id,
                call_id=call.id,
                agent_id=call.agent_id,
                state=piece.state.value,
            )
        )


def _judge_lengths(call_id: int) -> dict[int, Recording]:
    """Judge whether the pieces of a call cover its talk; return those whose state changed."""
    pieces = recordings_of_call(call_id)
    state = length_state(
        recorded_seconds=sum(piece.seconds for piece in pieces),
        talked_seconds=calls.recordable_seconds(call_id),
    )
    changed = [p for p in pieces if p.state in _LENGTH_STATES and p.state is not state]
    for piece in changed:
        piece.state = state
    return {piece.id: piece for piece in changed}
