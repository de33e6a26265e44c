"""Numbers that can be read aloud and mistyped safely. Pure.

`HY` + day + six digits of that day + one check digit (domain rules 2.2). The check digit is Luhn's
(ISO/IEC 7812-1 annex B): one wrong digit is always found, two swapped neighbours nearly always.
The number never tells who called.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

PREFIX = "HY"
SEQUENCE_DIGITS = 6
DIGITS = 9 + SEQUENCE_DIGITS
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u00b7._/]+")


def ticket_number(day: date, sequence: int) -> str:
    """Return the number of the day's `sequence`-th ticket, e.g. HY202611230004180.

    Raises ValueError when the day has more tickets than the number has room for.
    """
    if not 0 < sequence < 10**SEQUENCE_DIGITS:
        raise ValueError(f"a day has room for {10**SEQUENCE_DIGITS - 1} tickets")
    digits = f"{day:%Y%m%d}{sequence:0{SEQUENCE_DIGITS}d}"
    return f"{PREFIX}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> str:
    """Return Luhn's check digit for a row of decimal digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def is_ticket_number(text: str) -> bool:
    """Say whether the text is a whole number with the right check digit."""
    digits = text.removeprefix(PREFIX)
    has_form = text.startswith(PREFIX) and digits.isascii() and digits.isdigit()
    return has_form and len(digits) == DIGITS and check_digit(digits[:-1]) == digits[-1]


@dataclass(frozen=True, kw_only=True)
class NumberAsked:
    """What somebody typed where a number is looked up.

    `number` is how it is kept; `is_wrong` says that it has the length of one of ours and its check
    digit does not fit: a digit was misheard or mistyped.
    """

    number: str
    is_whole: bool
    is_wrong: bool


def groups_of(number: str) -> tuple[str, ...]:
    """Return a number in the parts in which it is read aloud: HY, year, day, sequence, check digit.

    Another text is one part.
    """
    digits = number.removeprefix(PREFIX)
    if not is_ticket_number(number):
        return (number,)
    return (PREFIX, digits[:4], digits[4:8], digits[8:11], digits[11:14], digits[14:])


def plain_number(text: str) -> str:
    """Return a number as it is kept, however it was typed: full width, small, in groups."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def read_number(text: str) -> NumberAsked:
    """Read what was typed as one of our numbers; callers often leave out the two letters."""
    plain = plain_number(text)
    digits = plain.removeprefix(PREFIX)
    has_form = digits.isascii() and digits.isdigit() and len(digits) == DIGITS
    number = f"{PREFIX}{digits}" if has_form else plain
    is_ours = has_form and (plain.startswith(PREFIX) or _has_day(digits))
    is_right = is_ticket_number(number)
    return NumberAsked(
        number=number if is_ours else plain,
        is_whole=is_ours and is_right,
        is_wrong=is_ours and not is_right,
    )


def _has_day(digits: str) -> bool:
    """Say whether digits without our letters begin with a day, as ours do and others rarely."""
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return digits.startswith("20")
