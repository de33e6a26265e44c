"""What we may ask of an exchange. Each order carries the id of the row that wished it (ADR 0003).

An order's answer says only that the exchange took it. What came of it arrives as an event.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Order:
    """Something wished of one call."""

    order_id: int
    call_key: str


@dataclass(frozen=True, kw_only=True)
class RingAgent(Order):
    """Ring this phone for this caller; give up after `ring_seconds` and keep the caller.

    `resumes` says that the same conversation goes on: the phone may answer by itself.
    """

    phone: str
    ring_seconds: int
    resumes: bool = False


@dataclass(frozen=True, kw_only=True)
class StopRinging(Order):
    """Take an offer back; the caller returns to the hold music of the queue."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class KeepCaller(Order):
    """Part the caller from a phone that was lost; he hears hold music until we say more."""


@dataclass(frozen=True, kw_only=True)
class ReturnToQueue(Order):
    """Put the caller back on the hold music of the queue."""


@dataclass(frozen=True, kw_only=True)
class AnswerForAgent(Order):
    """Answer in the agent's name: only for exchanges whose phones are not in the page."""

    phone: str


@dataclass(frozen=True, kw_only=True)
class HangUp(Order):
    """End the call."""
