"""The one writer of places in line: who enters with which claims, and every move of his entry."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from app.call_queue.models import QueueEntry
from app.call_queue.policy import FirstContact
from app.call_queue.presence_states import ENTRY_MOVES, EntryState
from app.call_queue.routing import stands_since
from app.callers import misuse
from app.callers.misuse_rules import stands_behind
from app.calls import service as calls
from app.channels import service as channels
from app.core import clock, this_save
from app.core.clock import CITY_TIME
from app.core.database import db
from app.core.handed_down import given
from app.core.state_machine import check_move

_OF_CALLS = (
    select(QueueEntry)
    .where(QueueEntry.call_id.in_(bindparam("call_ids", expanding=True)))
    .order_by(QueueEntry.call_id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


def entry_of(call_id: int) -> QueueEntry | None:
    """Return the call's entry with its row locked until the save ends."""
    return this_save.once_for_all("entry", "call", call_id, _locked)


def _locked(call_ids: Collection[int]) -> dict[int, QueueEntry]:
    rows = db.session.execute(_OF_CALLS, {"call_ids": list(call_ids)}).scalars()
    return {entry.call_id: entry for entry in rows}


def enter(call_id: int, *, at: datetime) -> QueueEntry:
    """Return the call's entry, waiting since `at`; the first time with all that routing asks."""
    entry = entry_of(call_id)
    if entry is None:
        return enter_first(call_id, at=at)
    move(entry, EntryState.WAITING)
    return entry


def enter_first(call_id: int, *, at: datetime) -> QueueEntry:
    """Enter a caller who has no place yet."""
    entry = _first_entry(calls.get_call(call_id), at=at)
    db.session.add(entry)
    this_save.remember(("entry", call_id), entry)
    return entry


def move(entry: QueueEntry, to: EntryState, *, at: datetime | None = None) -> None:
    """Move a place; `at` is when it was left. Raises IllegalMove where the table knows no way."""
    if entry.state is not to:
        check_move(ENTRY_MOVES, entry.state, to)
    entry.state, entry.left_at = to, at


def _first_entry(call: calls.Call, *, at: datetime) -> QueueEntry:
    line = channels.rules_for_call(
        call.dialled_number, call.invited_at, exchange_id=call.exchange_id
    )
    standing = misuse.standing_of(call.from_number, at=clock.now())
    is_restricted = stands_behind(standing.levels, calls_today=_calls_today(call, standing))
    return QueueEntry(
        call_id=call.id,
        exchange_id=call.exchange_id,
        state=EntryState.WAITING,
        entered_at=at,
        priority=line.priority,
        is_restricted=is_restricted,
        stands_since=stands_since(at, priority=line.priority, is_restricted=is_restricted),
        needs=" ".join(sorted(line.skills | ({line.language} if line.language else set()))),
        sub_centre_id=line.sub_centre_unit_id,
        city_from=_city_from(line),
        preferred_agent_id=standing.special_agent_id
        or given(FirstContact).owner_of(call.from_number),
    )


def _calls_today(call: calls.Call, standing: misuse.Standing) -> int:
    """Count the caller's earlier calls of this day, where a restriction asks for it."""
    limits = [limit for _, limit in standing.levels if limit is not None]
    if not limits:
        return 0
    midnight = call.invited_at.astimezone(CITY_TIME).replace(hour=0, minute=0, second=0)
    earlier = calls.recent_calls_from(
        call.from_number, since=midnight, but_not=call.id, limit=max(limits)
    )
    return len(earlier)


def _city_from(line: channels.CallRules) -> datetime | None:
    """Say from when on the city's seats may help out, by our own clock; None: never."""
    if line.sub_centre_unit_id is None or line.overflow_seconds is None:
        return None
    return clock.now() + timedelta(seconds=line.overflow_seconds)
