"""Why no call comes to an agent now: the first thing that stands in the way. Pure.

In the order in which routing itself would fail: his own state, his desk, his phone, the links, then
who waits and what they ask for, then who is before him.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from app.call_queue.presence_states import PresenceState
from app.call_queue.routing import FreeAgent, WaitingCall, can_take, is_open_to_city

P = PresenceState


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What is known now. `waiting` holds one caller for each sort of caller that waits.

    `me` as routing sees him: with the exchanges, in reach, that can ring his phone. `registered_at`
    names those where the phone stands, in reach or not. `free` are all agents who are free now.
    """

    state: PresenceState
    reason: str | None
    has_desk: bool
    registered_at: frozenset[str]
    me: FreeAgent
    waiting: Collection[WaitingCall]
    free: Collection[FreeAgent]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One code, and what its sentence needs."""

    code: str
    parameters: dict[str, str | int] = field(default_factory=dict)


def why_no_call(seen: Looking, *, now: datetime) -> Verdict:
    """Say the one thing that keeps calls away, or how near the next one is."""
    if seen.state is not P.READY:
        return _by_state(seen)
    if not seen.has_desk:
        return Verdict(code="no_desk")
    if not seen.registered_at:
        return Verdict(code="no_phone")
    if not seen.me.exchange_ids:
        return Verdict(code="links_down", parameters={"names": _list(seen.registered_at)})
    if not seen.waiting:
        return Verdict(code="nobody_waits", parameters={"ahead": _ahead(seen)})
    if not any(can_take(seen.me, call, now=now) for call in seen.waiting):
        return _not_for_me(seen, now=now)
    if ahead := _ahead(seen):
        return Verdict(code="others_first", parameters={"ahead": ahead})
    return Verdict(code="at_once")


def _by_state(seen: Looking) -> Verdict:
    if seen.state is P.NOT_READY:
        return Verdict(code="not_ready", parameters={"reason": seen.reason or ""})
    if seen.state in {P.OFFERED, P.TALKING, P.RECONNECTING}:
        return Verdict(code="in_a_call")
    return Verdict(code=seen.state.value)


def _ahead(seen: Looking) -> int:
    """Count the free colleagues who have been idle for longer: routing asks them first."""
    return sum(
        (each.idle_since, each.agent_id) < (seen.me.idle_since, seen.me.agent_id)
        for each in seen.free
        if each.agent_id != seen.me.agent_id
    )


def _not_for_me(seen: Looking, *, now: datetime) -> Verdict:
    here = [call for call in seen.waiting if call.exchange_id in seen.me.exchange_ids]
    if not here:
        return Verdict(
            code="other_exchange",
            parameters={"names": _list({call.exchange_id for call in seen.waiting})},
        )
    missing = {skill for call in here for skill in call.needs - seen.me.skills}
    able = [call for call in here if call.needs <= seen.me.skills]
    if not able:
        return Verdict(code="other_skills", parameters={"skills": _list(missing)})
    if any(not is_open_to_city(call, now=now) for call in able):
        return Verdict(code="sub_centre_first")
    return Verdict(code="own_sub_centre_only")


def _list(names: Collection[str]) -> str:
    return "、".join(sorted(names))
