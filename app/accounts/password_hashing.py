"""Turns passwords and recovery codes into hashes and compares them.

Argon2id with 19 MiB, two passes and one lane takes 26-32 ms on our machines (OWASP's second
profile); the library's defaults take seven times as long and 500 people sign in at a shift change.
"""

import hashlib
import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

CODES = 10
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1, type=Type.ID)
# Compared when there is no such work number, so that the answer takes as long as for a real one.
_DUMMY = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """Return a hash with its own salt and parameters."""
    return _hasher.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Compare; None (nobody) takes as long as somebody and is never right."""
    try:
        return _hasher.verify(kept or _DUMMY, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(kept: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def first_password() -> str:
    """Make a password that nobody can guess; good for the first sign-in."""
    return f"{secrets.token_urlsafe(9)}-A1a"


def new_recovery_codes() -> list[str]:
    """Make ten codes of 16 letters, `abcd-efgh-jkmn-pqrs`: 79 bits each."""
    return ["-".join(_letters(4) for _ in range(4)) for _ in range(CODES)]


def hash_code(code: str) -> str:
    """Hash a recovery code. Random codes need no slow hash; spaces and hyphens do not count."""
    plain = "".join(code.lower().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()


def _letters(count: int) -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(count))
