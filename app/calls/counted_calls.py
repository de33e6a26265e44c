"""Reads calls for figures: a few columns of many rows, and only those that may have changed."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from app.calls.call_results import CountedCall
from app.calls.call_states import Direction
from app.calls.models import Call, CallStateChange
from app.core.database import db
from app.core.phone_numbers import ERASED


def calls_since(
    since: datetime, *, newer_than: int | None = None, or_one_of: Collection[int] = ()
) -> list[CountedCall]:
    """Return the calls that arrived from `since` on.

    With `newer_than` only those with a higher id, and those named beside them.
    """
    wanted = select(
        Call.id,
        Call.dialled_number,
        Call.legacy_number_id,
        Call.direction,
        Call.invited_at,
        Call.waiting_at,
        Call.talk_started_at,
        Call.ended_at,
        Call.result,
        Call.door_reason,
    ).where(Call.invited_at >= since)
    if newer_than is not None:
        wanted = wanted.where(or_(Call.id > newer_than, Call.id.in_(or_one_of)))
    return [
        CountedCall(
            call_id=row.id,
            dialled_number=row.dialled_number,
            line_id=row.legacy_number_id,
            is_out=row.direction is Direction.OUT,
            invited_at=row.invited_at,
            queued_at=row.waiting_at,
            answered_at=row.talk_started_at,
            ended_at=row.ended_at,
            result=row.result,
            was_turned_away=row.door_reason is not None,
        )
        for row in db.session.execute(wanted)
    ]


def later_by_same_number(
    call_ids: Collection[int], *, within: timedelta
) -> dict[int, tuple[int, ...]]:
    """Return, for each of some calls that has any, the calls of the same number soon after it."""
    newest = db.session.scalar(select(func.max(Call.invited_at)).where(Call.id.in_(call_ids)))
    if newest is None:
        return {}
    later = aliased(Call)
    wanted = (
        select(Call.id, Call.invited_at, later.id, later.invited_at)
        .join(later, (later.from_number == Call.from_number) & (later.invited_at > Call.invited_at))
        .where(
            Call.id.in_(call_ids),
            Call.from_number.not_in(("", ERASED)),  # of nobody that is known
            later.direction == Direction.IN,
            later.invited_at <= newest + within,  # who calls every day is not read for all his life
            later.talk_started_at.is_not(None),
        )
        .order_by(Call.id, later.id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for call_id, at, later_id, later_at in db.session.execute(wanted):
        if later_at <= at + within:
            found[call_id] = (*found.get(call_id, ()), later_id)
    return found


def newest_step() -> int:
    """Return the number of the newest step of any call: another one means that something moved."""
    return db.session.execute(select(func.max(CallStateChange.id))).scalar_one() or 0
