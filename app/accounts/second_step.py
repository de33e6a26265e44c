"""Decides whether a six-digit code is right now and was not used before (RFC 6238)."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
TOLERATED_STEPS = 1  # clocks of telephones run a little before or behind


def new_secret() -> str:
    """Make a secret for a telephone's code app, base32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, *, at: datetime, last_step: int) -> int | None:
    """Return the 30-second step that `code` belongs to, or None.

    Only steps after `last_step` count: a code that somebody looked at over a shoulder opens
    nothing once it was used.
    """
    given = "".join(code.split())
    if len(given) != 6 or not given.isascii() or not given.isdigit():
        return None
    now_step = int(at.timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(now_step - TOLERATED_STEPS, now_step + TOLERATED_STEPS + 1):
        if step > last_step and hmac.compare_digest(maker.at(step * STEP_SECONDS), given):
            return step
    return None


def enrolment_address(secret: str, *, work_number: str, issuer: str) -> str:
    """Return the otpauth:// address that a code app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=work_number, issuer_name=issuer)
