"""What a type of request behaves like, whatever a city calls it and however it cuts it. Pure.

Types come and go with the dictionaries of a city (domain rules 1.4); the rules of the work do not.
So every type names its nature, and a rule for complaints asks for the nature and never for a code.
"""

from collections.abc import Mapping
from enum import StrEnum


class Nature(StrEnum):
    """What rules ask of a type: the five that Guangdong publishes, and what is counted only.

    Their words are the keys of the rules by nature: `limit.report`, `privacy.report`.
    """

    CONSULT = "consult"  # 咨询
    COMPLAINT = "complaint"  # 投诉
    HELP = "help"  # 求助
    SUGGESTION = "suggestion"  # 建议
    REPORT = "report"  # 举报
    STATISTICAL = "statistical"  # 表扬, 无效: nobody handles it, and no clock runs

    @property
    def starts_clock(self) -> bool:
        """Say whether a demand of this nature is handled."""
        return self is not Nature.STATISTICAL


WORKING = tuple(each for each in Nature if each.starts_clock)
"""The natures of what is handled, in the order of the screens."""

ABOUT_SOMEBODY = frozenset({Nature.COMPLAINT, Nature.REPORT})
"""Only who is complained about or reported is a party; who is asked something is not."""

STRICTEST = Nature.COMPLAINT
"""What is taken for the nature of a type that no dictionary has: it asks and protects most."""


def nature_of(code: str, said: Mapping[str, Nature]) -> Nature:
    """Return the nature of a type by what the dictionaries said of it.

    A city without a dictionary has the five types, which are called as their natures are.
    """
    if code in said:
        return said[code]
    return Nature(code) if code in set(WORKING) else STRICTEST
