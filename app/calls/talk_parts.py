"""Who is and was in a call, and what goes on in it: read by screens. Reading only."""

from collections.abc import Collection
from datetime import datetime

from app.calls import legs, spells, transfers
from app.calls.models import Call, CallLeg, CallSpell, CallTransfer, LegRole


def parties_of(call_id: int) -> list[CallLeg]:
    """Return who is in the call, or rung for it, beside caller and agent."""
    return legs.open_parties(call_id)


def left_at(call: Call, *, agent_id: int) -> datetime | None:
    """Return when this agent left the call to others; None while it is his, or ended with him."""
    had = [leg for _, leg in legs.agents_legs(call.id) if leg.agent_id == agent_id]
    return had[-1].ended_at if had and had[-1].end_reason == "transferred" else None


def is_hidden_listener(leg: CallLeg, going_on: Collection[CallSpell]) -> bool:
    """Say whether this is a supervisor who only listens, or has not said anything yet."""
    speaks = {each.phone for each in going_on if each.mode in {"whisper", "barge"}}
    return leg.role is LegRole.SUPERVISOR and leg.phone not in speaks


def legs_of(call_id: int) -> list[CallLeg]:
    """Return every line that the call ever had, in the order they were told of."""
    return legs.all_legs(call_id)


def going_on(call_id: int) -> list[CallSpell]:
    """Return what goes on in the call now: hold, mute, pause, supervision."""
    return spells.open_spells(call_id)


def spells_of(call_id: int) -> list[CallSpell]:
    """Return every hold, mute, pause and supervision of the call."""
    return spells.list_spells(call_id)


def transfers_of(call_id: int) -> list[CallTransfer]:
    """Return to whom the caller was handed, or offered, and what came of it."""
    return transfers.list_transfers(call_id)
