"""Listening to recordings, and holding them."""

import io
from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.core.database import unit_of_work
from app.core.forms import check_form
from app.core.permissions import Permission, requires
from app.core.sign_in import the_person
from app.privacy import service as privacy
from app.privacy.looks import Deed, Subject, SubjectKind
from app.recordings import holds, service
from app.recordings.forms import HoldForm
from app.recordings.listening import listener_now
from app.recordings.webhooks import bp as uploads

bp = Blueprint("recordings", __name__)
bp.register_blueprint(uploads)


@bp.get("/recordings/<int:recording_id>/audio")
@requires(Permission.RECORDINGS_PLAY)
def play_recording(recording_id: int) -> ResponseReturnValue:
    """Send the sound, or the part of it that was asked for; note who listens, once per play."""
    recording = service.get_recording(recording_id, listener=listener_now())
    name = recording.name
    content = _proved(lambda: service.sound_of(recording))
    if request.method == "GET":
        _note_play([recording], seconds=recording.seconds)
    return _sent(content, name=name)


@bp.get("/calls/<int:call_id>/recording")
@requires(Permission.RECORDINGS_PLAY)
def play_call(call_id: int) -> ResponseReturnValue:
    """Send all pieces of a call as one sound, in the order of the talk."""
    if not service.may_hear_call(call_id, listener=listener_now()):
        raise service.NoSuchRecording
    pieces = [p for p in service.recordings_of_call(call_id) if p.deleted_at is None]
    content = _proved(lambda: service.sound_of_call(call_id))
    if request.method == "GET":
        _note_play(pieces, seconds=sum(piece.seconds for piece in pieces))
    return _sent(content, name=f"{call_id}.wav")


@bp.post("/calls/<int:call_id>/recording-hold")
@requires(Permission.RECORDINGS_HOLD)
def hold_recordings(call_id: int) -> ResponseReturnValue:
    """Put a legal hold on a call's recordings."""
    form = HoldForm()
    check_form(form)
    with unit_of_work():
        holds.hold_recordings(call_id, reason=form.reason.data or "", held_by=the_person().id)
    flash(gettext("recording.hold_set"))
    return redirect(url_for("workstation.call_pages.show_call", call_id=call_id))


@bp.post("/calls/<int:call_id>/recording-hold/lift")
@requires(Permission.RECORDINGS_HOLD)
def lift_hold(call_id: int) -> ResponseReturnValue:
    """Lift the legal hold on a call's recordings."""
    form = HoldForm()
    check_form(form)
    with unit_of_work():
        holds.lift_hold(call_id, reason=form.reason.data or "", lifted_by=the_person().id)
    flash(gettext("recording.hold_was_lifted"))
    return redirect(url_for("workstation.call_pages.show_call", call_id=call_id))


def _proved(read: Callable[[], bytes]) -> bytes:
    """Read a sound; what was altered since it was received is told before it is refused."""
    try:
        return read()
    except service.AudioAltered as why:
        with unit_of_work():
            service.tell_altered(why.recording_id)
        raise


def _note_play(pieces: list[service.Recording], *, seconds: float) -> None:
    """Note one play of everything that is sent, unless the request goes on with one."""
    listener = the_person().id
    if not service.is_new_play(
        pieces[0], played_by=listener, first_byte=_first_byte(), seconds=seconds
    ):
        return
    ids, call_id = [piece.id for piece in pieces], pieces[0].call_id
    with unit_of_work():
        service.note_play(ids, played_by=listener)
        if call_id is not None:
            privacy.note_view(
                Subject(kind=SubjectKind.CALL, id=call_id, name=str(call_id)),
                viewer_id=listener,
                deed=Deed.PLAYED,
                address=request.remote_addr or "",
            )


def _sent(content: bytes, *, name: str) -> ResponseReturnValue:
    return send_file(
        io.BytesIO(content), mimetype=service.CONTENT_TYPE, download_name=name, conditional=True
    )


def _first_byte() -> int:
    """Return where the wanted part begins; the end of a file (bytes=-500) counts as its middle."""
    if request.range is None or not request.range.ranges:
        return 0
    return max(first if first >= 0 else 1 for first, _ in request.range.ranges)
