"""Emergency numbers, however they are written: one rule for register, landings and dialling. Pure.

国办发〔2022〕12号: 12345 hands emergencies over and never takes these numbers in. 12395 (rescue at
sea), 12119 (forest fire), 112 (what a mobile telephone dials without a card) and 999 (the Red Cross
ambulances of some cities) are treated the same way. The node holds the same list for itself
(`may-be-dialled` in deploy/asterisk/templates/control.conf).
"""

import re
import unicodedata
from typing import Final

from app.core.errors import Invalid, NotAllowed
from app.core.phone_numbers import normalise

EMERGENCY_NUMBERS: Final = frozenset({"110", "112", "119", "120", "122", "999", "12395", "12119"})

_HIDES_THE_CALLER = re.compile(r"^[#*]\d{1,3}[#*]")
_DIALLED_AFTER_THE_ANSWER = re.compile(r"[,;#*@xXwWpP]")
_CARRIER_CHOICE = r"(?:17951|17911|17909|17969|12593|10193)?"
_COUNTRY = r"(?:(?:\+|00)?86)?"
_AREA = r"(?:0|0?(?:10|2\d|(?!96)[3-9]\d{2}))?"  # no place has 96…: those are services (966999)
_WRITTEN = re.compile(
    rf"\+?{_CARRIER_CHOICE}{_COUNTRY}{_AREA}(?:{'|'.join(sorted(EMERGENCY_NUMBERS))})"
)


class EmergencyNumber(Invalid):
    """An emergency number is never folded into the hotline, and no call is sent there unseen."""

    code = "emergency-number"


class EmergencyNotDialledHere(NotAllowed):
    """Only a live site dials an emergency number; a demonstration must never reach one."""

    code = "emergency-not-dialled-here"


def is_emergency(written: str) -> bool:
    """Say whether a number reaches an emergency service, in any spelling.

    Full-width digits, blanks, hyphens, `sip:` and `tel:`, country and area codes (0762110, +86110),
    a carrier's prefix (17951) and keys pressed after the answer make no difference. Nor does what
    is left out when a number is dialled (an extension: 110转1).
    """
    spelled = (written, normalise(written))
    return any(_WRITTEN.fullmatch(_digits_of(each)) is not None for each in spelled)


def check_no_emergency(written: str, *, field: str | None = None) -> None:
    """Raise EmergencyNumber when a number to be registered or forwarded to is one."""
    if is_emergency(written):
        raise EmergencyNumber(field=field, number=written)


def check_dialable(written: str, *, is_live_site: bool, field: str | None = None) -> None:
    """Raise EmergencyNotDialledHere for an emergency number outside a live site."""
    if not is_live_site and is_emergency(written):
        raise EmergencyNotDialledHere(field=field, number=written)


def _digits_of(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).strip()
    plain = re.sub(r"^(?:sips?|tel):", "", plain, flags=re.IGNORECASE)
    plain = _HIDES_THE_CALLER.sub("", plain)
    before_the_answer = _DIALLED_AFTER_THE_ANSWER.split(plain, maxsplit=1)[0]
    return "".join(
        sign if sign == "+" else str(unicodedata.decimal(sign))
        for sign in before_the_answer
        if sign == "+" or unicodedata.decimal(sign, None) is not None
    )
