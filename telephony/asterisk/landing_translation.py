"""AMI messages about calls sent on to old seats, as our own events: pure."""

from collections.abc import Callable, Mapping
from typing import Any

from telephony.asterisk.ami_connection import Message
from telephony.events import News, RingFailure
from telephony.landing_events import CallForwarding, ForwardAnswered, ForwardFailed

_FAILURES = {
    "NOANSWER": RingFailure.NO_ANSWER,
    "BUSY": RingFailure.BUSY,
    "CONGESTION": RingFailure.REJECTED,
    "DONTCALL": RingFailure.REJECTED,
    "CANCEL": RingFailure.WITHDRAWN,
}


def _forwarding(message: Message, of_call: dict[str, Any]) -> News:
    return CallForwarding(**_try(message, of_call))


def _answered(message: Message, of_call: dict[str, Any]) -> News:
    # told on the leg to the old seats, which names the call it belongs to
    call_key = message.headers["Call"]
    return ForwardAnswered(**{**_try(message, of_call), "call_key": call_key, "leg_key": call_key})


def _failed(message: Message, of_call: dict[str, Any]) -> News:
    reason = _FAILURES.get(message.headers.get("Status", ""), RingFailure.UNREACHABLE)
    return ForwardFailed(**_try(message, of_call), reason=reason)


def _try(message: Message, of_call: dict[str, Any]) -> dict[str, Any]:
    headers = message.headers
    return {**of_call, "counter": int(headers["Forwards"]), "number": headers["Number"]}


LANDING_NEWS: Mapping[str, Callable[[Message, dict[str, Any]], News]] = {
    "HLForwarding": _forwarding,
    "HLForwardAnswered": _answered,
    "HLForwardFailed": _failed,
}
