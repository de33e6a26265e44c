"""Who gets whom. Pure: same picture in, same decisions out.

Callers are taken in the order of their standing: since when they wait, moved by the priority of
their number and by a mark against misuse. Because a standing never changes while others arrive
with later ones, everybody comes to the front in the end.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

HEAD_START = timedelta(minutes=30)
"""What one step of priority counts for. Nobody waits so long on an ordinary day: there the more
urgent number simply comes first; on the worst day the ordinary caller is not forgotten."""

SETBACK = timedelta(minutes=30)
"""How far behind his arrival a restricted caller stands (domain §1.14): behind, never shut out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingCall:
    """A caller in line, as he was when he entered it; offers that fail change nothing of it.

    `sub_centre_id` names the unit whose seats come first, None for the city's own calls. From
    `city_from` on the city's seats may take the call too; None: they never may.
    """

    call_id: int
    exchange_id: str
    stands_since: datetime
    needs: frozenset[str] = frozenset()
    sub_centre_id: int | None = None
    city_from: datetime | None = None
    preferred_agent_id: int | None = None  # first-contact owner of the caller's open ticket
    missed_by: frozenset[int] = frozenset()  # asked again only where nobody else is free
    resting_from: frozenset[int] = frozenset()  # an exchange has just refused to ring these


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeAgent:
    """An agent who is ready, with the exchanges that can ring his phone now.

    `skills` holds languages too. `sub_centre_id` names the sub-centre whose seat this is, None for
    the city's; such an agent takes city calls only where he `helps_city`.
    """

    agent_id: int
    skills: frozenset[str]
    exchange_ids: frozenset[str]
    idle_since: datetime
    sub_centre_id: int | None = None
    helps_city: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """One call for one agent."""

    call_id: int
    agent_id: int


def stands_since(
    waiting_since: datetime, *, priority: int = 0, is_restricted: bool = False
) -> datetime:
    """Return the moment by which a caller is ordered: earlier is nearer to the front."""
    set_back = SETBACK if is_restricted else timedelta()
    return waiting_since - priority * HEAD_START + set_back


def match(
    waiting: Collection[WaitingCall], free: Collection[FreeAgent], *, now: datetime
) -> list[Match]:
    """Pair callers with agents in the order of the line; nobody appears twice.

    Each caller gets the first-contact owner of his open ticket if free; else an agent on the
    number's own side, the longest idle first; one who has just missed him only when nobody else is
    free. A caller whom nobody can take does not block those behind him.
    """
    seats = _Seats(free, now=now)
    matches: list[Match] = []
    for call in sorted(waiting, key=lambda each: (each.stands_since, each.call_id)):
        if not seats.has_free:
            break
        taker = seats.take_for(call)
        if taker is not None:
            matches.append(Match(call.call_id, taker.agent_id))
    return matches


def may_be_offered(call: WaitingCall, *, looked_at: Collection[str] | None) -> bool:
    """Say whether this call may be offered to anybody: not before its exchange was looked at.

    What the ledger has of an exchange that nobody has looked at since the link came up is hearsay:
    the caller may be gone, and a phone there is rung for nothing. None: all were looked at.
    """
    return looked_at is None or call.exchange_id in looked_at


def can_take(agent: FreeAgent, call: WaitingCall, *, now: datetime) -> bool:
    """Say whether this agent may be rung for this call now."""
    return agent.agent_id not in call.resting_from and _fits(agent, call, now=now)


def _fits(agent: FreeAgent, call: WaitingCall, *, now: datetime) -> bool:
    """Decide by what the agent has in common with others of his kind, not by who he is."""
    return (
        call.exchange_id in agent.exchange_ids
        and call.needs <= agent.skills
        and _is_on_side(agent, call, now=now)
    )


def _is_on_side(agent: FreeAgent, call: WaitingCall, *, now: datetime) -> bool:
    if call.sub_centre_id is not None and agent.sub_centre_id == call.sub_centre_id:
        return True
    takes_city_calls = agent.sub_centre_id is None or agent.helps_city
    return takes_city_calls and is_open_to_city(call, now=now)


def is_open_to_city(call: WaitingCall, *, now: datetime) -> bool:
    """Say whether the city's seats may take the call: once true, it stays true."""
    return call.sub_centre_id is None or (call.city_from is not None and call.city_from <= now)


class _Seats:
    """The free agents, looked up by what a call asks for.

    Calls that ask for the same share one list of those who could take them, in the order of
    asking; a mark goes through it once. So a round costs callers plus agents for each sort of
    call, not callers times agents.
    """

    def __init__(self, free: Collection[FreeAgent], *, now: datetime) -> None:
        self._now = now
        self._free = {agent.agent_id: agent for agent in free}
        self._kinds: dict[tuple[object, ...], list[FreeAgent]] = {}
        for agent in free:
            kind = (agent.skills, agent.exchange_ids, agent.sub_centre_id, agent.helps_city)
            self._kinds.setdefault(kind, []).append(agent)
        self._lists: dict[tuple[object, ...], list[FreeAgent]] = {}
        self._marks: dict[tuple[object, ...], int] = {}

    @property
    def has_free(self) -> bool:
        """Say whether anybody is left."""
        return bool(self._free)

    def take_for(self, call: WaitingCall) -> FreeAgent | None:
        """Return who takes the call and is free no longer, or None."""
        taker = self._owner(call) or self._first(call)
        if taker is not None:
            del self._free[taker.agent_id]
        return taker

    def _owner(self, call: WaitingCall) -> FreeAgent | None:
        if call.preferred_agent_id is None or call.preferred_agent_id in call.missed_by:
            return None
        owner = self._free.get(call.preferred_agent_id)
        return owner if owner is not None and can_take(owner, call, now=self._now) else None

    def _first(self, call: WaitingCall) -> FreeAgent | None:
        who_missed = None
        for agent in self._able(call):
            if agent.agent_id in call.resting_from:
                continue
            if agent.agent_id not in call.missed_by:
                return agent
            who_missed = who_missed or agent
        return who_missed

    def _able(self, call: WaitingCall) -> Iterator[FreeAgent]:
        """Yield the agents who fit the call and are still free, in the order of asking."""
        is_open = is_open_to_city(call, now=self._now)
        asked = (call.needs, call.exchange_id, call.sub_centre_id, is_open)
        able = self._lists.get(asked)
        if able is None:
            able = self._lists[asked] = self._sorted_for(call)
        mark = self._marks.get(asked, 0)
        while mark < len(able) and able[mark].agent_id not in self._free:
            mark += 1
        self._marks[asked] = mark
        for index in range(mark, len(able)):
            if able[index].agent_id in self._free:
                yield able[index]

    def _sorted_for(self, call: WaitingCall) -> list[FreeAgent]:
        able = [
            agent
            for kind in self._kinds.values()
            if _fits(kind[0], call, now=self._now)
            for agent in kind
        ]
        return sorted(
            able,
            key=lambda each: (
                each.sub_centre_id != call.sub_centre_id,
                each.idle_since,
                each.agent_id,
            ),
        )
