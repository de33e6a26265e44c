"""What stands beside a ticket's state so that nobody overlooks it, and free tags. Pure.

Domain rules 1.5 and 2.1. Flags are the same everywhere; tags are a list that the city keeps
(`app.rules.code_lists`, TAG), for what it wants to find together this year.
"""

from collections.abc import Iterable
from enum import StrEnum


class TicketFlag(StrEnum):
    """Why those who work on it must take care; in the order of the screens."""

    RISK = "risk"  # 风险
    SENSITIVE = "sensitive"  # 敏感
    GROUP = "group"  # 群体性
    COMPLEX = "complex"  # 疑难: its unit has longer to find out whose duty it is (R07)


MOST_TAGS = 8
"""Tags of one ticket: more say nothing."""
LONGEST_CODE = 32


def words_in(text: str) -> tuple[str, ...]:
    """Return the codes of a field that carries several, each once: `risk group`."""
    return tuple(dict.fromkeys(text.split()))


def in_order(flags: Iterable[str]) -> list[str]:
    """Return flags as they are kept and shown. Raises ValueError for a word that is none."""
    given = {TicketFlag(each) for each in flags}
    return [each.value for each in TicketFlag if each in given]
