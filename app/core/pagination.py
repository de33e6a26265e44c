"""One page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from app.core.database import db

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """`items` of page `number` (from 1) out of `total`."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        """Return how many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def page_of(wanted: Select[T], *, page: int, per_page: int) -> Page[T]:
    """Read one page of a select of whole objects."""
    counted: Select[Any] = select(func.count()).select_from(wanted.order_by(None).subquery())
    total = int(db.session.execute(counted).scalar_one())
    last = max(1, -(-total // per_page))
    number = min(max(1, page), last)  # beyond the end is the end: a list may have become shorter
    items = db.session.execute(wanted.offset((number - 1) * per_page).limit(per_page)).scalars()
    return Page(items=list(items), number=number, per_page=per_page, total=total)
