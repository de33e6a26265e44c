"""Wishes to exchanges: saved first, sent by the switchboard, marked with what came back (A5)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, get_type_hints

from sqlalchemy import ColumnElement, Select, bindparam, exists, select, update

from app.calls import ledger, transfers
from app.calls.call_policy import CallPolicy
from app.calls.call_states import ORDER_MOVES, OrderState
from app.calls.events import OrderRefused, OrderTakenUp, OrderWished
from app.calls.models import Call, CallOrder
from app.calls.transfer_states import TransferState
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from app.core.state_machine import check_move
from telephony import control_orders as control
from telephony import orders
from telephony.events import EndedBy
from telephony.port import LINK_DOWN, NO_ANSWER, NO_SUCH_CALL

MAY_HAVE_HAPPENED = frozenset({NO_ANSWER, LINK_DOWN})
"""With these nobody knows whether an order that was sent was carried out."""

KINDS: dict[str, type[orders.Order]] = {
    kind.__name__: kind
    for kind in (
        orders.RingAgent,
        orders.StopRinging,
        orders.KeepCaller,
        orders.ReturnToQueue,
        orders.AnswerForAgent,
        orders.HangUp,
        control.HoldCaller,
        control.ResumeCaller,
        control.MuteAgent,
        control.SendDigits,
        control.PauseRecording,
        control.CallParty,
        control.JoinParties,
        control.LeaveToParties,
        control.DropParty,
        control.TransferCaller,
        control.Supervise,
        control.StopSupervising,
        control.CallOut,
    )
}

OWES_OUTCOME = frozenset(
    name for name, kind in KINDS.items() if kind.__module__ == control.__name__
)
"""The wishes whose outcome is told (ADR 0016); the others show in the call's own state."""

SUPERVISOR_RINGS = control.Supervise.ring_seconds

SECRET = {"SendDigits": "digits"}
"""What a row keeps only until it is sent: a citizen may have dictated his card's code."""

_A_WISH = (
    select(CallOrder.id)
    .where(CallOrder.exchange_id == bindparam("exchange_id"), CallOrder.state == OrderState.WISHED)
    .limit(1)
)

_ON_ITS_WAY = select(CallOrder.id).where(
    CallOrder.id == bindparam("order_id"), CallOrder.state == OrderState.SENDING
)

_MARK_TAKEN = (
    update(CallOrder)
    .where(
        CallOrder.id.in_(bindparam("order_ids", expanding=True)),
        CallOrder.state == OrderState.SENDING,
        CallOrder.kind.not_in(OWES_OUTCOME),
    )
    .values(state=bindparam("taken"), answered_at=bindparam("at"))
    .returning(CallOrder.id)
    .execution_options(synchronize_session=False)
)


def wish(
    call: Call, kind: type[orders.Order], *, wished_by: int | None = None, **body: Any
) -> CallOrder:
    """Save a wish for a call; the switchboard sends it after this save."""
    row = CallOrder(
        exchange_id=call.exchange_id,
        call_id=call.id,
        kind=kind.__name__,
        body={"call_key": call.call_key, **_plain(body)},
        state=OrderState.WISHED,
        wished_at=clock.now(),
        wished_by=wished_by,
    )
    db.session.add(row)
    db.session.flush()
    publish(OrderWished(order_id=row.id, exchange_id=row.exchange_id))
    return row


def take_up_rings(calls: Iterable[Call], *, phones: Mapping[int, str], ring_seconds: int) -> None:
    """Save one order to ring for each of these calls, together; `phones` is call id → phone.

    They are taken up as they are wished: whoever is on duty makes them, and sends them himself
    when this save has held. A wish that another process has to find first costs one save more,
    and the citizen that long. If he dies in between, they are what every order under way is then.
    """
    at = clock.now()
    rows = [
        CallOrder(
            exchange_id=call.exchange_id,
            call_id=call.id,
            kind=orders.RingAgent.__name__,
            body={
                "call_key": call.call_key,
                "phone": phones[call.id],
                "ring_seconds": ring_seconds,
                "resumes": False,
            },
            state=OrderState.SENDING,
            wished_at=at,
            sent_at=at,
        )
        for call in calls
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        publish(OrderTakenUp(exchange_id=row.exchange_id, order=as_order(row)))


def is_any_wished(exchange_id: str) -> ColumnElement[bool]:
    """Return the question, for use inside another, whether anything waits to be sent there."""
    return exists().where(
        CallOrder.exchange_id == exchange_id, CallOrder.state == OrderState.WISHED
    )


def has_wishes(exchange_id: str) -> bool:
    """Say, by a cheap look, whether anything waits to be sent to this exchange."""
    return db.session.execute(_A_WISH, {"exchange_id": exchange_id}).first() is not None


def take_next(exchange_id: str) -> orders.Order | None:
    """Mark the oldest wish of an exchange as being sent and return it, or None."""
    wanted = (
        select(CallOrder)
        .where(CallOrder.exchange_id == exchange_id, CallOrder.state == OrderState.WISHED)
        .order_by(CallOrder.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = db.session.execute(wanted).scalar_one_or_none()
    if row is None:
        return None
    check_move(ORDER_MOVES, row.state, OrderState.SENDING)
    row.state, row.sent_at = OrderState.SENDING, clock.now()
    return as_order(row)


def as_order(row: CallOrder) -> orders.Order:
    """Build the order that the row describes."""
    kind = KINDS[row.kind]
    meant = get_type_hints(kind)
    known = {field.name for field in fields(kind)} - {"order_id"}
    body = {name: _meant(meant[name], row.body[name]) for name in known if name in row.body}
    return kind(order_id=row.id, **body)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """Write the words of an order as a row keeps them."""
    return {
        name: asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
        for name, value in body.items()
    }


def _meant(kind: Any, value: Any) -> Any:
    """Read one word of a row back."""
    if kind is control.Target:
        return control.Target(**{**value, "kind": control.TargetKind(value["kind"])})
    is_word = isinstance(kind, type) and issubclass(kind, StrEnum)
    return kind(value) if is_word else value


def mark_taken(*order_ids: int) -> None:
    """The exchange took these orders; what comes of each arrives as news.

    Those that owe no outcome, as a ring, are marked by one statement, without being read.
    """
    at = clock.now()
    said = {"order_ids": list(order_ids), "taken": OrderState.TAKEN, "at": at}
    marked = set(db.session.execute(_MARK_TAKEN, said).scalars())
    rest = [order_id for order_id in order_ids if order_id not in marked]
    if not rest:
        return
    for row in _answer(rest, OrderState.TAKEN, code=None, at=at):
        if row.kind in OWES_OUTCOME and row.outcome_at is None:
            row.outcome_due = at + given(CallPolicy).outcome + _may_be_silent(row)


def _may_be_silent(row: CallOrder) -> timedelta:
    """Return how long nothing need be heard although all goes well.

    A carrier may say nothing until the other telephone rings, or does not; of a supervisor the
    first word may be that he has picked up.
    """
    rings = timedelta(seconds=row.body.get("ring_seconds", SUPERVISOR_RINGS))
    if row.kind == control.Supervise.__name__:
        return rings
    target = row.body.get("target", {})
    if row.kind == control.CallParty.__name__ and target["kind"] == control.TargetKind.NUMBER:
        return rings * (2 if target["fallback_number"] else 1)
    return timedelta()


def mark_refused(order_id: int, *, code: str) -> None:
    """The exchange refused the order, or its answer was lost.

    An exchange that knows no such call has said that it is over: else the caller would be offered
    again and again to agents who cannot reach him. A call out that was refused never began; one
    whose answer was lost may ring all the same, and a comparison with the exchange tells.
    """
    for row in _answer([order_id], OrderState.REFUSED, code=code, at=clock.now()):
        _refuse(row, code=code)


def _refuse(row: CallOrder, *, code: str) -> None:
    order_id = row.id
    if row.kind in OWES_OUTCOME:
        transfers.found(order_id, TransferState.REFUSED, at=clock.now(), why=code)
    is_call_out = row.kind == control.CallOut.__name__
    may_ring = is_call_out and row.sent_at is not None and code in MAY_HAVE_HAPPENED
    if code == NO_SUCH_CALL or (is_call_out and not may_ring):
        call = db.session.get_one(Call, row.call_id, with_for_update=True)
        end = ledger.CallEnd(at=clock.now(), by=EndedBy.EXCHANGE, cause=ledger.CAUSE_UNKNOWN)
        ledger.end(call, end, because="order_refused")
    publish(
        OrderRefused(
            order_id=order_id,
            call_id=row.call_id,
            kind=row.kind,
            phone=row.body.get("phone"),
            code=code,
            wished_by=row.wished_by,
        )
    )


def give_up_unsent(exchange_id: str, *, code: str) -> None:
    """Refuse whatever was wished of, or half sent to, an exchange whose link was lost.

    An order without an answer is never sent again: the snapshot after the link is back tells what
    became of it, and the queue wishes anew.
    """
    unsent = {OrderState.WISHED, OrderState.SENDING}
    wanted = select(CallOrder.id).where(
        CallOrder.exchange_id == exchange_id, CallOrder.state.in_(unsent)
    )
    for order_id in list(db.session.execute(wanted.order_by(CallOrder.id)).scalars()):
        mark_refused(order_id, code=code)


def is_on_its_way(order_id: int) -> bool:
    """Say whether this order is being sent: nobody has given it up meanwhile."""
    return db.session.scalar(_ON_ITS_WAY, {"order_id": order_id}) is not None


def has_open(call_id: int, kind: type[orders.Order], *, since: datetime) -> bool:
    """Say whether such a wish for this call is on its way or was taken since that moment."""
    wanted = select(CallOrder.id).where(
        CallOrder.call_id == call_id,
        CallOrder.kind == kind.__name__,
        CallOrder.state != OrderState.REFUSED,
        CallOrder.wished_at >= since,
    )
    return db.session.execute(wanted.limit(1)).scalar_one_or_none() is not None


def owing(call: Call, *kinds: type[orders.Order]) -> Select[int]:
    """Select the orders of these kinds whose outcome may still be told."""
    return select(CallOrder.id).where(
        CallOrder.call_id == call.id,
        CallOrder.kind.in_({kind.__name__ for kind in kinds}),
        CallOrder.state != OrderState.REFUSED,
        CallOrder.outcome_at.is_(None),
        CallOrder.is_alarmed.is_(False),
    )


def is_of_call(order_id: int, call_id: int) -> bool:
    """Say whether we wished this order, of this call."""
    row = db.session.get(CallOrder, order_id)
    return row is not None and row.call_id == call_id


def settle(
    call_id: int,
    kinds: Collection[type[orders.Order]],
    *,
    order_id: int | None = None,
    at: datetime,
) -> None:
    """The outcome of a wish was told: of this order, or of the oldest of these kinds that owes one.

    An exchange does not always know which order it was (a hold pressed on a desk phone has none).
    """
    names = {kind.__name__ for kind in kinds}
    wanted = select(CallOrder).where(
        CallOrder.call_id == call_id,
        CallOrder.kind.in_(names),
        CallOrder.outcome_at.is_(None),
        CallOrder.state != OrderState.REFUSED,
        CallOrder.state != OrderState.WISHED,
    )
    if order_id is not None:
        wanted = wanted.where(CallOrder.id == order_id)
    row = db.session.execute(wanted.order_by(CallOrder.id).limit(1)).scalar_one_or_none()
    if row is not None:
        row.outcome_at, row.outcome_due = at, None


def settle_drop(call_id: int, party: int, *, at: datetime) -> None:
    """A party has gone: whoever wished that, has it."""
    dropping = select(CallOrder).where(
        CallOrder.call_id == call_id,
        CallOrder.kind == control.DropParty.__name__,
        CallOrder.outcome_at.is_(None),
        CallOrder.state.in_({OrderState.SENDING, OrderState.TAKEN}),
    )
    for row in db.session.execute(dropping).scalars():
        if row.body["party"] == party:
            row.outcome_at, row.outcome_due = at, None


def _answer(
    order_ids: Collection[int], state: OrderState, *, code: str | None, at: datetime
) -> list[CallOrder]:
    """Note the answer to these orders; return those that had none.

    An order given up while it was on its way has one: the snapshot tells what became of it.
    """
    wanted = select(CallOrder).where(CallOrder.id.in_(order_ids)).order_by(CallOrder.id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    rows = [
        row
        for row in db.session.execute(locked).scalars()
        if row.state not in {OrderState.TAKEN, OrderState.REFUSED}
    ]
    for row in rows:
        if row.state is OrderState.WISHED and state is OrderState.TAKEN:
            row.state = OrderState.SENDING
        check_move(ORDER_MOVES, row.state, state)
        row.state, row.answered_at, row.answer_code = state, at, code
        if row.kind in SECRET:
            name = SECRET[row.kind]
            row.body = {**row.body, name: "*" * len(row.body[name])}
    return rows
