"""Where exchange nodes bring finished recordings: one signed PUT per file, repeated until taken.

Answers are for the node's spooler: 201 taken, 200 had it already, 202 taken without its call,
409 come again (its call is not in the ledger yet), 400, 401, 413, 422 as HTTP says. A test upload
is answered 200 and not kept.
"""

from datetime import timedelta

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.database import unit_of_work
from app.core.extensions import csrf
from app.core.permissions import public
from app.recordings import audio_store, service
from app.recordings.recording_names import BadRecordingName
from app.recordings.upload_signature import TEST_UPLOAD, is_fresh, is_genuine
from telephony.port import Exchange

bp = Blueprint("recording_uploads", __name__)

LARGEST_UPLOAD = 128 * 1024 * 1024  # more than two hours of talk
CALL_MAY_COME = timedelta(hours=1)
RETRY_SECONDS = 30


@bp.put("/telephony/recordings/<exchange_id>/<name>")
@public
def receive_upload(exchange_id: str, name: str) -> ResponseReturnValue:
    """Take a recording from an exchange that signs it."""
    request.max_content_length = LARGEST_UPLOAD
    exchanges: dict[str, Exchange] = current_app.extensions["hotline.exchanges"]
    exchange = exchanges.get(exchange_id)
    timestamp = request.headers.get("X-Hotline-Timestamp", "")
    if exchange is None or not exchange.upload_secret or not is_fresh(timestamp, now=clock.now()):
        return {"state": "not-signed"}, 401
    claimed = request.headers.get("X-Hotline-Body-Sha256", "")
    # Judged by the headers alone: nobody without the secret makes us read a hundred megabytes.
    if not is_genuine(
        request.headers.get("X-Hotline-Signature", ""),
        secret=exchange.upload_secret,
        body_sha256=claimed,
        timestamp=timestamp,
        exchange_id=exchange_id,
        name=name,
    ):
        return {"state": "not-signed"}, 401
    content = request.get_data(cache=False)
    if audio_store.sha256_of(content) != claimed:
        return {"state": "not-signed"}, 401
    if name == TEST_UPLOAD:
        return {"state": "heard", "bytes": len(content)}
    return _receive(exchange_id, name, content)


csrf.exempt(receive_upload)  # a signature stands in the place of a page's token


def _receive(exchange_id: str, name: str, content: bytes) -> ResponseReturnValue:
    try:
        parts = service.name_of(name, exchange_id=exchange_id)
    except BadRecordingName:
        return {"state": "bad-name"}, 400
    known = service.find_recording_named(name)
    is_linked_already = known is not None and known.call_id is not None
    brought = service.prepare_recording(parts, content)
    try:
        with unit_of_work():
            recording = service.receive_prepared(brought)
            call_id, received_at = recording.call_id, recording.received_at
    except service.RecordingDiffers:
        return {"state": "differs"}, 422  # not 409: coming again would not mend it
    if call_id is not None:
        return ({"state": "known"}, 200) if is_linked_already else ({"state": "taken"}, 201)
    if clock.now() - received_at < CALL_MAY_COME:
        return {"state": "call-unknown"}, 409, {"Retry-After": str(RETRY_SECONDS)}
    return {"state": "orphan"}, 202
