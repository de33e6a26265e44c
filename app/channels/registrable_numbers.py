"""Which numbers may stand in the register of legacy numbers. Pure."""

from typing import Final

from app.core.errors import Invalid

# 国办发〔2022〕12号: 12345 hands emergencies over, it never takes these numbers in. 12395
# (rescue at sea) and 12119 (forest fire) are treated the same way.
EMERGENCY_NUMBERS: Final = frozenset({"110", "119", "120", "122", "12395", "12119"})
LONGEST = 16


class EmergencyNumber(Invalid):
    """An emergency number is never folded into the hotline."""

    code = "emergency-number"


class NotAPublicNumber(Invalid):
    """A register entry is digits only, at most 16 of them."""

    code = "not-a-public-number"


def check_registrable(number: str) -> None:
    """Raise EmergencyNumber or NotAPublicNumber when `number` cannot be a legacy number."""
    if number in EMERGENCY_NUMBERS:
        raise EmergencyNumber(field="number", number=number)
    if not (number.isascii() and number.isdigit() and 3 <= len(number) <= LONGEST):
        raise NotAPublicNumber(field="number", number=number)
