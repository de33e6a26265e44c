"""The lines of a call: who has it, who had it, who is in it beside. Reading only."""

from datetime import datetime

from sqlalchemy import select

from app.calls.models import CallLeg, LegRole
from app.core.database import db


def open_legs(call_id: int) -> list[CallLeg]:
    """Return the legs that have not ended."""
    wanted = select(CallLeg).where(CallLeg.call_id == call_id, CallLeg.ended_at.is_(None))
    return list(db.session.execute(wanted).scalars())


def agents_legs(call_id: int) -> list[tuple[datetime, CallLeg]]:
    """Return the legs over which agents had the call, each with the moment he had it from."""
    wanted = select(CallLeg).where(CallLeg.call_id == call_id, CallLeg.is_outside.is_(False))
    had = [
        (leg.took_over_at or leg.answered_at, leg)
        for leg in db.session.execute(wanted).scalars()
        if leg.role is LegRole.AGENT or leg.took_over_at is not None
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
