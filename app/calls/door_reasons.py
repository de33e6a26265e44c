"""Keeps why a call at the door was not simply put into our queue: the register's own answer."""

from datetime import datetime

from app.calls.mending import boot_of
from app.calls.provider_events import apply_news
from telephony.landing_events import DoorAnswered


def note_door_reason(exchange_id: str, call_key: str, *, reason: str, at: datetime) -> None:
    """Keep the reason; it waits in the raw book where the call itself is not told of yet."""
    boot_id = boot_of(exchange_id)
    if boot_id is None:
        return  # without a link there is no life of the exchange that the call could belong to
    answered = DoorAnswered(
        exchange_id=exchange_id,
        boot_id=boot_id,
        call_key=call_key,
        leg_key=call_key,
        happened_at=at,
        reason=reason,
    )
    apply_news([answered])
