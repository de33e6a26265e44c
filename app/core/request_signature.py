"""Decides whether a request really comes from whoever shares a secret with us. Pure.

The signature is hex HMAC-SHA256, keyed with the secret, of the lines timestamp, name of the sender,
hex SHA-256 of the body. The time is inside it, so that an old request cannot be sent again.
"""

import hashlib
import hmac
from datetime import datetime

LONGEST_DRIFT_SECONDS = 300


def sign_request(body: bytes, *, secret: str, timestamp: str, name: str) -> str:
    """Return the signature of one request."""
    said = "\n".join([timestamp, name, hashlib.sha256(body).hexdigest()])
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def is_fresh(timestamp: str, *, now: datetime) -> bool:
    """Say whether the clocks of sender and receiver agree to within five minutes."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    return abs(now.timestamp() - int(timestamp)) <= LONGEST_DRIFT_SECONDS


def is_genuine(signature: str, body: bytes, *, secret: str, timestamp: str, name: str) -> bool:
    """Say whether the signature fits; who has no secret sends nothing genuine."""
    if not secret:
        return False
    expected = sign_request(body, secret=secret, timestamp=timestamp, name=name)
    return hmac.compare_digest(expected.encode(), signature.strip().lower().encode())
