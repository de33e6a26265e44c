"""What news of a call that was sent on to old seats, or turned away, does to its ledger.

Registered on `call_news.change`; the five rules of `provider_events` hold here as well. The call
stays at the door for as long as others have it: none of our agents does.
"""

from datetime import datetime

from sqlalchemy import select

from app.calls.call_news import change
from app.calls.models import Call, CallForward
from app.core.database import db
from telephony import landing_events as news

LONGEST_NUMBER = 32
ANSWERED = "answered"


@change.register
def _forwarding(event: news.CallForwarding, call: Call) -> None:
    row = _try(call, event.counter, event.number, at=event.happened_at)
    row.started_at = min(row.started_at, event.happened_at)


@change.register
def _answered(event: news.ForwardAnswered, call: Call) -> None:
    row = _try(call, event.counter, event.number, at=event.happened_at)
    row.answered_at, row.outcome = event.happened_at, ANSWERED


@change.register
def _failed(event: news.ForwardFailed, call: Call) -> None:
    row = _try(call, event.counter, event.number, at=event.happened_at)
    row.ended_at, row.outcome = event.happened_at, event.reason.value


@change.register
def _door_answered(event: news.DoorAnswered, call: Call) -> None:
    call.door_reason = event.reason


def _try(call: Call, counter: int, number: str, *, at: datetime) -> CallForward:
    asked = select(CallForward).where(
        CallForward.call_id == call.id, CallForward.counter == counter
    )
    row = db.session.scalar(asked)
    if row is None:
        row = CallForward(
            call_id=call.id, counter=counter, number=number[:LONGEST_NUMBER], started_at=at
        )
        db.session.add(row)
        db.session.flush()
    return row
