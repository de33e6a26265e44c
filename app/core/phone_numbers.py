"""Telephone numbers: one spelling to compare, one masked spelling to show. Pure.

A mobile or landline number belongs to a person and is shown masked; a short code (95598, 110,
12315) belongs to an office and is shown whole.
"""

import re
import unicodedata

import phonenumbers

HOME_AREA_CODE = "0762"
# 266696687 spells "anonymous" on a telephone's keys; some carriers send it.
WITHHELD_WORDS = frozenset(
    {
        "",
        "anonymous",
        "asterisk",
        "hidden",
        "n/a",
        "no number",
        "not available",
        "null",
        "private",
        "private number",
        "restricted",
        "unavailable",
        "unknown",
        "withheld",
        "+266696687",
        "匿名",
        "未知",
        "未知号码",
        "隐藏",
        "隐藏号码",
        "号码隐藏",
        "无号码",
        "来电未显示",
    }
)
ERASED = "erased"
"""Stands in the ledger where a number stood until its caller asked to be forgotten."""

MOBILE = re.compile(r"(?:\+?86|0)?(1[3-9]\d{9})")
AREA_CODE = r"0(?:10|2\d|[3-9]\d{2})"
# 1xxxx (110, 10086, 12345, 118114), 95xxx to 95xxxxxxx, 96xxx, 96xxxx; whatever else is short.
SHORT_CODE = re.compile(r"95\d{3,7}|96\d{3,4}|\d{3,6}")
LONGEST_EXTENSION = 8

_OFFICE = r"(?:95\d{3,7}|96\d{3,4}|1\d{2,5})"
_OFFICE_FROM_AFAR = re.compile(rf"(?:\+?86)?0?({_OFFICE})")
_OFFICE_ELSEWHERE = re.compile(rf"(?:\+86)?({AREA_CODE}{_OFFICE})")
_LOCAL = re.compile(r"[2-8]\d{6,7}")
_LANDLINE = re.compile(rf"(?:\+?86)?(?:{AREA_CODE}|10|2\d|[3-9]\d{{2}})[2-8]\d{{6,7}}")
_MOBILE_AFTER_AREA_CODE = re.compile(rf"{AREA_CODE}(1[3-9]\d{{9}})")
_CARRIER_CHOICE = re.compile(r"(?:17951|17911|17909|17969|12593|10193)(?=0\d{9,11}$|1[3-9]\d{9}$)")
_NOBODY = re.compile(r"0+")
# Some say 转 801, some dial it after a sign; a dash before few digits at the end is one too.
_EXTENSION = re.compile(
    r"(?:\s*(?:;\s*ext=|转分机|转|分机|内线|ext(?:ension)?\.?|x|[#*,;]+)\s*"
    rf"|(?<=\d{{7}})\s*-\s*)(\d{{1,{LONGEST_EXTENSION}}})\s*$",
    re.IGNORECASE,
)
_URI = re.compile(r"^(?:sips?|tel):", re.IGNORECASE)
_URI_PARAMETERS = re.compile(r";(?!\s*ext=)[a-z][\w-]*(?:=[^;]*)?", re.IGNORECASE)

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
    `area_code`, and a short code with this area code is the short code; an extension is left out
    (`extension_of` gives it). A withheld number gives "". What cannot be understood keeps its
    digits.
    """
    main, _ = _parts(raw)
    if is_withheld(main):
        return ""
    digits = re.sub(r"[^\d+]", "", main)
    digits = ("+" if digits.startswith("+") else "") + digits.replace("+", "")
    if _NOBODY.fullmatch(digits):
        return ""
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    digits = _CARRIER_CHOICE.sub("", digits)
    return _at_home(digits, area_code) or _parsed(digits)


def extension_of(raw: str) -> str:
    """Return the extension that was given with a number, "801" for `0762-3333333 转 801`, or ""."""
    return _parts(raw)[1]


def is_withheld(raw: str) -> bool:
    """Say whether this is one of the words that stand for a hidden number."""
    return raw.strip().lower() in WITHHELD_WORDS or raw == ERASED


def is_office(number: str) -> bool:
    """Say whether a normalised number is a short code: an office's, and no secret."""
    return SHORT_CODE.fullmatch(number) is not None


def _parts(raw: str) -> tuple[str, str]:
    """Cut what was written into the number and its extension."""
    text = _URI.sub("", unicodedata.normalize("NFKC", raw).strip()).split("@")[0]
    text = _URI_PARAMETERS.sub("", text).strip()
    found = _EXTENSION.search(text)
    if found is None or len(re.sub(r"\D", "", text[: found.start()])) < 3:
        return text, ""
    return text[: found.start()], found[1]


def _at_home(digits: str, area_code: str) -> str:
    """Spell a number of this country; "" for one that is not of a shape we know."""
    if found := MOBILE.fullmatch(digits) or _MOBILE_AFTER_AREA_CODE.fullmatch(digits):
        return f"+86{found[1]}"
    at_home = re.sub(rf"^(?:\+?86)?{area_code}(?={_OFFICE}$)", "", digits)
    if office := _OFFICE_FROM_AFAR.fullmatch(at_home):
        return office[1]
    if office := _OFFICE_ELSEWHERE.fullmatch(digits):
        return office[1]
    if SHORT_CODE.fullmatch(digits):
        return digits
    if _LOCAL.fullmatch(digits):
        return f"+86{area_code.removeprefix('0')}{digits}"
    if digits.startswith(("+", "0")) and _LANDLINE.fullmatch(digits):
        return "+86" + digits.removeprefix("+").removeprefix("86").removeprefix("0")
    return ""


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
    if not known or is_office(known):
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
