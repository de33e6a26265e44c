"""Facts about channels and about what their units enter."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ChannelAdded(Event):
    """A channel stands in the register."""

    name: ClassVar[str] = "channel.added"
    channel_id: int
    code: str
    added_by: int | None


@dataclass(frozen=True, kw_only=True)
class ChannelEdited(Event):
    """What the register says of a channel was changed; `fields` names what."""

    name: ClassVar[str] = "channel.edited"
    channel_id: int
    fields: str
    edited_by: int | None


@dataclass(frozen=True, kw_only=True)
class ChannelModeSet(Event):
    """A channel is folded in in another way from a moment on."""

    name: ClassVar[str] = "channel.mode_set"
    channel_id: int
    mode: str
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class ChannelStateSet(Event):
    """A channel is in another state from a moment on."""

    name: ClassVar[str] = "channel.state_set"
    channel_id: int
    state: str
    valid_from: datetime
    set_by: int | None


@dataclass(frozen=True, kw_only=True)
class CaseEntered(Event):
    """A channel's unit entered a case, and it is a ticket."""

    name: ClassVar[str] = "channel.case_entered"
    case_id: int
    channel_id: int
    ticket_id: int
    entered_by: int


@dataclass(frozen=True, kw_only=True)
class CaseNoted(Event):
    """A channel's unit wrote down what it did with a case."""

    name: ClassVar[str] = "channel.case_noted"
    case_id: int
    ticket_id: int
    noted_by: int


@dataclass(frozen=True, kw_only=True)
class CaseSettled(Event):
    """A channel's unit wrote down what came of a case, or corrected it."""

    name: ClassVar[str] = "channel.case_settled"
    case_id: int
    ticket_id: int
    settled_by: int


@dataclass(frozen=True, kw_only=True)
class SheetTakenOver(Event):
    """A sheet of cases was taken over."""

    name: ClassVar[str] = "channel.sheet_taken_over"
    channel_id: int
    added: int
    changed: int
    taken_by: int
