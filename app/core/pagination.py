"""One page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, literal, select

from app.core.database import db

T = TypeVar("T")

MOST_COUNTED = 1000
"""Rows that a list is counted and paged through which grows for ever; older ones are searched."""


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """`items` of page `number` (from 1) out of `total`; `is_cut`: there are more than is listed."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int
    is_cut: bool = False

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def page_of(wanted: Select[T], *, page: int, per_page: int, most: int | None = None) -> Page[T]:
    """Read one page of a select of whole objects.

    `most`: no more is listed or counted; what it costs does not grow with the list.
    """
    total = count_of(wanted, most=most)
    is_cut = most is not None and total > most
    total = min(total, most) if most is not None else total
    last = max(1, -(-total // per_page))
    number = min(max(1, page), last)  # beyond the end is the end: a list may have become shorter
    items = db.session.execute(wanted.offset((number - 1) * per_page).limit(per_page)).scalars()
    return Page(items=list(items), number=number, per_page=per_page, total=total, is_cut=is_cut)


def count_of(wanted: Select[Any], *, most: int | None = None) -> int:
    """Count what is selected; with `most` one more at the highest: that says there is more."""
    rows = wanted.order_by(None).with_only_columns(literal(1), maintain_column_froms=True)
    if most is not None:
        rows = rows.limit(most + 1)
    counted: Select[Any] = select(func.count()).select_from(rows.subquery())
    return int(db.session.execute(counted).scalar_one())
