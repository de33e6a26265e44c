"""From an exchange's news to the ledger: repeatable and late-proof.

Five rules hold for every piece of news. A repeat (same natural key) changes nothing. No news brings
a call that has ended back to life (`taking_back` alone does). News older than the call's present
state fills what is missing and moves nothing. The first answer's moment is the earliest that was
told. News heard before its call waits in the raw book and is made up for when the call arrives.
"""

import logging
from collections.abc import Callable, Sequence
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
from telephony.events import NaturalKey

__all__ = ["apply_news", "apply_one", "control_news", "forward_news"]  # they teach `change`

logger = logging.getLogger(__name__)

LONGEST_NUMBER = 32
"""Characters of a number that are kept: a carrier may deliver anything, and the call must stand."""


def apply_news(batch: Sequence[news.TelephonyEvent]) -> None:
    """Write a batch of news into the ledger, in the order given.

    A batch costs as many questions as one piece of news: everything is written into the raw book,
    and every call with what belongs to it is locked, before anything moves. A call whose story was
    told out of order is told again once, at the end, when the raw book holds all of it.
    """
    ledger.lock_calls(map(ledger.key_of, batch))
    written = _write_down(batch)
    early = kept_news.told_before(written) if written.has_arrivals else {}
    out_of_order: dict[int, Call] = {}
    for event in written.events:
        if isinstance(event, news.CallArrived):
            _arrive(event, early.get(ledger.key_of(event), []))
            continue
        call = ledger.lock_call(*ledger.key_of(event))
        if call is None:
            # The link came up in the middle of this call, or its arrival is late: it is kept, and
            # made up for when the snapshot or the arrival brings the call in.
            logger.info("news of a call that is not in the ledger", extra={"kind": event.kind})
            early.setdefault(ledger.key_of(event), []).append(event)
        elif _apply(event, call):
            out_of_order[call.id] = call
    for call in out_of_order.values():
        retelling.retell(call)


def apply_one(event: news.TelephonyEvent) -> None:
    """Let one piece of news of a call in the ledger, known to be no repeat, change it."""
    call = ledger.lock_call(*ledger.key_of(event))
    if call is not None and _apply(event, call):
        retelling.retell(call)


def _apply(event: news.TelephonyEvent, call: Call) -> bool:
    """Let one piece of news change its call; say whether its story is out of order now."""
    is_out_of_order = retelling.is_past(event, call, is_late=is_late(event, call))
    change(event, call)
    return is_out_of_order


def _write_down(batch: Sequence[news.TelephonyEvent]) -> kept_news.Written:
    """Write a batch into the raw book; what stands there already is no news."""
    received_at = clock.now()
    rows = [
        {
            **event.natural_key._asdict(),
            "call_key": event.call_key,
            "happened_at": event.happened_at,
            "received_at": received_at,
            "body": _plain(event),
        }
        for event in batch
    ]
    dialect = db.session.get_bind().dialect.name
    inserted = {
        NaturalKey(*key): row_id for row_id, *key in db.session.execute(_INSERT[dialect], rows)
    }
    told: dict[NaturalKey, news.TelephonyEvent] = {}
    for event in batch:
        told.setdefault(event.natural_key, event)
    new = [event for key, event in told.items() if key in inserted]
    return kept_news.Written(events=new, row_ids=frozenset(inserted.values()))


def _inserting(insert: Callable[[Any], Any]) -> Any:
    """Return the statement that writes what is new and says what that was."""
    book = ProviderEvent.__table__
    key = [book.c[name] for name in NaturalKey._fields]
    return insert(book).on_conflict_do_nothing().returning(book.c.id, *key)


_INSERT = {"postgresql": _inserting(postgresql.insert), "sqlite": _inserting(sqlite.insert)}


def _plain(event: news.TelephonyEvent) -> dict[str, Any]:
    def said(value: object) -> object:
        if isinstance(value, datetime):
            return value.isoformat()
        return value.value if isinstance(value, StrEnum) else value

    return {name: said(value) for name, value in asdict(event).items()}


def _arrive(event: news.CallArrived, early: Sequence[news.TelephonyEvent]) -> None:
    """Bring a call into the ledger; `early` is what was told of it before."""
    if ledger.lock_call(*ledger.key_of(event)) is not None:
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
    ledger.enter(call)
    ledger.note_change(call, old=None, at=event.happened_at, because=event.kind)
    callers.remember_call(call.from_number, at=event.invited_at)
    publish(facts.CallEntered(call_id=call.id))
    for earlier in sorted(early, key=lambda each: each.happened_at):
        change(earlier, call)
