"""What any exchange can tell us, in our own words.

Each event has a natural key, so that hearing it twice changes nothing: an exchange's own events
carry no id (Asterisk's AMI has none), but one leg does one kind of thing a countable number of
times during one life of the exchange.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple


class NaturalKey(NamedTuple):
    """Which exchange, which life of it, which leg, what kind, the how-manieth."""

    exchange_id: str
    boot_id: str
    leg_key: str
    kind: str
    counter: int


class Place(StrEnum):
    """Where in the exchange a caller is kept."""

    INTAKE = "intake"  # being asked about
    FORWARDED = "forwarded"  # the line's old seats ring or have him
    QUEUE = "queue"  # hold music, waiting for an agent of ours
    RINGING = "ringing"  # an agent's phone rings
    TALKING = "talking"
    HELD = "held"  # hold music, because the agent or a transfer wants it; somebody comes back
    CALLED = "called"  # a citizen whom an agent calls: his phone rings
    KEPT = "kept"  # hold music, because the agent's phone was lost in mid-call
    ALONE = "alone"  # the exchange's own fallback queue: the app could not be reached


class RingFailure(StrEnum):
    """Why an agent's phone did not take the call."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    UNREACHABLE = "unreachable"
    WITHDRAWN = "withdrawn"  # we took the offer back


class PartyLost(StrEnum):
    """How an agent's leg left a conversation."""

    HUNG_UP = "hung_up"
    MEDIA_LOST = "media_lost"  # no sound arrived from the phone
    PHONE_LOST = "phone_lost"  # the phone itself went away
    TRANSFERRED = "transferred"  # the caller talks on with somebody else


class EndedBy(StrEnum):
    """Who ended a call."""

    CALLER = "caller"
    AGENT = "agent"
    APP = "app"
    EXCHANGE = "exchange"


@dataclass(frozen=True, kw_only=True)
class TelephonyEvent:
    """Something an exchange saw. `happened_at` is the exchange's own clock, aware, UTC.

    `call_key` names the caller's leg and with it the call; `leg_key` the leg this is about.
    """

    exchange_id: str
    boot_id: str
    call_key: str
    leg_key: str
    counter: int = 1
    happened_at: datetime
    kind: ClassVar[str]

    @property
    def natural_key(self) -> NaturalKey:
        """Name this event so that a repeat is recognised."""
        return NaturalKey(self.exchange_id, self.boot_id, self.leg_key, self.kind, self.counter)


@dataclass(frozen=True, kw_only=True)
class CallArrived(TelephonyEvent):
    """A citizen's call reached the exchange. `invited_at` is the carrier's INVITE."""

    kind = "call_arrived"
    from_number: str  # as delivered; empty when withheld
    from_name: str
    dialled_number: str
    invited_at: datetime


@dataclass(frozen=True, kw_only=True)
class CallerPlaced(TelephonyEvent):
    """The caller now waits in this place, on hold music. `counter` counts his places."""

    kind = "caller_placed"
    place: Place  # QUEUE, KEPT or ALONE


@dataclass(frozen=True, kw_only=True)
class AgentRinging(TelephonyEvent):
    """An agent's phone rings for this call."""

    kind = "agent_ringing"
    phone: str


@dataclass(frozen=True, kw_only=True)
class AgentAnswered(TelephonyEvent):
    """An agent's phone took the call; both hear each other."""

    kind = "agent_answered"
    phone: str


@dataclass(frozen=True, kw_only=True)
class RingFailed(TelephonyEvent):
    """An agent's phone did not take the call; the caller is still there."""

    kind = "ring_failed"
    phone: str
    reason: RingFailure


@dataclass(frozen=True, kw_only=True)
class AgentGone(TelephonyEvent):
    """An agent's leg left a conversation."""

    kind = "agent_gone"
    phone: str
    reason: PartyLost


@dataclass(frozen=True, kw_only=True)
class CallEnded(TelephonyEvent):
    """The caller's leg is gone. `cause` is the Q.850 cause."""

    kind = "call_ended"
    cause: int
    ended_by: EndedBy


@dataclass(frozen=True, kw_only=True)
class RecordingReady(TelephonyEvent):
    """A finished piece of a recording can be fetched under this name."""

    kind = "recording_ready"
    recording_name: str


@dataclass(frozen=True, kw_only=True)
class PhoneChanged:
    """An agent's phone can be rung from now on, or no longer. State, not history: no key."""

    exchange_id: str
    phone: str
    is_there: bool
    contact: str  # which registration; a new page is a new contact
    happened_at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkChanged:
    """The link to an exchange came up (with the exchange's present life) or was lost."""

    exchange_id: str
    boot_id: str
    is_up: bool
    why: str
    happened_at: datetime


News = TelephonyEvent | PhoneChanged | LinkChanged
