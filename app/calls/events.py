"""Facts about calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypedDict

from app.core.events import Event
from telephony.orders import Order


@dataclass(frozen=True, kw_only=True)
class CallEntered(Event):
    """A call stands in the ledger for the first time."""

    name: ClassVar[str] = "call.entered"
    call_id: int


@dataclass(frozen=True, kw_only=True)
class CallWaiting(Event):
    """The caller hears the queue's hold music; he may be offered to an agent.

    `is_first`: he comes from the door, and nobody has rung for him yet.
    """

    name: ClassVar[str] = "call.waiting"
    call_id: int
    at: datetime
    is_first: bool = False


@dataclass(frozen=True, kw_only=True)
class CallLeftAlone(Event):
    """The exchange queues this caller by itself; we must not offer him."""

    name: ClassVar[str] = "call.left_alone"
    call_id: int


@dataclass(frozen=True, kw_only=True)
class AgentRang(Event):
    """An agent's phone rings for the call."""

    name: ClassVar[str] = "call.agent_rang"
    call_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallAnswered(Event):
    """An agent talks with the caller; `is_first`: nobody of ours did before in this call."""

    name: ClassVar[str] = "call.answered"
    call_id: int
    agent_id: int
    at: datetime
    is_first: bool = False


@dataclass(frozen=True, kw_only=True)
class CitizenReached(Event):
    """A citizen whom somebody called from his own telephone talks with him; no desk has it."""

    name: ClassVar[str] = "call.citizen_reached"
    call_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RingFailed(Event):
    """An agent's phone did not take the call."""

    name: ClassVar[str] = "call.ring_failed"
    call_id: int
    agent_id: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class AgentLost(Event):
    """The agent's phone was lost in mid-call; the caller is or will be kept on hold music."""

    name: ClassVar[str] = "call.agent_lost"
    call_id: int
    agent_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class TalkChanged(Event):
    """A hold, a mute, a pause, a join or a supervision began or ended.

    `what` is the kind of the exchange's news; `order_id` the wish that it is the outcome of.
    """

    name: ClassVar[str] = "call.talk_changed"
    call_id: int
    agent_id: int | None
    what: str
    order_id: int | None
    at: datetime


class PartyWords(TypedDict):
    """What facts about a further party tell; `agent_id` when he is one of ours."""

    call_id: int
    leg_id: int
    role: str
    agent_id: int | None
    call_agent_id: int | None


@dataclass(frozen=True, kw_only=True)
class PartyFact(Event):
    """Something about a further party of a call."""

    name: ClassVar[str] = "call.party"
    call_id: int
    leg_id: int
    role: str
    agent_id: int | None
    call_agent_id: int | None


@dataclass(frozen=True, kw_only=True)
class PartyRang(PartyFact):
    """The phone of a further party rings."""

    name: ClassVar[str] = "call.party_rang"


@dataclass(frozen=True, kw_only=True)
class PartyTookCall(PartyFact):
    """A further party answered."""

    name: ClassVar[str] = "call.party_took_call"


@dataclass(frozen=True, kw_only=True)
class PartyLeft(PartyFact):
    """A further party did not answer, or left again."""

    name: ClassVar[str] = "call.party_left"
    reason: str


@dataclass(frozen=True, kw_only=True)
class CallTransferred(Event):
    """An agent left the call to others; his work after it begins."""

    name: ClassVar[str] = "call.transferred"
    call_id: int
    from_agent_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallHandedOver(Event):
    """The caller talks with somebody outside; no agent of ours is with him any more."""

    name: ClassVar[str] = "call.handed_over"
    call_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OutcomeMissing(Event):
    """The exchange took a wish, and nothing came of it in time: somebody must look."""

    name: ClassVar[str] = "call.outcome_missing"
    order_id: int
    call_id: int
    kind: str
    wished_by: int | None


@dataclass(frozen=True, kw_only=True)
class CallEnded(Event):
    """The caller's line is gone. `agent_id` is the agent who had the call at the end, if any."""

    name: ClassVar[str] = "call.ended"
    call_id: int
    agent_id: int | None
    at: datetime
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class OrderWished(Event):
    """A wish to an exchange was saved; the switchboard will send it."""

    name: ClassVar[str] = "call.order_wished"
    order_id: int
    exchange_id: str


@dataclass(frozen=True, kw_only=True)
class OrderTakenUp(Event):
    """An order was saved as being sent: this process sends it now."""

    name: ClassVar[str] = "call.order_taken_up"
    exchange_id: str
    order: Order


@dataclass(frozen=True, kw_only=True)
class OrderRefused(Event):
    """The exchange refused a wish."""

    name: ClassVar[str] = "call.order_refused"
    order_id: int
    call_id: int
    kind: str
    phone: str | None
    code: str
    wished_by: int | None = None


@dataclass(frozen=True, kw_only=True)
class PhoneThere(Event):
    """An agent's phone can be rung."""

    name: ClassVar[str] = "call.phone_there"
    exchange_id: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class PhoneAway(Event):
    """An agent's phone can no longer be rung."""

    name: ClassVar[str] = "call.phone_away"
    exchange_id: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class ExchangeLagChanged(Event):
    """How far behind an exchange we are has changed its lamp; `lag` is a word of LinkLag."""

    name: ClassVar[str] = "call.exchange_lag_changed"
    exchange_id: str
    lag: str
    event_age_ms: int


@dataclass(frozen=True, kw_only=True)
class LedgerMended(Event):
    """A comparison with an exchange found so many differences of a kind, and mended them."""

    name: ClassVar[str] = "call.ledger_mended"
    exchange_id: str
    kind: str
    how_many: int


@dataclass(frozen=True, kw_only=True)
class ExchangeLinkChanged(Event):
    """The link to an exchange came up or was lost."""

    name: ClassVar[str] = "call.exchange_link_changed"
    exchange_id: str
    is_up: bool


@dataclass(frozen=True, kw_only=True)
class CallerChosen(Event):
    """Of several persons behind a number, the agent said who calls; None: he took it back."""

    name: ClassVar[str] = "call.caller_chosen"
    call_id: int
    caller_id: int | None
    chosen_by: int


@dataclass(frozen=True, kw_only=True)
class CallsErased(Event):
    """The time of these calls was over: nothing in the ledger leads to their callers any more."""

    name: ClassVar[str] = "calls.erased"
    call_ids: tuple[int, ...]
