"""What the end of records tells."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordsDeleted(Event):
    """A day's round over a class deleted what ended before a moment; `held` stayed for a hold."""

    name: ClassVar[str] = "keeping.records_deleted"
    record_class: str
    rows: int
    before: datetime
    keep_days: int
    held: int
