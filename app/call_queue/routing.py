"""Who gets whom. Pure: same picture in, same decisions out."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class WaitingCall:
    """A caller in line. `waiting_since` survives offers that failed."""

    call_id: int
    exchange_id: str
    priority: int
    waiting_since: datetime
    skill: str | None = None


@dataclass(frozen=True, kw_only=True)
class FreeAgent:
    """An agent who is ready, with the exchanges that can ring his phone now."""

    agent_id: int
    skills: frozenset[str]
    exchange_ids: frozenset[str]
    idle_since: datetime


@dataclass(frozen=True)
class Match:
    """One call for one agent."""

    call_id: int
    agent_id: int


def match(waiting: Collection[WaitingCall], free: Collection[FreeAgent]) -> list[Match]:
    """Pair callers with agents: most urgent first, then the longest wait; the longest idle agent.

    A caller whom nobody can take does not block those behind him. No agent and no caller appears
    twice.
    """
    idle = sorted(free, key=lambda agent: (agent.idle_since, agent.agent_id))
    matches: list[Match] = []
    for call in sorted(waiting, key=lambda c: (-c.priority, c.waiting_since, c.call_id)):
        if not idle:
            break
        taker = next((agent for agent in idle if can_take(agent, call)), None)
        if taker is not None:
            idle.remove(taker)
            matches.append(Match(call.call_id, taker.agent_id))
    return matches


def can_take(agent: FreeAgent, call: WaitingCall) -> bool:
    """Say whether the agent's phone is in reach of the call and the skill fits."""
    has_skill = call.skill is None or call.skill in agent.skills
    return has_skill and call.exchange_id in agent.exchange_ids
