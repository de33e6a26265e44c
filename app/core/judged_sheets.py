"""What every sheet that is looked at before it is taken over has in common. Pure.

What its cells mean and what is wrong with them is each room's own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar


class Outcome(StrEnum):
    """What would become of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    WRONG = "wrong"


class Judged(Protocol):
    """A row of which it is known what would become of it."""

    @property
    def outcome(self) -> Outcome:
        """Return it."""


R = TypeVar("R", bound=Judged)
C = TypeVar("C", bound=StrEnum)
F = TypeVar("F", bound=StrEnum)


@dataclass(frozen=True, kw_only=True)
class JudgedSheet(Generic[R, C, F]):
    """A whole sheet: either it cannot be read (`fault`), or these are its rows."""

    rows: Sequence[R] = ()
    columns: Sequence[C] = ()
    fault: F | None = None

    @property
    def is_right(self) -> bool:
        """Say whether everything may be taken over."""
        return self.fault is None and all(row.outcome is not Outcome.WRONG for row in self.rows)

    def counts(self) -> Counter[Outcome]:
        """Count the rows by what would become of them."""
        return Counter(row.outcome for row in self.rows)


def columns_of(headings: Mapping[str, C], heading: Sequence[str]) -> list[C | None]:
    """Return which column stands where; None for a word that names none."""
    return [headings.get(plain(cell)) for cell in heading]


def cells_of(columns: Sequence[C | None], cells: Sequence[str]) -> dict[C, str]:
    """Return a row by its columns, without blanks around; a short row lacks nothing but words."""
    filled = [*cells, *([""] * len(columns))]
    return {
        column: text.strip()
        for column, text in zip(columns, filled, strict=False)
        if column is not None
    }


def plain(text: str) -> str:
    """Return a word as it is looked up."""
    return text.strip().lower()
