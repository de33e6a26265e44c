"""The check code of a ticket: told with its number, asked for with it (ADR 0028). Pure."""

import hmac
import re
import secrets

DIGITS = 6
_TYPED = re.compile(r"[\s-]")
_NOBODYS = "x" * DIGITS
"""Compared with where there is no such ticket, so that it takes as long."""


def new_check_code() -> str:
    """Return six digits by chance: easy to say, and nobody's telephone number."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def is_check_code(typed: str, kept: str | None) -> bool:
    """Say whether what was typed is the code; takes as long whether there is one or not."""
    plain = _TYPED.sub("", typed)
    is_same = hmac.compare_digest(plain.encode(), (kept or _NOBODYS).encode())
    return is_same and kept is not None
