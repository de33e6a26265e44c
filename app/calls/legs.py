"""The lines of a call: who has it, who had it, who is in it beside. Reading only."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from app.calls.models import CallLeg, LegRole
from app.core import this_save
from app.core.database import db

_OF_CALLS = (
    select(CallLeg)
    .where(CallLeg.call_id.in_(bindparam("call_ids", expanding=True)))
    .order_by(CallLeg.id)
)


def add(leg: CallLeg) -> None:
    """Let a leg begin; it has its id when this returns."""
    known = _legs_of(leg.call_id)
    db.session.add(leg)
    db.session.flush()
    known.append(leg)


def look_again(call_id: int) -> None:
    """Ask the database for this call's lines, whatever the save took for known."""
    this_save.forget(("legs", call_id))


def all_legs(call_id: int) -> list[CallLeg]:
    """Return every line that the call ever had, in the order they were told of."""
    return list(_legs_of(call_id))


def _legs_of(call_id: int) -> list[CallLeg]:
    known = this_save.once_for_all("legs", "call", call_id, _find)
    return [] if known is None else known


def _find(call_ids: Collection[int]) -> dict[int, list[CallLeg]]:
    found: dict[int, list[CallLeg]] = {call_id: [] for call_id in call_ids}
    with db.session.no_autoflush:  # legs are written as they begin
        legs = db.session.execute(_OF_CALLS, {"call_ids": list(call_ids)}).scalars()
    for leg in legs:
        found[leg.call_id].append(leg)
    return found


def leg_with_key(call_id: int, leg_key: str) -> CallLeg | None:
    """Return the leg that the exchange names so, or None."""
    return next((leg for leg in all_legs(call_id) if leg.leg_key == leg_key), None)


def open_legs(call_id: int) -> list[CallLeg]:
    """Return the legs that have not ended."""
    return [leg for leg in all_legs(call_id) if leg.ended_at is None]


def agents_legs(call_id: int) -> list[tuple[datetime, CallLeg]]:
    """Return the legs over which agents had the call, each with the moment he had it from."""
    had = [
        (leg.took_over_at or leg.answered_at, leg)
        for leg in all_legs(call_id)
        if leg.role is LegRole.AGENT or (leg.took_over_at is not None and not leg.is_outside)
    ]
    return sorted(
        ((since, leg) for since, leg in had if since is not None),
        key=lambda each: (each[0], each[1].id),
    )


def last_answered_leg(call_id: int) -> str | None:
    """Return the key of the agent's leg that took the call last, or None."""
    had = agents_legs(call_id)
    return had[-1][1].leg_key if had else None


def agent_at(call_id: int, moment: datetime) -> int | None:
    """Return whose call it was at this moment, or None."""
    had = [leg.agent_id for since, leg in agents_legs(call_id) if since <= moment]
    return had[-1] if had else None


def open_parties(call_id: int) -> list[CallLeg]:
    """Return who is in the call, or rung for it, beside caller and agent."""
    return [
        leg
        for leg in open_legs(call_id)
        if leg.role not in {LegRole.AGENT, LegRole.CITIZEN} and leg.took_over_at is None
    ]
