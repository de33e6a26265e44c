"""The number of a resident identity card: how it is kept, checked and shown. Pure.

GB 11643: seventeen digits (place, day of birth, order) and a check sign that may be X. Some lines
need it (social insurance, medical insurance); no page shows it whole without a reason.
"""

import unicodedata

from app.privacy.personal_traces import is_identity_number

LENGTH = 18
FIRST, LAST = 4, 2
"""Signs that stay: the city it was given in, and two to go over with the caller."""


def plain_identity(text: str) -> str:
    """Return a number as it is kept, however it was typed: full width, in groups, a small x."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "").upper()


def is_right(number: str) -> bool:
    """Say whether a plain number has a day of birth that there is, and its own check sign."""
    return number.isascii() and is_identity_number(number)


def masked_identity(number: str) -> str:
    """Return a number without the day of birth and the order; "" stays ""."""
    if len(number) <= FIRST + LAST:
        return "*" * len(number)
    return number[:FIRST] + "*" * (len(number) - FIRST - LAST) + number[-LAST:]
