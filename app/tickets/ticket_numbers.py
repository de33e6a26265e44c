"""Numbers that can be read aloud and mistyped safely. Pure.

`HY` + day + six digits of that day + one check digit (domain rules 2.2). The check digit is Luhn's
(ISO/IEC 7812-1 annex B): one wrong digit is always found, two swapped neighbours nearly always.
The number never tells who called. A round of redoing is told by `-C1` behind it and a unit's part
by `-Z1`, both together `-C1-Z1`; a ticket that was merged keeps its own number. What stands behind
is no part of the check: the number before it is the ticket's, and found with it or without.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

PREFIX = "HY"
SEQUENCE_DIGITS = 6
DIGITS = 9 + SEQUENCE_DIGITS
_GAP = r"[\s\-\u2010-\u2015\u00b7._/]"
_BETWEEN = re.compile(f"{_GAP}+")
_BEHIND = re.compile(rf"{_GAP}*(?:C{_GAP}*(\d{{1,2}}))?{_GAP}*(?:Z{_GAP}*(\d{{1,2}}))?$")


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


def with_round_and_part(number: str, *, nth_round: int = 1, part: int = 0) -> str:
    """Return a ticket's number with what stands behind it: which redo (`-C1`), whose part (`-Z1`).

    `nth_round` 1 is the first time it is handled, `part` 0 the lead's: neither is said.
    """
    redo = f"-C{nth_round - 1}" if nth_round > 1 else ""
    return f"{number}{redo}{f'-Z{part}' if part else ''}"


def without_round_and_part(text: str) -> str:
    """Return what was typed without `-C1` and `-Z1` behind a whole number of ours."""
    shown = unicodedata.normalize("NFKC", text).strip().upper()
    found = _BEHIND.search(shown)
    if found is None or not (found[1] or found[2]):
        return text
    before = shown[: found.start()]
    digits = plain_number(before).removeprefix(PREFIX)
    is_ours = digits.isascii() and digits.isdigit() and len(digits) == DIGITS
    return before if is_ours else text


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

    Another text is one part. What stands behind the number is read after it.
    """
    own = without_round_and_part(number)
    digits = own.removeprefix(PREFIX)
    if not is_ticket_number(own):
        return (number,)
    behind = tuple(f"-{each}" for each in number[len(own) :].split("-") if each)
    parts = (PREFIX, digits[:4], digits[4:8], digits[8:11], digits[11:14], digits[14:])
    return parts + behind


def plain_number(text: str) -> str:
    """Return a number as it is kept, however it was typed: full width, small, in groups."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def read_number(text: str) -> NumberAsked:
    """Read what was typed as one of our numbers; callers often leave out the two letters.

    What says which round or part is meant is left out: the number is the ticket's.
    """
    plain = plain_number(without_round_and_part(text))
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
