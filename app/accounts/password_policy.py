"""Decides whether a password is good enough. Pure.

Length and kinds of character follow GB/T 22239-2019, 8.1.4.1 (identity must be hard to forge and
changed regularly); the figures are the usual reading of level 3 by assessors.
"""

import string
from enum import StrEnum

SHORTEST = 10
LONGEST = 128
KINDS_NEEDED = 3
HISTORY = 5


class Weakness(StrEnum):
    """What is wrong with a password; names the sentence `refusal.password-<value>`."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    TOO_PLAIN = "too-plain"
    HOLDS_WORK_NUMBER = "holds-work-number"
    USED_BEFORE = "used-before"


def kinds_of(password: str) -> int:
    """Count the kinds of character: small letters, capitals, digits, everything else."""
    return sum(
        (
            any(each in string.ascii_lowercase for each in password),
            any(each in string.ascii_uppercase for each in password),
            any(each in string.digits for each in password),
            any(each not in string.ascii_letters + string.digits for each in password),
        )
    )


def weakness_of(password: str, *, work_number: str) -> Weakness | None:
    """Return the first thing wrong with a password, or None. History is asked separately."""
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        # Hashing takes time by length: an endless password is an attack.
        return Weakness.TOO_LONG
    if work_number and work_number in password:
        return Weakness.HOLDS_WORK_NUMBER
    if kinds_of(password) < KINDS_NEEDED:
        return Weakness.TOO_PLAIN
    return None
