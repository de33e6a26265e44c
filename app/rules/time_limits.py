"""How long something may take, as a rule says it: ten working days, two hours. Pure.

Written and read as a number and a unit: `30min`, `2h`, `4wh`, `10wd`, `60d`.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.errors import Invalid

WRITTEN = re.compile(r"([0-9]{1,5})\s*(min|h|wh|wd|d)")
LONGEST_AMOUNT = 10_000


class LimitUnit(StrEnum):
    """What a limit is counted in (domain rules 1.6, clock rule 1)."""

    MINUTES = "min"
    HOURS = "h"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"
    DAYS = "d"  # natural days


COUNTS_DAYS = frozenset({LimitUnit.WORKING_DAYS, LimitUnit.DAYS})
"""Limits that end with a day; the others end so long after the moment of receipt."""

NEEDS_CALENDAR = frozenset({LimitUnit.WORKING_HOURS, LimitUnit.WORKING_DAYS})


class UnfitLimit(Invalid):
    """A limit is a whole number from 1 and one of the five units."""

    code = "limit-unfit"


@dataclass(frozen=True)
class Limit:
    """So many of a unit. Raises UnfitLimit for fewer than one or more than LONGEST_AMOUNT."""

    amount: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= LONGEST_AMOUNT:
            raise UnfitLimit(limit=str(self))

    def __str__(self) -> str:
        """Write it as it is read: `10wd`."""
        return f"{self.amount}{self.unit}"


PLAIN_UNITS = {
    LimitUnit.MINUTES: timedelta(minutes=1),
    LimitUnit.HOURS: timedelta(hours=1),
    LimitUnit.DAYS: timedelta(days=1),
}


def plain_length(limit: Limit) -> timedelta:
    """Return how long a limit is that needs no calendar; raises UnfitLimit for one that does."""
    if limit.unit not in PLAIN_UNITS:
        raise UnfitLimit(limit=str(limit))
    return limit.amount * PLAIN_UNITS[limit.unit]


def read_limit(written: str, *, field: str | None = None) -> Limit:
    """Read `10wd` and the like; raises UnfitLimit."""
    found = WRITTEN.fullmatch(written.strip().lower())
    if found is None or not 1 <= int(found[1]) <= LONGEST_AMOUNT:
        raise UnfitLimit(field=field, limit=written[:20])
    return Limit(int(found[1]), LimitUnit(found[2]))
