"""Which rule gives a clock its limit. Pure.

What is urgent has its own rules by class (domain rules 1.6): danger to life and property, and
supply with water, power, gas and heat. Urgent clocks run on any day.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from app.rules.time_limits import Limit
from app.rules.type_natures import Nature


class ClockKind(StrEnum):
    """Which promise a clock keeps."""

    CITIZEN = "citizen"  # from the end of his call until he has heard the reply
    DISPATCH = "dispatch"
    SIGN = "sign"
    CONTACT = "contact"  # until a call proves that a unit spoke with him; only where promised
    HANDLE = "handle"
    VISIT = "visit"
    ASSIST = "assist"  # what the lead asked of another unit, within its own limit
    SUPERVISE = "supervise"


BY_CALENDAR_OF_UNIT = frozenset(
    {ClockKind.SIGN, ClockKind.HANDLE, ClockKind.ASSIST, ClockKind.SUPERVISE}
)
"""What a unit has to do, it does on the days its region works. What was promised to the citizen,

the first contact with him among it, and what the hotline does itself count by the city's calendar:
a county's day off is no reason to let him wait (ADR 0053).
"""


class UrgentClass(StrEnum):
    """Why something is urgent; names its rules `limit.<class>_sign`, `_contact` and `_result`."""

    LIFE = "life"
    SUPPLY = "supply"


SUPPLY_WORDS = frozenset({"supply"})
"""Kinds of urgency words that are about supply; every other kind is about life and property."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What of a ticket decides its limits."""

    request_type: str
    nature: Nature
    urgent: UrgentClass | None
    # 特急: has limits of its own before those of its class.
    is_very_urgent: bool = False
    # Who asks is an enterprise: has limits of its own where the city opened a fast lane.
    is_enterprise: bool = False
    round: int = 1
    # Who asks left a number that whoever handles can let the platform call.
    may_be_called: bool = True
    # A category may have limits of its own for a first round that is not urgent.
    category_code: str = ""


def urgent_class(*, is_urgent: bool, kinds: Collection[str]) -> UrgentClass | None:
    """Return why a ticket is urgent; without a known word it is treated as danger to life."""
    if not is_urgent:
        return None
    only_supply = bool(kinds) and set(kinds) <= SUPPLY_WORDS
    return UrgentClass.SUPPLY if only_supply else UrgentClass.LIFE


def rule_key(kind: ClockKind, matter: Matter) -> str:
    """Return the key of the rule by which such a clock runs; an assistant's limit is given by hand.

    What is handled again has the limit of a redo, but what is urgent stays urgent.
    """
    urgent = matter.urgent
    match kind:
        case ClockKind.DISPATCH:
            return "limit.urgent_dispatch" if urgent else "limit.dispatch"
        case ClockKind.SIGN:
            return f"limit.{urgent}_sign" if urgent else "limit.sign"
        case ClockKind.CONTACT:
            return f"limit.{urgent}_contact" if urgent else "limit.enterprise_contact"
        case ClockKind.HANDLE | ClockKind.CITIZEN | ClockKind.ASSIST:
            if urgent:
                return f"limit.{urgent}_result"
            return "limit.redo" if matter.round > 1 else f"limit.{matter.nature}"
        case ClockKind.VISIT | ClockKind.SUPERVISE:
            return f"limit.{kind}"


def very_urgent_key(kind: ClockKind, matter: Matter) -> str | None:
    """Return the rule that goes before `rule_key` where something hurries most of all, or None.

    A city that has no such rule (yet) goes by the limits of the class.
    """
    if not matter.is_very_urgent:
        return None
    match kind:
        case ClockKind.DISPATCH | ClockKind.SIGN:
            return f"limit.very_urgent_{kind}"
        case ClockKind.HANDLE | ClockKind.CITIZEN | ClockKind.ASSIST:
            return "limit.very_urgent_result"
        case ClockKind.CONTACT | ClockKind.VISIT | ClockKind.SUPERVISE:
            return None


def enterprise_key(kind: ClockKind, matter: Matter) -> str | None:
    """Return the rule of the fast lane for enterprises (domain rule R13), or None.

    It holds only while the city has the lane open, and only where it ends before whatever else
    holds. After Zhuhai's "124" of 2023, all in office time from when the unit has the matter:
    contact within an hour, an enquiry within two days, everything else within four.
    """
    if not matter.is_enterprise:
        return None
    match kind:
        case ClockKind.CONTACT:
            return "limit.enterprise_contact"
        case ClockKind.HANDLE | ClockKind.CITIZEN | ClockKind.ASSIST:
            is_enquiry = matter.nature is Nature.CONSULT
            return "limit.enterprise_consult" if is_enquiry else "limit.enterprise_result"
        case ClockKind.DISPATCH | ClockKind.SIGN | ClockKind.VISIT | ClockKind.SUPERVISE:
            return None


def asks_what_it_is(kind: ClockKind, matter: Matter) -> bool:
    """Say whether category and type of a matter are asked before the city's limit by nature.

    What is urgent hurries whatever it is about.
    """
    by_type = kind in {ClockKind.HANDLE, ClockKind.CITIZEN, ClockKind.ASSIST}
    return by_type and matter.urgent is None


def shorter(one: Limit, other: Limit) -> Limit:
    """Return the shorter of two limits; `one` where they are of different units.

    Doing something badly the first time never buys more time than doing it well.
    """
    return other if one.unit is other.unit and other.amount < one.amount else one
