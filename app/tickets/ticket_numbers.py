"""Numbers that can be read aloud and mistyped safely. Pure.

`HY` + day + six digits of that day + one check digit (domain rules 2.2). The check digit is Luhn's
(ISO/IEC 7812-1 annex B): one wrong digit is always found, two swapped neighbours nearly always.
The number never tells who called.
"""

from datetime import date

PREFIX = "HY"
SEQUENCE_DIGITS = 6


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
    return (
        has_form and len(digits) == 9 + SEQUENCE_DIGITS and check_digit(digits[:-1]) == digits[-1]
    )
