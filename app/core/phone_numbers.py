"""Telephone numbers: one spelling to compare, one masked spelling to show. Pure.

A mobile or landline number belongs to a person and is shown masked; a short code (95598, 110,
12315) belongs to an office and is shown whole.
"""

import re

import phonenumbers

HOME_AREA_CODE = "0762"
WITHHELD_WORDS = frozenset(
    {"", "anonymous", "unavailable", "restricted", "unknown", "private", "withheld", "asterisk"}
)
MOBILE = re.compile(r"(?:\+?86|0)?(1[3-9]\d{9})")
SHORT_CODE = re.compile(r"\d{3,6}")
LOCAL = re.compile(r"[2-8]\d{6,7}")
AREA_CODE = r"0(?:10|2\d|[3-9]\d{2})"

# Digits on either side mean a longer number (a moment, an id) and not a telephone.
_IN_TEXT = re.compile(
    r"(?<!\d)(?:"
    r"(?P<mobile>(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4})"
    rf"|(?P<landline>{AREA_CODE}[ -]?[2-8]\d{{6,7}})"
    r"|(?P<abroad>\+\d(?:[ -]?\d){7,14})"
    r")(?!\d)"
)


def normalise(raw: str, *, area_code: str = HOME_AREA_CODE) -> str:
    """Spell a number in one way: E.164 (`+8613800001234`), or a short code as it is.

    `raw` is what a carrier delivers or a person types. A number without an area code belongs to
    `area_code`. A withheld number gives "". What cannot be understood keeps its digits.
    """
    text = raw.strip().removeprefix("sip:").removeprefix("tel:").split("@")[0]
    if text.lower() in WITHHELD_WORDS:
        return ""
    digits = re.sub(r"[^\d+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if mobile := MOBILE.fullmatch(digits):
        return f"+86{mobile[1]}"
    if SHORT_CODE.fullmatch(digits):
        return digits
    if LOCAL.fullmatch(digits):
        return f"+86{area_code.removeprefix('0')}{digits}"
    return _parsed(digits)


def _parsed(digits: str) -> str:
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return digits
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask(number: str) -> str:
    """Hide the middle: `139****2817`, `0762****333`; short codes stay, "" stays "".

    Takes any spelling. A number shown masked can be recognised by its owner and by nobody else.
    """
    known = normalise(number)
    if not known or SHORT_CODE.fullmatch(known):
        return known
    if mobile := MOBILE.fullmatch(known):
        return f"{mobile[1][:3]}****{mobile[1][-4:]}"
    if known.startswith("+86"):
        national = f"0{known[3:]}"
        if landline := re.fullmatch(rf"({AREA_CODE})[2-8]\d{{6,7}}", national):
            return f"{landline[1]}****{national[-3:]}"
    return f"{known[:3]}****{known[-3:]}" if len(known) > 6 else "****"


def mask_in_text(text: str) -> str:
    """Mask every mobile, landline (with area code) and foreign number inside a text."""
    return _IN_TEXT.sub(lambda found: mask(found[0]), text)
