"""Decides how long a city may let records be kept. Pure.

Which lengths hold is dated data (`RetentionRule`); here is only what no date may bring.
"""

from collections.abc import Mapping

from app.core.errors import Invalid

SHORTEST, LONGEST = 30, 36_500
"""Days. Whoever types 3 and means years must not find three years of recordings gone tomorrow."""
SHORTEST_OF: Mapping[str, int] = {"view_log": 184, "audit_log": 184}
"""Days. The law on network security asks for logs of six months or more; the longest six months
have 184 days (domain rule R25)."""


class UnfitKeepDays(Invalid):
    """So many days: a whole number, not so few that a slip deletes, nor less than the law asks."""

    code = "keep-days-unfit"


def fitting_days(record_class: str, days: int) -> int:
    """Return a length in days as it may be set for this class. Raises UnfitKeepDays."""
    shortest = shortest_of(record_class)
    if not shortest <= days <= LONGEST:
        raise UnfitKeepDays(field="keep_days", shortest=shortest, longest=LONGEST)
    return days


def shortest_of(record_class: str) -> int:
    """Return for how many days records of a class are kept at least, whatever is set."""
    return SHORTEST_OF.get(record_class, SHORTEST)
