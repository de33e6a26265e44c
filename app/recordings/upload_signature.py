"""Decides whether an upload really comes from the exchange it names. Pure.

The signature is hex HMAC-SHA256, keyed with the exchange's upload secret, of the lines
timestamp, exchange id, name, hex SHA-256 of the body; deploy/asterisk/recording_spooler.py signs.
"""

import hashlib
import hmac
from datetime import datetime

LONGEST_DRIFT_SECONDS = 300

TEST_UPLOAD = "test-upload.wav"
"""A recording of this name is proved as any other, and not kept (`flask telephony doctor`)."""


def sign_upload(
    body_sha256: str, *, secret: str, timestamp: str, exchange_id: str, name: str
) -> str:
    """Return the signature of one upload."""
    said = "\n".join([timestamp, exchange_id, name, body_sha256])
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def is_fresh(timestamp: str, *, now: datetime) -> bool:
    """Say whether the clocks of sender and receiver agree to within five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= LONGEST_DRIFT_SECONDS


def is_genuine(
    signature: str,
    *,
    secret: str,
    body_sha256: str,
    timestamp: str,
    exchange_id: str,
    name: str,
) -> bool:
    """Say whether the signature fits; an exchange without a secret has no genuine upload."""
    if not secret:
        return False
    expected = sign_upload(
        body_sha256, secret=secret, timestamp=timestamp, exchange_id=exchange_id, name=name
    )
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())
