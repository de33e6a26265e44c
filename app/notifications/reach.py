"""Decides whether somebody can be told by a way, and says why not. Pure."""

from enum import StrEnum

from app.core.phone_numbers import ERASED, MOBILE, is_office, normalise
from app.notifications.occasions import Way

AT_HOME = "+86"


class WhyNot(StrEnum):
    """Why nobody is told; each has its words under `notifications.why_`."""

    ANONYMOUS = "anonymous"  # gave no name
    NUMBER_HIDDEN = "number_hidden"
    ERASED = "erased"
    LANDLINE = "landline"
    OFFICE = "office"
    ABROAD = "abroad"
    NO_ADDRESS = "no_address"
    NOBODY_ON_DUTY = "nobody_on_duty"
    TOO_LATE = "too_late"


TEXTED = frozenset({Way.SMS, Way.IM})


def why_unreachable(way: Way, address: str) -> WhyNot | None:
    """Return why this address cannot be reached by this way; None if it can.

    A text reaches mobiles of this country; a voice call also landlines, and no short code.
    """
    if way is Way.EMAIL:
        return None if "@" in address.strip("@") else WhyNot.NO_ADDRESS
    if address == ERASED:
        return WhyNot.ERASED
    number = normalise(address)
    if not number:
        return WhyNot.NUMBER_HIDDEN
    if is_office(number):
        return WhyNot.OFFICE
    if MOBILE.fullmatch(number):
        return None
    if number.startswith("+") and not number.startswith(AT_HOME):
        return WhyNot.ABROAD
    return WhyNot.LANDLINE if way in TEXTED else None
