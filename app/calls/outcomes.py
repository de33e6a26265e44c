"""Wishes of which nothing came: not answered, or taken in vain. The deadline loop finds them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, exists, or_, select

from app.calls import legs, order_book, spells
from app.calls.call_policy import CallPolicy
from app.calls.call_spells import SpellKind
from app.calls.call_states import WITH_AGENT, CallState, OrderState
from app.calls.events import OutcomeMissing
from app.calls.models import Call, CallOrder
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from telephony import control_orders as orders
from telephony.port import NO_ANSWER


def overdue(now: datetime) -> list[int]:
    """Return the orders whose outcome should have been told by now."""
    wanted = select(CallOrder.id).where(CallOrder.outcome_due < now).order_by(CallOrder.id)
    return list(db.session.execute(wanted).scalars())


def unanswered(now: datetime) -> list[int]:
    """Return the orders that are on their way for longer than anybody can have waited."""
    wanted = select(CallOrder.id).where(_is_on_its_way(sent_until(now)))
    return list(db.session.execute(wanted.order_by(CallOrder.id)).scalars())


def sent_until(now: datetime) -> datetime:
    """Return the moment before which an order was sent that should be answered by now."""
    return now - given(CallPolicy).answer


def is_any_overdue(
    now: BindParameter[datetime], sent_until: BindParameter[datetime]
) -> ColumnElement[bool]:
    """Return the question, for use inside another, whether there is one of either."""
    is_owing = exists().where(CallOrder.outcome_due < now)
    return or_(is_owing, exists().where(_is_on_its_way(sent_until)))


def give_up_unanswered(order_id: int) -> None:
    """Refuse an order that was left on its way: whoever sent it stood still, or died unseen.

    It may have been carried out; what it did, the exchange's news or a comparison tells.
    """
    call_id = db.session.scalar(select(CallOrder.call_id).where(CallOrder.id == order_id))
    if call_id is None:
        return
    db.session.get_one(Call, call_id, with_for_update=True, populate_existing=True)
    row = db.session.get_one(CallOrder, order_id, with_for_update=True, populate_existing=True)
    if row.state is OrderState.SENDING:
        order_book.mark_refused(order_id, code=NO_ANSWER)


def miss_outcome(order_id: int) -> None:
    """Raise the alarm for an order of which nothing came, unless the call shows what it wished.

    The exchange's word may have been lost while what was wished is so; and of a call that is over
    nothing more will be told.
    """
    row = db.session.get(CallOrder, order_id, populate_existing=True)
    if row is None:
        return
    call = db.session.get_one(Call, row.call_id, with_for_update=True, populate_existing=True)
    db.session.refresh(row, with_for_update=True)
    if row.outcome_due is None:
        return
    row.outcome_due = None
    if call.state is CallState.ENDED or _is_so(call, row):
        return
    row.is_alarmed = True
    publish(
        OutcomeMissing(order_id=row.id, call_id=row.call_id, kind=row.kind, wished_by=row.wished_by)
    )


def missed_lately(call_ids: Collection[int], *, since: datetime) -> set[int]:
    """Return those of these calls of which something was wished since then and nothing came."""
    wanted = select(CallOrder.call_id).where(
        CallOrder.call_id.in_(call_ids),
        CallOrder.is_alarmed.is_(True),
        CallOrder.wished_at >= since,
    )
    return set(db.session.execute(wanted).scalars())


def _is_on_its_way(
    sent_until: datetime | BindParameter[datetime],
) -> ColumnElement[bool]:
    return (CallOrder.state == OrderState.SENDING) & (CallOrder.sent_at < sent_until)


def _is_so(call: Call, row: CallOrder) -> bool:
    body = row.body
    match row.kind:
        case orders.HoldCaller.__name__:
            return call.state is CallState.HELD
        case orders.ResumeCaller.__name__ | orders.JoinParties.__name__:
            return call.state is CallState.TALKING
        case orders.LeaveToParties.__name__ | orders.TransferCaller.__name__:
            return call.state not in WITH_AGENT or call.agent_id != row.wished_by
        case orders.MuteAgent.__name__:
            return spells.goes_on(call, SpellKind.MUTE, phone=body["phone"]) is body["is_muted"]
        case orders.PauseRecording.__name__:
            return spells.goes_on(call, SpellKind.RECORDING_PAUSE) is body["is_paused"]
        case orders.StopSupervising.__name__:
            return not spells.goes_on(call, SpellKind.SUPERVISION, phone=body["phone"])
        case orders.DropParty.__name__:
            return body["party"] not in {leg.order_id for leg in legs.open_parties(call.id)}
    return False
