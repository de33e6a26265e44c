"""Compare the ledger with an exchange while the link holds, count what differs, and mend it."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.calls import adoption, ledger, standing, taking_back
from app.calls.call_states import LIVE, CallState, OrderState
from app.calls.events import ExchangeLagChanged, LedgerMended
from app.calls.link_lag import LinkLag
from app.calls.models import Call, CallOrder, ExchangeLink, LedgerDifference, PhoneContact
from app.calls.reconciliation import (
    DifferenceKind,
    Disagreement,
    LedgerCall,
    disagreements,
    phone_disagreements,
)
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from telephony.control_orders import CallOut
from telephony.events import PhoneChanged
from telephony.port import LiveCall

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What an exchange carried when it was asked, by its own time."""

    exchange_id: str
    boot_id: str
    live: Sequence[LiveCall]
    phones: Mapping[str, str]
    at: datetime


def boot_of(exchange_id: str) -> str | None:
    """Return the exchange's present life, or None while there is no link."""
    link = db.session.get(ExchangeLink, exchange_id)
    return link.boot_id if link is not None and link.is_up else None


def find_differences(look: Look) -> frozenset[Disagreement]:
    """Return what the ledger has otherwise than the exchange. Changes nothing."""
    live = [standing.at_exchange(one) for one in look.live]
    calls = _live_calls(look.exchange_id)
    calls += _ended_although_up(look, known={call.call_key for call in calls})
    with this_save.looking_at("call", [call.id for call in calls]):
        believed = [standing.in_ledger(call, mark=_mark(call)) for call in calls]
    return disagreements(believed, live) | phone_disagreements(
        _phones(look.exchange_id), {phone: contact[:255] for phone, contact in look.phones.items()}
    )


def mend(look: Look, seen_before: frozenset[Disagreement]) -> list[Disagreement]:
    """Mend what was seen before and is still so, and keep what it was; return it.

    Whatever was heard of since is left alone: the next look tells.
    """
    if boot_of(look.exchange_id) != look.boot_id:
        return []
    mended = [
        one
        for one in sorted(find_differences(look) & seen_before, key=lambda one: one.subject)
        if _mend_one(one, look)
    ]
    for one in mended:
        db.session.add(
            LedgerDifference(
                exchange_id=look.exchange_id,
                kind=one.kind,
                subject=one.subject[:64],
                ledger_said=one.ledger_says,
                exchange_said=one.exchange_says,
                at=clock.now(),
            )
        )
    for kind, how_many in Counter(one.kind for one in mended).items():
        logger.warning(
            "the ledger was mended",
            extra={"exchange": look.exchange_id, "kind": kind.value, "how_many": how_many},
        )
        publish(LedgerMended(exchange_id=look.exchange_id, kind=kind.value, how_many=how_many))
    return mended


def count_differences(exchange_id: str, *, since: datetime) -> dict[DifferenceKind, int]:
    """Return how many differences of each kind were found since a moment."""
    rows = db.session.execute(
        select(LedgerDifference.kind, func.count())
        .where(LedgerDifference.exchange_id == exchange_id, LedgerDifference.at >= since)
        .group_by(LedgerDifference.kind)
    )
    return {name: value for name, value in rows}  # noqa: C416 - rows are no pairs to mypy


def note_lag(exchange_id: str, lag: LinkLag, *, age: timedelta) -> None:
    """Keep how far behind this exchange we are; told when the lamp changes."""
    row = db.session.get(ExchangeLink, exchange_id, with_for_update=True)
    if row is None or not row.is_up:
        return
    was, row.lag = row.lag, lag
    row.event_age_ms = round(age.total_seconds() * 1000)
    if was is not lag:
        publish(
            ExchangeLagChanged(
                exchange_id=exchange_id, lag=lag.value, event_age_ms=row.event_age_ms
            )
        )


def _mend_one(one: Disagreement, look: Look) -> bool:
    match one.kind:
        case DifferenceKind.PHONE:
            return _mend_phone(one, look)
        case DifferenceKind.MISSING_AT_EXCHANGE:
            return _end(one, look)
    for live in look.live:
        if live.call_key == one.subject:
            call = ledger.lock_call(look.exchange_id, live.boot_id, live.call_key)
            if call is not None and _mark(call) != one.mark:
                return False
            if call is not None and call.state is CallState.ENDED:
                logger.error(
                    "a call that has ended in the ledger is up",
                    extra={"call_key": live.call_key, "place": live.place.value},
                )
                taking_back.take_back_end(call, live, at=look.at)
            else:
                adoption.adopt_call(live, at=look.at)
            return True
    return False


def _end(one: Disagreement, look: Look) -> bool:
    for call in _live_calls(look.exchange_id):
        if call.call_key == one.subject and _mark(call) == one.mark:
            locked = ledger.lock_call(look.exchange_id, call.boot_id, call.call_key)
            if locked is None or _mark(locked) != one.mark:
                return False
            gone = LedgerCall(call.boot_id, call.call_key)
            adoption.end_gone(look.exchange_id, gone, at=look.at)
            return True
    return False


def _mend_phone(one: Disagreement, look: Look) -> bool:
    is_there = bool(one.exchange_says)
    adoption.note_phone(
        PhoneChanged(
            exchange_id=look.exchange_id,
            phone=one.subject,
            is_there=is_there,
            contact=one.exchange_says if is_there else one.ledger_says,
            happened_at=look.at,
        )
    )
    return True


def _live_calls(exchange_id: str) -> list[Call]:
    """Return the calls that the exchange ought to carry: not those it has not been asked for."""
    not_begun = select(CallOrder.call_id).where(
        CallOrder.kind == CallOut.__name__,
        CallOrder.exchange_id == exchange_id,
        CallOrder.state.in_({OrderState.WISHED, OrderState.SENDING}),
    )
    wanted = select(Call).where(
        Call.exchange_id == exchange_id, Call.state.in_(LIVE), Call.id.not_in(not_begun)
    )
    return list(db.session.execute(wanted).scalars())


def _ended_although_up(look: Look, *, known: Collection[str]) -> list[Call]:
    """Return the calls of the exchange's list that have ended for us; of most looks, none."""
    unknown = {live.call_key for live in look.live} - set(known)
    if not unknown:
        return []
    wanted = select(Call).where(
        Call.exchange_id == look.exchange_id,
        Call.boot_id == look.boot_id,
        Call.call_key.in_(unknown),
        Call.state == CallState.ENDED,
    )
    return list(db.session.execute(wanted).scalars())


def _phones(exchange_id: str) -> dict[str, str]:
    wanted = select(PhoneContact.phone, PhoneContact.contact)
    rows = db.session.execute(wanted.where(PhoneContact.exchange_id == exchange_id))
    return {name: value for name, value in rows}  # noqa: C416 - rows are no pairs to mypy


def _mark(call: Call) -> str:
    return f"{call.state} {call.last_news_at.isoformat()} {call.state_since.isoformat()}"
