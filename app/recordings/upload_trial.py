"""Brings a test recording as a node does, and says what is wrong when it does not arrive.

Two uploads: one signed as the spooler signs, which must be heard, and one signed with another
secret, which must be refused. Both go to the address that nodes use, so a proxy in between is
tried as well. The receiver proves a test recording and keeps nothing of it.
"""

import io
import secrets
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPException

from app.recordings.audio_store import sha256_of
from app.recordings.upload_signature import TEST_UPLOAD, sign_upload
from telephony.doctor import Check, Outcome

ANSWER_SECONDS = 15.0
RATE = 8000
LONG_ENOUGH_SECONDS = 150
"""Two and a half minutes are 2.4 MB: more than what proxies let through unless they are told."""

HEARD = 200
FAULTS = {
    401: "not_signed",
    403: "no_put",
    404: "elsewhere",
    405: "no_put",
    413: "too_large",
    501: "no_put",
}
"""What an answer to the signed upload means; each has its words, and anything else its number."""


def try_uploads(
    *, application: str, exchange_id: str, secret: str, now: datetime
) -> Iterator[Check]:
    """Bring a test recording to this address, rightly and wrongly signed."""
    content = _silence(LONG_ENOUGH_SECONDS)
    try:
        status = _bring(content, application, exchange_id=exchange_id, secret=secret, now=now)
    except (OSError, HTTPException) as why:
        yield _failed("unreachable", f"{application} {why}")
        return
    if status == HEARD:
        yield Check(name="upload", outcome=Outcome.OK, detail=application)
    else:
        yield _failed(FAULTS.get(status, "answered"), str(status))
    forged = secrets.token_hex(16)
    try:
        status = _bring(b"RIFF", application, exchange_id=exchange_id, secret=forged, now=now)
    except (OSError, HTTPException) as why:
        yield _failed("unreachable", f"{application} {why}")
        return
    is_refused = status != HEARD
    outcome = Outcome.OK if is_refused else Outcome.FAILED
    yield Check(name="forged_upload", outcome=outcome, detail=str(status))


def _failed(why: str, detail: str) -> Check:
    return Check(name=f"upload_{why}", outcome=Outcome.FAILED, detail=detail)


def _bring(
    content: bytes, application: str, *, exchange_id: str, secret: str, now: datetime
) -> int:
    timestamp, digest = str(int(now.timestamp())), sha256_of(content)
    signature = sign_upload(
        digest, secret=secret, timestamp=timestamp, exchange_id=exchange_id, name=TEST_UPLOAD
    )
    request = urllib.request.Request(  # noqa: S310 - the keeper of the server names the address
        f"{application}/telephony/recordings/{exchange_id}/{TEST_UPLOAD}",
        data=content,
        method="PUT",
        headers={
            "Content-Type": "audio/wav",
            "X-Hotline-Timestamp": timestamp,
            "X-Hotline-Signature": signature,
            "X-Hotline-Body-Sha256": digest,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code


def _silence(seconds: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(2 * RATE * seconds))
    return buffer.getvalue()
