"""Facts about personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DataUnmasked(Event):
    """Somebody uncovered the data of a person or of a ticket for a time, and said why."""

    name: ClassVar[str] = "privacy.unmasked"
    subject_kind: str
    subject_id: int
    reason_code: str
    reason: str
    until: datetime
    unmasked_by: int
