"""Everything the ledger keeps of one call, for the page that tells its story."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.calls.models import Call, CallForward, CallLeg, CallOrder, CallStateChange, ProviderEvent
from app.core.database import db


@dataclass(frozen=True, kw_only=True)
class CallRows:
    """The rows of one call, each sort in the order in which it was written."""

    steps: Sequence[CallStateChange]
    legs: Sequence[CallLeg]
    orders: Sequence[CallOrder]
    events: Sequence[ProviderEvent]
    forwards: Sequence[CallForward]


def rows_of(call: Call) -> CallRows:
    """Read all rows of a call."""
    events = select(ProviderEvent).where(
        ProviderEvent.exchange_id == call.exchange_id,
        ProviderEvent.boot_id == call.boot_id,
        ProviderEvent.call_key == call.call_key,
    )
    own = CallStateChange, CallLeg, CallOrder
    steps, legs, orders = (select(kind).where(kind.call_id == call.id) for kind in own)
    forwards = select(CallForward).where(CallForward.call_id == call.id)
    return CallRows(
        steps=list(db.session.scalars(steps.order_by(CallStateChange.id))),
        legs=list(db.session.scalars(legs.order_by(CallLeg.id))),
        orders=list(db.session.scalars(orders.order_by(CallOrder.id))),
        events=list(db.session.scalars(events.order_by(ProviderEvent.id))),
        forwards=list(db.session.scalars(forwards.order_by(CallForward.id))),
    )
