"""What happens to duty rosters."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class DutyPersonSet(Event):
    """A unit's register of people on duty has somebody new, or changed; `fields` says what."""

    name: ClassVar[str] = "duty.person_set"
    person_id: int
    unit_id: int
    fields: str
    set_by: int


@dataclass(frozen=True, kw_only=True)
class DutyPersonRemoved(Event):
    """Somebody is no longer put on duty by a unit."""

    name: ClassVar[str] = "duty.person_removed"
    person_id: int
    unit_id: int
    removed_by: int


@dataclass(frozen=True, kw_only=True)
class DutyPlanned(Event):
    """Somebody is on duty for a unit from a moment until another."""

    name: ClassVar[str] = "duty.planned"
    person_id: int
    unit_id: int
    part: str
    begins_at: datetime
    ends_at: datetime
    planned_by: int


@dataclass(frozen=True, kw_only=True)
class DutyTakenOut(Event):
    """A planned spell does not take place, or ends now."""

    name: ClassVar[str] = "duty.taken_out"
    person_id: int
    unit_id: int
    part: str
    begins_at: datetime
    taken_out_by: int


@dataclass(frozen=True, kw_only=True)
class DutyWeekCopied(Event):
    """The week before was taken over into a week that begins at `since`."""

    name: ClassVar[str] = "duty.week_copied"
    unit_id: int
    since: datetime
    spells: int
    copied_by: int
