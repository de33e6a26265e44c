"""Listening to a recording."""

from flask import Blueprint, request, send_file
from flask.typing import ResponseReturnValue

from app.core.database import unit_of_work
from app.core.permissions import Permission, may, requires
from app.core.sign_in import the_person
from app.recordings import service
from app.recordings.webhooks import bp as uploads

bp = Blueprint("recordings", __name__)
bp.register_blueprint(uploads)


@bp.get("/recordings/<int:recording_id>/audio")
@requires(Permission.RECORDINGS_PLAY)
def play_recording(recording_id: int) -> ResponseReturnValue:
    """Send the sound, or the part of it that was asked for; note who listens, once per play."""
    listener = the_person().id
    recording = service.get_recording(
        recording_id, heard_by=listener, hears_all=may(Permission.CALLS_READ_ALL)
    )
    name = recording.name
    audio = service.audio_of(recording)
    if request.method == "GET" and service.is_new_play(
        recording, played_by=listener, first_byte=_first_byte()
    ):
        with unit_of_work():
            service.play_recording(recording_id, played_by=listener)
    return send_file(audio.path, mimetype=audio.content_type, download_name=name, conditional=True)


def _first_byte() -> int:
    """Return where the wanted part begins; the end of a file (bytes=-500) counts as its middle."""
    if request.range is None or not request.range.ranges:
        return 0
    return max(first if first >= 0 else 1 for first, _ in request.range.ranges)
