"""From an exchange's news to the ledger: repeatable and late-proof.

Five rules hold for every piece of news. A repeat (same natural key) changes nothing. A call that
has ended never comes back to life. News older than the call's present state fills what is missing
and moves nothing. The first answer's moment is the earliest that was told. News heard before its
call waits in the raw book and is made up for when the call arrives.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from app.callers import service as callers
from app.calls import control_news, forward_news, kept_news, ledger, retelling
from app.calls import events as facts
from app.calls.call_news import change, is_late
from app.calls.call_states import CallState
from app.calls.models import Call, ProviderEvent
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from telephony import events as news

__all__ = ["apply_news", "apply_one", "control_news", "forward_news"]  # they teach `change`

logger = logging.getLogger(__name__)

LONGEST_NUMBER = 32
"""Characters of a number that are kept: a carrier may deliver anything, and the call must stand."""


def apply_news(batch: Sequence[news.TelephonyEvent]) -> None:
    """Write a batch of news into the ledger, in the order given."""
    ledger.lock_calls((event.exchange_id, event.boot_id, event.call_key) for event in batch)
    for event in batch:
        if _is_new(event):
            apply_one(event)


def apply_one(event: news.TelephonyEvent) -> None:
    """Let one piece of news, known to be no repeat, change its call."""
    if isinstance(event, news.CallArrived):
        _arrive(event)
        return
    call = ledger.lock_call(event.exchange_id, event.boot_id, event.call_key)
    if call is None:
        # The link came up in the middle of this call, or its arrival is late: it is kept, and made
        # up for when the snapshot or the arrival brings the call in.
        logger.info("news of a call that is not in the ledger", extra={"kind": event.kind})
        return
    is_out_of_order = is_late(event, call) and event.kind in retelling.RANK
    change(event, call)
    if is_out_of_order:
        retelling.retell(call)


def _is_new(event: news.TelephonyEvent) -> bool:
    key = event.natural_key
    row = {
        **key._asdict(),
        "call_key": event.call_key,
        "happened_at": event.happened_at,
        "received_at": clock.now(),
        "body": _plain(event),
    }
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    written = insert(ProviderEvent).values(row).on_conflict_do_nothing()
    return db.session.execute(written.returning(ProviderEvent.id)).scalar_one_or_none() is not None


def _plain(event: news.TelephonyEvent) -> dict[str, Any]:
    def said(value: object) -> object:
        if isinstance(value, datetime):
            return value.isoformat()
        return value.value if isinstance(value, StrEnum) else value

    return {name: said(value) for name, value in asdict(event).items()}


def _arrive(event: news.CallArrived) -> None:
    if ledger.lock_call(event.exchange_id, event.boot_id, event.call_key) is not None:
        return
    line = channels.find_number(
        event.dialled_number, event.invited_at, exchange_id=event.exchange_id
    )
    call = Call(
        exchange_id=event.exchange_id,
        boot_id=event.boot_id,
        call_key=event.call_key,
        dialled_number=event.dialled_number[:LONGEST_NUMBER],
        from_number=normalise(event.from_number)[:LONGEST_NUMBER],
        from_name=event.from_name[:80],
        legacy_number_id=line.id if line else None,
        state=CallState.INTAKE,
        state_since=event.happened_at,
        last_news_at=event.happened_at,
        invited_at=event.invited_at,
        is_kept=False,
    )
    db.session.add(call)
    db.session.flush()
    ledger.note_change(call, old=None, at=event.happened_at, because=event.kind)
    callers.remember_call(call.from_number, at=event.invited_at)
    publish(facts.CallEntered(call_id=call.id))
    for earlier in kept_news.told_before(event):
        change(earlier, call)
