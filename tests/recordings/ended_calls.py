"""Calls that took place, as an exchange tells them."""

from datetime import timedelta

from app.calls import service as calls
from app.calls.provider_events import apply_news
from app.core import clock
from app.core.database import unit_of_work
from telephony.events import (
    AgentAnswered,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    Place,
    TelephonyEvent,
)


def news_of_a_call(
    call_key: str, *, phone: str, talked: float = 10.0, exchange_id: str = "sim"
) -> list[TelephonyEvent]:
    """Return what an exchange tells of a call that was answered on this phone and has ended."""
    end = clock.now()
    answered = end - timedelta(seconds=talked)
    arrived = answered - timedelta(seconds=5)
    leg = {"exchange_id": exchange_id, "boot_id": "boot", "call_key": call_key}
    own, agent = {**leg, "leg_key": call_key}, {**leg, "leg_key": f"{call_key}-a1"}
    return [
        CallArrived(
            **own,
            happened_at=arrived,
            from_number="15407620001",
            from_name="",
            dialled_number="12315",
            invited_at=arrived,
        ),
        CallerPlaced(**own, happened_at=arrived, place=Place.QUEUE),
        AgentRinging(**agent, happened_at=answered, phone=phone),
        AgentAnswered(**agent, happened_at=answered, phone=phone),
        CallEnded(**own, happened_at=end, cause=16, ended_by=EndedBy.CALLER),
    ]


def an_ended_call(
    call_key: str, *, phone: str, talked: float = 10.0, exchange_id: str = "sim"
) -> int:
    """Put such a call into the ledger; return its id."""
    with unit_of_work():
        apply_news(news_of_a_call(call_key, phone=phone, talked=talked, exchange_id=exchange_id))
    call = calls.find_call(exchange_id, call_key)
    assert call is not None
    return call.id
