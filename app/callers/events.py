"""Facts about people who call."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CallerRestricted(Event):
    """A number that misused the hotline stands behind the others for a time."""

    name: ClassVar[str] = "caller.restricted"
    restriction_id: int
    number: str
    until: datetime
    put_by: int | None


@dataclass(frozen=True, kw_only=True)
class CallerRestrictionLifted(Event):
    """A mark against a number was taken away before its time."""

    name: ClassVar[str] = "caller.restriction_lifted"
    restriction_id: int
    number: str
    lifted_by: int | None
