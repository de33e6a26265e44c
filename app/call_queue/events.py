"""Facts about the queue and the people who serve it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class QueueChanged(Event):
    """Somebody joined or left the line; `may_be_rung_for`: he waits for an agent from now on."""

    name: ClassVar[str] = "queue.changed"
    may_be_rung_for: bool = False


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Event):
    """An agent is doing something else now."""

    name: ClassVar[str] = "presence.changed"
    agent_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class NotReadyTooLong(Event):
    """An agent is not ready for longer than is agreed for his reason; said once for each pause."""

    name: ClassVar[str] = "presence.not_ready_too_long"
    agent_id: int
    reason: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class LeftGoingTooLong(Event):
    """A caller is still on hold, or a recording was still paused; said again while a hold lasts."""

    name: ClassVar[str] = "talk.left_going_too_long"
    call_id: int
    agent_id: int
    what: str
    seconds: int


@dataclass(frozen=True, kw_only=True)
class AbuseReported(Event):
    """An agent closed a call as an abusive one; `break_until` ends the break that it gave him."""

    name: ClassVar[str] = "presence.abuse_reported"
    agent_id: int
    call_id: int
    code: str
    break_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class StateForced(Event):
    """A supervisor set what an agent does; in a call it takes effect after it (`is_later`).

    `why_code` is of the city's list, `why` what was written besides; `reason` is that of a pause.
    """

    name: ClassVar[str] = "presence.state_forced"
    agent_id: int
    forced_by: int
    old: str
    new: str
    reason: str | None
    why_code: str
    why: str
    is_later: bool


@dataclass(frozen=True, kw_only=True)
class SupervisionAsked(Event):
    """A supervisor asked to hear an agent's call, or to speak in it: `mode` says which."""

    name: ClassVar[str] = "presence.supervision_asked"
    call_id: int
    asked_by: int
    agent_id: int
    mode: str


@dataclass(frozen=True, kw_only=True)
class CallClosed(Event):
    """The work after a call is done; the desk is free of it."""

    name: ClassVar[str] = "presence.call_closed"
    agent_id: int
    call_id: int


@dataclass(frozen=True, kw_only=True)
class OfferMade(Event):
    """A call is offered to an agent, who has until `ring_until` to take it."""

    name: ClassVar[str] = "offer.made"
    offer_id: int
    call_id: int
    agent_id: int


@dataclass(frozen=True, kw_only=True)
class OfferEnded(Event):
    """An offer is over: answered, missed, caller_gone or withdrawn."""

    name: ClassVar[str] = "offer.ended"
    offer_id: int
    call_id: int
    agent_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class OfferFreed(Event):
    """A supervisor took an offer back from an agent; the caller goes to the next one."""

    name: ClassVar[str] = "offer.freed"
    offer_id: int
    call_id: int
    agent_id: int
    freed_by: int
    why_code: str
    why: str


@dataclass(frozen=True, kw_only=True)
class DeskOpened(Event):
    """An agent's desk page is connected."""

    name: ClassVar[str] = "desk.opened"
    agent_id: int
    phone: str


@dataclass(frozen=True, kw_only=True)
class DeskClosed(Event):
    """The last desk page of an agent is gone."""

    name: ClassVar[str] = "desk.closed"
    agent_id: int
    phone: str
