"""Which numbers may stand in the register of legacy numbers, and how they are written. Pure."""

import re
from typing import Final

from app.core.emergency_numbers import EMERGENCY_NUMBERS, EmergencyNumber, check_no_emergency
from app.core.errors import Invalid

__all__ = ["EMERGENCY_NUMBERS", "EmergencyNumber"]

LONGEST = 16
# How exchanges write the city in front of a short number: 0762 12315, +86 762 12315, 86 12315.
CITY_PREFIXES: Final = ("+860762", "+86762", "860762", "86762", "0762", "+86", "86")


class NotAPublicNumber(Invalid):
    """A register entry is digits only, at most 16 of them."""

    code = "not-a-public-number"


def check_registrable(number: str) -> None:
    """Raise EmergencyNumber or NotAPublicNumber when `number` cannot be a legacy number."""
    check_no_emergency(number, field="number")
    if not (number.isascii() and number.isdigit() and 3 <= len(number) <= LONGEST):
        raise NotAPublicNumber(field="number", number=number)


def plain_number(written: str) -> str:
    """Return the digits (and a leading +) of a number as an exchange or a person writes it."""
    user_part = re.sub(r"^(?:sips?|tel):", "", written.strip()).partition("@")[0].partition(";")[0]
    return "".join(sign for sign in user_part if sign.isascii() and (sign.isdigit() or sign == "+"))


def spellings_of(written: str) -> frozenset[str]:
    """Return every way in which the register may hold a number: with the city, without."""
    plain = plain_number(written)
    if not plain.strip("+"):
        return frozenset()
    bare = {plain} | {
        plain.removeprefix(prefix) for prefix in CITY_PREFIXES if plain.startswith(prefix)
    }
    local = bare - {""}
    return frozenset(local | {prefix + one for prefix in CITY_PREFIXES for one in local})


def is_same_number(one: str, other: str) -> bool:
    """Say whether two numbers, however written, are one."""
    return bool(spellings_of(one) & spellings_of(other))
