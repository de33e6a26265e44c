"""Erase a person's number from calls, their legs, their orders and the raw news of them.

The rows stay, with every moment in them: what is counted from the ledger counts as before.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update

from app.calls.events import CallsErased
from app.calls.models import (
    Call,
    CallBack,
    CallLeg,
    CallOrder,
    CallTransfer,
    LegRole,
    ProviderEvent,
)
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import ERASED, normalise

NAMES = frozenset({"from_name", "caller_name"})


def erase_caller(call_ids: Collection[int], *, caller_id: int, numbers: Collection[str]) -> None:
    """Let these calls be a forgotten person's, without number and name."""
    calls = list(db.session.scalars(select(Call).where(Call.id.in_(call_ids))))
    _erase(calls, call_ids, numbers=numbers)
    for call in calls:
        call.caller_id = caller_id


def erase_whole(call_ids: Collection[int]) -> None:
    """Let these calls be nobody's: their time is over. What was said of them in words goes too."""
    calls = list(db.session.scalars(select(Call).where(Call.id.in_(call_ids))))
    _erase(calls, call_ids, numbers=())
    for call in calls:
        call.caller_id = None
    handed = update(CallTransfer).where(CallTransfer.call_id.in_(call_ids))
    db.session.execute(handed.values(summary=None))
    cared = update(CallBack).where(CallBack.call_id.in_(call_ids))
    db.session.execute(cared.values(why=""))
    if calls:
        publish(CallsErased(call_ids=tuple(call.id for call in calls)))


def ended_before(call_ids: Collection[int], before: datetime) -> frozenset[int]:
    """Return which of these calls ended before a moment."""
    wanted = select(Call.id).where(Call.id.in_(call_ids), Call.ended_at < before)
    return frozenset(db.session.scalars(wanted))


def persons_of(call_ids: Collection[int]) -> frozenset[int]:
    """Return who was chosen as the caller of these calls."""
    wanted = select(Call.caller_id).where(Call.id.in_(call_ids))
    return frozenset(each for each in db.session.scalars(wanted) if each is not None)


def _erase(calls: list[Call], call_ids: Collection[int], *, numbers: Collection[str]) -> None:
    gone = {*numbers, *(call.from_number for call in calls)} - {"", ERASED}
    for call in calls:
        call.from_number, call.from_name = ERASED, ""
    of_him = CallLeg.call_id.in_(call_ids) & (CallLeg.role == LegRole.CITIZEN)
    for leg in db.session.scalars(select(CallLeg).where(of_him)):
        leg.phone = ERASED
    for order in db.session.scalars(select(CallOrder).where(CallOrder.call_id.in_(call_ids))):
        order.body = erased(order.body, gone)
    for event in _news_of(calls):
        event.body = erased(event.body, gone)


def erased(value: Any, numbers: Collection[str]) -> Any:
    """Return a JSON value without these numbers, in whatever spelling, and without names."""
    if isinstance(value, dict):
        return {key: "" if key in NAMES else erased(each, numbers) for key, each in value.items()}
    if isinstance(value, list):
        return [erased(each, numbers) for each in value]
    is_his = isinstance(value, str) and (value in numbers or normalise(value) in numbers)
    return ERASED if is_his else value


def _news_of(calls: list[Call]) -> list[ProviderEvent]:
    if not calls:
        return []
    keys = [
        and_(
            ProviderEvent.call_key == call.call_key,
            ProviderEvent.exchange_id == call.exchange_id,
            ProviderEvent.boot_id == call.boot_id,
        )
        for call in calls
    ]
    found: list[ProviderEvent] = []
    for start in range(0, len(keys), 200):  # a statement holds no more
        found += db.session.scalars(select(ProviderEvent).where(or_(*keys[start : start + 200])))
    return found
