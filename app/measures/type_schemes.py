"""Types of demands change with the years; counts are compared through a mapping. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.measures.pictures import TicketPicture

FIVE_TYPES = ("consult", "complaint", "help", "suggestion", "report")
"""What Guangdong publishes now (domain rules 1.4)."""
FROM_SEVEN: Mapping[str, str] = {
    "consult": "consult",  # 咨询
    "efficiency_complaint": "complaint",  # 行政效能投诉
    "general_complaint": "complaint",  # 一般投诉
    "help": "help",  # 求助
    "suggestion": "suggestion",  # 建议
    "consumer_rights": "complaint",  # 消费维权
    "economic_offence": "report",  # 经济违法
}
"""The seven types of the older system in Heyuan's counties (domain rules 1.4)."""


class UnmappedType(ValueError):
    """A type has no place among those that are compared."""


@dataclass(frozen=True, kw_only=True)
class TypeChange:
    """What a type had in two times, both told in today's types."""

    request_type: str
    earlier: int
    later: int

    @property
    def change(self) -> int:
        """How many more there are."""
        return self.later - self.earlier


def count_types(pictures: Iterable[TicketPicture]) -> dict[str, int]:
    """Count demands by the type that they were given in their time."""
    return dict(Counter(each.request_type for each in pictures))


def mapped(counts: Mapping[str, int], mapping: Mapping[str, str] | None) -> dict[str, int]:
    """Return counts in today's types; without a mapping they are told in them already.

    Raises UnmappedType: a demand is never lost between two schemes.
    """
    told = dict.fromkeys(FIVE_TYPES, 0)
    for name, count in counts.items():
        today = mapping.get(name, "") if mapping is not None else name
        if today not in told:
            raise UnmappedType(name)
        told[today] += count
    return told


def compare_types(
    earlier: Mapping[str, int],
    later: Mapping[str, int],
    *,
    earlier_mapping: Mapping[str, str] | None = None,
    later_mapping: Mapping[str, str] | None = None,
) -> list[TypeChange]:
    """Compare two times whose types differ, in today's types."""
    old, new = mapped(earlier, earlier_mapping), mapped(later, later_mapping)
    return [
        TypeChange(request_type=each, earlier=old[each], later=new[each]) for each in FIVE_TYPES
    ]
