"""Rows of callers handed to somebody else: made with the wish, moved by what is told of it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from app.calls.models import Call, CallForward, CallOrder, CallTransfer
from app.calls.transfer_states import (
    OPEN,
    HandedOn,
    TransferKind,
    TransferState,
    handed_on,
    transfer_after,
)
from app.core.database import db
from app.core.pagination import Page, page_of

_OF_CALL = (
    select(CallTransfer)
    .where(CallTransfer.call_id == bindparam("call_id"))
    .order_by(CallTransfer.order_id)
)


@dataclass(frozen=True, kw_only=True)
class Handing:
    """How, and to whom: one of ours, or an entry of the directory, or a number typed."""

    kind: TransferKind
    address: str
    to_agent_id: int | None = None
    to_entry: str | None = None
    summary: str | None = None


def open_transfer(order: CallOrder, handing: Handing) -> CallTransfer:
    """Begin the row of a transfer that was wished by this order."""
    row = CallTransfer(
        order_id=order.id,
        call_id=order.call_id,
        kind=handing.kind,
        state=TransferState.WISHED,
        from_agent_id=order.wished_by,
        to_agent_id=handing.to_agent_id,
        to_entry=handing.to_entry,
        address=handing.address,
        summary=handing.summary,
        wished_at=order.wished_at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def found(order_id: int, state: TransferState, *, at: datetime, why: str | None = None) -> None:
    """Move the transfer of this order to what was told; nothing where it tells nothing new."""
    row = db.session.get(CallTransfer, order_id)
    if row is None:
        return
    new = transfer_after(row.state, state)
    if new is row.state:
        return
    row.state = new
    if new in {TransferState.ASKED, TransferState.TAKEN}:
        row.answered_at = row.answered_at or at
    row.ended_at = None if new in OPEN else at
    row.end_reason = why


def goes_to(order_id: int, address: str) -> None:
    """Note the number that is rung or answered; it may be the fallback instead of the first."""
    row = db.session.get(CallTransfer, order_id)
    if row is not None:
        row.address = address


def joined(call: Call) -> None:
    """Everybody talks together: what began as a consultation is a talk of three."""
    wanted = select(CallTransfer).where(
        CallTransfer.call_id == call.id, CallTransfer.state == TransferState.ASKED
    )
    for row in db.session.execute(wanted).scalars():
        row.kind = TransferKind.THREE_PARTY


def came_back(call_id: int, *, at: datetime) -> None:
    """The caller is in our queue again: whoever had taken him gave him back."""
    wanted = select(CallTransfer.order_id).where(
        CallTransfer.call_id == call_id, CallTransfer.state == TransferState.TAKEN
    )
    for order_id in list(db.session.execute(wanted.order_by(CallTransfer.order_id)).scalars()):
        found(order_id, TransferState.RETURNED, at=at, why="caller_came_back")


def call_ended(call_id: int, *, at: datetime) -> None:
    """The call is over: what was still under way has come to what it was."""
    for row in list_transfers(call_id):
        if row.state not in OPEN:
            continue
        is_asked = row.state is TransferState.ASKED
        end = TransferState.RETURNED if is_asked else TransferState.WITHDRAWN
        if is_asked and row.kind is TransferKind.THREE_PARTY:
            end = TransferState.TAKEN  # the three of them talked it through together
        found(row.order_id, end, at=at, why="call_ended")


def list_transfers(call_id: int) -> list[CallTransfer]:
    """Return the transfers of a call, oldest first."""
    with db.session.no_autoflush:  # transfers are written as they begin
        return list(db.session.execute(_OF_CALL, {"call_id": call_id}).scalars())


def what_became_of(call_ids: Collection[int]) -> dict[int, HandedOn]:
    """Return what became of each call as far as it was handed on: by us, or to old seats."""
    states: dict[int, list[TransferState]] = defaultdict(list)
    ours = select(CallTransfer.call_id, CallTransfer.state)
    for call_id, state in db.session.execute(ours.where(CallTransfer.call_id.in_(call_ids))):
        states[call_id].append(state)
    for each in db.session.scalars(select(CallForward).where(CallForward.call_id.in_(call_ids))):
        states[each.call_id].append(_as_transfer(each))
    return {call_id: handed_on(states[call_id]) for call_id in call_ids}


def _as_transfer(sent: CallForward) -> TransferState:
    if sent.answered_at is not None:
        return TransferState.TAKEN
    return TransferState.RINGING if sent.outcome is None else TransferState.NOT_ANSWERED


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which callers handed outside are looked for; what is empty does not matter.

    `entries` are codes of the directory; `text` stands in what was told of the matter, and
    `named` are entries that the same text names.
    """

    entries: frozenset[str] | None = None
    text: str = ""
    named: frozenset[str] = frozenset()
    call_ids: frozenset[int] = frozenset()
    agent_id: int | None = None


def list_outside(wanted: Wanted, *, page: int, per_page: int = 25) -> Page[CallTransfer]:
    """Return one page of the callers handed to somebody outside, the newest first."""
    asked = select(CallTransfer).where(CallTransfer.to_entry.is_not(None))
    if wanted.entries is not None:
        asked = asked.where(CallTransfer.to_entry.in_(wanted.entries))
    if wanted.text:
        asked = asked.where(
            or_(
                CallTransfer.summary.contains(wanted.text, autoescape=True),
                CallTransfer.address.contains(wanted.text, autoescape=True),
                CallTransfer.to_entry.in_(wanted.named),
                CallTransfer.call_id.in_(wanted.call_ids),
            )
        )
    if wanted.agent_id is not None:
        asked = asked.where(CallTransfer.from_agent_id == wanted.agent_id)
    return page_of(asked.order_by(CallTransfer.order_id.desc()), page=page, per_page=per_page)
