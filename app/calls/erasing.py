"""Erase a person's number from calls, their legs, their orders and the raw news of them.

The rows stay, with every moment in them: what is counted from the ledger counts as before.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, or_, select

from app.calls.models import Call, CallLeg, CallOrder, LegRole, ProviderEvent
from app.core.database import db
from app.core.phone_numbers import ERASED, normalise

NAMES = frozenset({"from_name", "caller_name"})


def erase_caller(call_ids: Collection[int], *, caller_id: int, numbers: Collection[str]) -> None:
    """Let these calls be a forgotten person's, without number and name."""
    calls = list(db.session.scalars(select(Call).where(Call.id.in_(call_ids))))
    gone = {*numbers, *(call.from_number for call in calls)} - {"", ERASED}
    for call in calls:
        call.from_number, call.from_name, call.caller_id = ERASED, "", caller_id
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
