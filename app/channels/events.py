"""Facts about the register of numbers, and about calls that went round."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class NumberRegistered(Event):
    """A number stands in the register."""

    name: ClassVar[str] = "number.registered"
    number_id: int
    number: str
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class NumberEdited(Event):
    """What the register says about a number was changed; `fields` names what."""

    name: ClassVar[str] = "number.edited"
    number_id: int
    fields: str
    edited_by: int | None


@dataclass(frozen=True, kw_only=True)
class NumberModeSet(Event):
    """A number is run in another mode from this moment on."""

    name: ClassVar[str] = "number.mode_set"
    number_id: int
    mode: str
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class NumberStateSet(Event):
    """A number is in another state from this moment on."""

    name: ClassVar[str] = "number.state_set"
    number_id: int
    state: str
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class LandingAdded(Event):
    """A carrier delivers a number in one more way."""

    name: ClassVar[str] = "landing.added"
    landing_id: int
    number_id: int
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class LandingEnded(Event):
    """A landing is live no longer from this moment on."""

    name: ClassVar[str] = "landing.ended"
    landing_id: int
    number_id: int
    at: datetime
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class RouteChanged(Event):
    """Landings of a number go elsewhere from this moment on."""

    name: ClassVar[str] = "route.changed"
    change_id: int
    number_id: int
    effective_at: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class RouteChangeUndone(Event):
    """The former routes hold again."""

    name: ClassVar[str] = "route.change_undone"
    change_id: int
    number_id: int
    undone_by: int | None


@dataclass(frozen=True, kw_only=True)
class IntakeAlarmRaised(Event):
    """A call at the door was given to a human instead of where its route leads."""

    name: ClassVar[str] = "intake.alarm_raised"
    alarm_id: int
    kind: str
    sign: str
    exchange_id: str
    call_key: str
