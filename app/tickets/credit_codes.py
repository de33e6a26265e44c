"""The unified social credit code of an organisation: eighteen signs, the last one a check. Pure.

GB 32100-2015: 31 signs without I, O, S, V, Z; weights are the powers of 3 modulo 31.
"""

import unicodedata

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_WEIGHTS = [pow(3, place, 31) for place in range(LENGTH - 1)]


def plain_code(text: str) -> str:
    """Return a code as it is kept, however it was typed: full width, small, in groups."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def check_sign(seventeen: str) -> str:
    """Return the last sign for the first seventeen. Raises ValueError for a sign that is none."""
    total = sum(
        SIGNS.index(sign) * weight for sign, weight in zip(seventeen, _WEIGHTS, strict=True)
    )
    return SIGNS[-total % 31]


def is_credit_code(code: str) -> bool:
    """Say whether this is a whole code with the right check sign."""
    if len(code) != LENGTH or any(sign not in SIGNS for sign in code):
        return False
    return check_sign(code[:-1]) == code[-1]
