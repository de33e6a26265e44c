"""Types of demands change with the years; counts are compared through the dictionaries. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.measures.pictures import TicketPicture
from app.rules.type_versions import TypeBook

Counts = Mapping[tuple[str, str], int]
"""How many there are by dictionary and type; a type of no dictionary stands under ""."""


@dataclass(frozen=True, kw_only=True)
class TypeChange:
    """What a type had in two times, both told in the types of one dictionary.

    `is_unmapped`: nobody said what this type is in that dictionary; it stands apart, and is not
    lost.
    """

    request_type: str
    earlier: int
    later: int
    is_unmapped: bool = False

    @property
    def change(self) -> int:
        """How many more there are."""
        return self.later - self.earlier


def count_types(pictures: Iterable[TicketPicture]) -> dict[str, int]:
    """Count demands by the type that they were given in their time."""
    return dict(Counter(each.request_type for each in pictures))


def count_by_dictionary(pictures: Iterable[TicketPicture], book: TypeBook) -> Counts:
    """Count demands by the dictionary of their day and the type that they have in it."""
    counted: Counter[tuple[str, str]] = Counter()
    for each in pictures:
        version = book.knowing(each.request_type, each.opened_at)
        counted[version.code if version else "", each.request_type] += 1
    return counted


def compare_types(
    earlier: Counts, later: Counts, *, book: TypeBook, told_in: str
) -> list[TypeChange]:
    """Compare two times in the types of the dictionary `told_in`; what is unmapped comes last."""
    old, new = _told(earlier, book, told_in), _told(later, book, told_in)
    own = [each.code for each in book.version(told_in).kinds]
    apart = sorted({code for is_mapped, code in {*old, *new} if not is_mapped})
    mapped = [
        TypeChange(request_type=code, earlier=old[True, code], later=new[True, code])
        for code in own
    ]
    return mapped + [
        TypeChange(
            request_type=code,
            earlier=old[False, code],
            later=new[False, code],
            is_unmapped=True,
        )
        for code in apart
    ]


def _told(counts: Counts, book: TypeBook, told_in: str) -> Counter[tuple[bool, str]]:
    """Return counts by whether the type was mapped, and the type of `told_in`, or else its own."""
    told: Counter[tuple[bool, str]] = Counter()
    for (version, code), count in counts.items():
        today = book.mapped(code, version, told_in).code if version else None
        told[today is not None, today or code] += count
    return told
