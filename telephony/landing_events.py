"""What an exchange tells of a call that it sends on to a line's old seats.

`counter` counts the tries of one call. A try that nobody takes is followed by the caller's next
place; one that was taken ends with the call.
"""

from dataclasses import dataclass

from telephony.events import RingFailure, TelephonyEvent


@dataclass(frozen=True, kw_only=True)
class CallForwarding(TelephonyEvent):
    """The old seats ring. The caller hears their ringing."""

    kind = "call_forwarding"
    number: str


@dataclass(frozen=True, kw_only=True)
class ForwardAnswered(TelephonyEvent):
    """The old seats took the call; we are no longer part of it until it ends."""

    kind = "forward_answered"
    number: str


@dataclass(frozen=True, kw_only=True)
class ForwardFailed(TelephonyEvent):
    """The old seats did not take the call; the caller comes to our queue."""

    kind = "forward_failed"
    number: str
    reason: RingFailure


@dataclass(frozen=True, kw_only=True)
class DoorAnswered(TelephonyEvent):
    """We told the exchange to do something else with a new call than to queue it, and why.

    Our own answer, kept beside what the exchange tells: the call may not be in the ledger yet.
    """

    kind = "door_answered"
    reason: str
