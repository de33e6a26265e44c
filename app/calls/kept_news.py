"""News that was heard before its call: read back from the raw book, in the order it happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, get_args, get_type_hints

from sqlalchemy import bindparam, select

from app.calls.models import ProviderEvent
from app.core import clock
from app.core.database import db
from telephony import control_events as control
from telephony import events as news
from telephony import landing_events as landing
from telephony.port import LastTold

KINDS: dict[str, type[news.TelephonyEvent]] = {
    kind.kind: kind
    for kind in (
        news.CallerPlaced,
        news.AgentRinging,
        news.AgentAnswered,
        news.RingFailed,
        news.AgentGone,
        news.CallEnded,
        control.CallPlacedOut,
        control.CitizenAnswered,
        control.CallerHeld,
        control.CallerResumed,
        control.AgentMuted,
        control.DigitsSent,
        control.RecordingPaused,
        control.PartyRinging,
        control.PartyAnswered,
        control.PartyFailed,
        control.PartyGone,
        control.PartiesJoined,
        control.SupervisionChanged,
        landing.CallForwarding,
        landing.ForwardAnswered,
        landing.ForwardFailed,
        landing.DoorAnswered,
    )
}
"""What can change a call; how it arrived is what we wait for, and recordings change nothing."""

_BEFORE = (
    select(ProviderEvent)
    .where(
        ProviderEvent.call_key.in_(bindparam("call_keys", expanding=True)),
        ProviderEvent.kind.in_(KINDS),
        ProviderEvent.id.not_in(bindparam("row_ids", expanding=True)),
    )
    .order_by(ProviderEvent.happened_at, ProviderEvent.id)
)

LATELY = 1000
"""Among so many rows of the raw book stands the latest moment: news is late by seconds."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A batch that was written into the raw book: what was new of it, and its rows."""

    events: Sequence[news.TelephonyEvent]
    row_ids: frozenset[int]

    @property
    def has_arrivals(self) -> bool:
        """Say whether a call may have come into the ledger with this batch."""
        return any(isinstance(event, news.CallArrived) for event in self.events)


def told_before(batch: Written) -> dict[tuple[str, str, str], list[news.TelephonyEvent]]:
    """Return what was told before this batch of calls that arrive with it, by the call's key.

    It was heard while the ledger did not know the call.
    """
    arrived = {
        (event.exchange_id, event.boot_id, event.call_key)
        for event in batch.events
        if isinstance(event, news.CallArrived)
    }
    said = {
        "call_keys": [call_key for _exchange, _boot, call_key in arrived],
        "row_ids": list(batch.row_ids),
    }
    found: dict[tuple[str, str, str], list[news.TelephonyEvent]] = {}
    for row in db.session.execute(_BEFORE, said).scalars():
        key = (row.exchange_id, row.boot_id, row.call_key)
        if key in arrived:
            found.setdefault(key, []).append(_rebuilt(row))
    return found


def last_heard(exchange_id: str) -> datetime | None:
    """Return when the news that was written last happened; None where there is none."""
    wanted = select(ProviderEvent.happened_at).where(ProviderEvent.exchange_id == exchange_id)
    newest = wanted.order_by(ProviderEvent.id.desc()).limit(1)
    return db.session.execute(newest).scalar_one_or_none()


def last_told(exchange_id: str) -> LastTold | None:
    """Return the latest moment that this exchange told of in its last life that we know."""
    rows = select(ProviderEvent).where(ProviderEvent.exchange_id == exchange_id)
    by_row = rows.order_by(ProviderEvent.id.desc())
    newest = db.session.execute(by_row.limit(1)).scalar_one_or_none()
    if newest is None:
        return None
    lately = rows.where(
        ProviderEvent.id > newest.id - LATELY, ProviderEvent.boot_id == newest.boot_id
    )
    latest = lately.order_by(ProviderEvent.happened_at.desc()).limit(1)
    last = db.session.execute(latest).scalar_one()
    return LastTold(
        boot_id=last.boot_id,
        happened_at=last.happened_at,
        ago=max(clock.now() - last.received_at, timedelta()),
    )


def unheard(told: Sequence[news.TelephonyEvent]) -> list[news.TelephonyEvent]:
    """Return what of this is not in the raw book, in the order given."""
    wanted = select(
        ProviderEvent.exchange_id,
        ProviderEvent.boot_id,
        ProviderEvent.leg_key,
        ProviderEvent.kind,
        ProviderEvent.counter,
    ).where(ProviderEvent.call_key.in_({event.call_key for event in told}))
    known = {tuple(row) for row in db.session.execute(wanted)}
    return [event for event in told if tuple(event.natural_key) not in known]


def _rebuilt(row: ProviderEvent) -> news.TelephonyEvent:
    kind = KINDS[row.kind]
    hints = get_type_hints(kind)
    return kind(**{name: _meant(hints[name], value) for name, value in row.body.items()})


def _meant(kind: Any, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value)
    if value is None:
        return None
    kind = next((part for part in get_args(kind) if part is not type(None)), kind)
    is_word = isinstance(kind, type) and issubclass(kind, StrEnum)
    return kind(value) if is_word else value
