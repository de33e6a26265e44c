"""Decides whether a message really comes from the gateway of its channel. Pure.

The signature is hex HMAC-SHA256, keyed with the channel's secret, of the lines timestamp, channel
code, hex SHA-256 of the body. The time is inside it, so that an old request cannot be sent again.
"""

import hashlib
import hmac
from datetime import datetime

LONGEST_DRIFT_SECONDS = 300


def sign_message(body: bytes, *, secret: str, timestamp: str, channel: str) -> str:
    """Return the signature of one request."""
    said = "\n".join([timestamp, channel, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def is_fresh(timestamp: str, *, now: datetime) -> bool:
    """Say whether the clocks of sender and receiver agree to within five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= LONGEST_DRIFT_SECONDS


def is_genuine(signature: str, body: bytes, *, secret: str, timestamp: str, channel: str) -> bool:
    """Say whether the signature fits; a channel without a secret has no genuine message."""
    if not secret:
        return False
    expected = sign_message(body, secret=secret, timestamp=timestamp, channel=channel)
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())
