"""Keeps why a call at the door was not simply put into our queue: the register's own answer."""

from datetime import datetime

from app.calls.mending import boot_of
from telephony.landing_events import DoorAnswered


def door_answered(
    exchange_id: str, call_key: str, *, reason: str, at: datetime
) -> DoorAnswered | None:
    """Return the reason as a piece of news, to be written in its turn with those of the call."""
    boot_id = boot_of(exchange_id)
    if boot_id is None:
        return None  # without a link there is no life of the exchange that the call belongs to
    return DoorAnswered(
        exchange_id=exchange_id,
        boot_id=boot_id,
        call_key=call_key,
        leg_key=call_key,
        happened_at=at,
        reason=reason,
    )
