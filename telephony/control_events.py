"""What an exchange tells of a call that is being talked on: the outcomes of control orders.

`order_id` names the order that a piece of news is the outcome of, where the exchange knows it; a
hold pressed on a desk phone has none. Counters count per leg and kind, like everywhere.
"""

from dataclasses import dataclass
from enum import StrEnum

from telephony.control_orders import SupervisionMode, TargetKind
from telephony.events import RingFailure, TelephonyEvent


class PartyRole(StrEnum):
    """Why a further party is in a call."""

    CONSULTED = "consulted"
    TRANSFERRED_TO = "transferred_to"
    SUPERVISOR = "supervisor"
    CITIZEN = "citizen"  # the person that an agent calls


@dataclass(frozen=True, kw_only=True)
class CallPlacedOut(TelephonyEvent):
    """An agent calls a citizen: the call exists from now on. `invited_at` is `happened_at`."""

    kind = "call_placed_out"
    phone: str
    number: str
    shown_number: str


@dataclass(frozen=True, kw_only=True)
class CitizenAnswered(TelephonyEvent):
    """The citizen an agent called took the call; both hear each other."""

    kind = "citizen_answered"


@dataclass(frozen=True, kw_only=True)
class CallerHeld(TelephonyEvent):
    """The caller hears hold music while the agent's leg stays."""

    kind = "caller_held"
    phone: str
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CallerResumed(TelephonyEvent):
    """Caller and agent hear each other again."""

    kind = "caller_resumed"
    phone: str
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AgentMuted(TelephonyEvent):
    """The caller hears this agent no longer, or again."""

    kind = "agent_muted"
    phone: str
    is_muted: bool
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class DigitsSent(TelephonyEvent):
    """Keys were pressed for the caller's side; which ones is not told."""

    kind = "digits_sent"
    how_many: int
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class RecordingPaused(TelephonyEvent):
    """The recording writes silence from now on, or sound again."""

    kind = "recording_paused"
    is_paused: bool
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class PartyEvent(TelephonyEvent):
    """Something about a further party. `order_id` is the order that called it: its name."""

    order_id: int
    role: PartyRole
    target_kind: TargetKind
    address: str


@dataclass(frozen=True, kw_only=True)
class PartyRinging(PartyEvent):
    """The party's phone rings; a second time, under another address, when it is the fallback's."""

    kind = "party_ringing"


@dataclass(frozen=True, kw_only=True)
class PartyAnswered(PartyEvent):
    """The party took the call and talks with the agent, or with the caller after a transfer."""

    kind = "party_answered"


@dataclass(frozen=True, kw_only=True)
class PartyFailed(PartyEvent):
    """The party did not take the call."""

    kind = "party_failed"
    reason: RingFailure


@dataclass(frozen=True, kw_only=True)
class PartyGone(PartyEvent):
    """The party's leg left the call."""

    kind = "party_gone"


@dataclass(frozen=True, kw_only=True)
class PartiesJoined(TelephonyEvent):
    """Caller, agent and all parties are in one conversation."""

    kind = "parties_joined"
    order_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class SupervisionChanged(TelephonyEvent):
    """A supervisor takes part in this way from now on; without a mode: no longer."""

    kind = "supervision_changed"
    phone: str
    mode: SupervisionMode | None
    order_id: int | None = None
