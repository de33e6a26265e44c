"""Compare routing with queueing theory: `python -m scripts.routing_oracle [calls]`.

The same random arrivals go through the routing of this project, event by event, and through the
recursion of Kiefer and Wolfowitz, which knows nothing of it. For one skill the waits must be equal
call by call, to the microsecond. Erlang's C formula, true in the long run, stands beside.
"""

import bisect
import heapq
import math
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from app.call_queue.routing import FreeAgent, WaitingCall, match, stands_since

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = 1_000_000
"""All times here are whole microseconds, so that equal means equal."""

MEAN_TALK_SECONDS = 180.0
IN_ALL = 1_050_000


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many agents serve, and which part of their time is taken."""

    agents: int
    occupancy: float

    @property
    def arrivals_per_second(self) -> float:
        """Return how many callers a second make this load."""
        return self.agents * self.occupancy / MEAN_TALK_SECONDS


LOADS = (
    Load(agents=1, occupancy=0.7),
    Load(agents=2, occupancy=0.9),
    Load(agents=5, occupancy=0.8),
    Load(agents=20, occupancy=0.85),
    Load(agents=20, occupancy=0.95),
    Load(agents=50, occupancy=0.9),
    Load(agents=100, occupancy=0.97),
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One caller: when he comes and how long he talks, in microseconds."""

    at: int
    talks: int


def arrivals(load: Load, count: int, *, seed: int) -> list[Arrival]:
    """Return callers as they come by chance: independent of each other, talks of any length."""
    chance = random.Random(seed)  # noqa: S311 - a load, not a secret
    moment, made = 0.0, []
    for _ in range(count):
        moment += chance.expovariate(load.arrivals_per_second)
        talk = chance.expovariate(1 / MEAN_TALK_SECONDS)
        made.append(Arrival(round(moment * SECOND), max(1, round(talk * SECOND))))
    return made


def waits_by_recursion(callers: Sequence[Arrival], *, agents: int) -> list[int]:
    """Return each wait by Kiefer and Wolfowitz.

    `work` is what each agent still has before him when a caller comes, least first; the caller
    waits for the least, and adds his talk to it.
    """
    work = [0] * agents
    waits = []
    gaps = [later.at - earlier.at for earlier, later in pairwise(callers)]
    for caller, gap in zip(callers, [*gaps, 0], strict=True):
        least = work.pop(0)
        waits.append(least)
        bisect.insort(work, least + caller.talks)
        work = [max(0, each - gap) for each in work]
    return waits


def waits_by_routing(callers: Sequence[Arrival], *, agents: int) -> list[int]:
    """Return each wait as our routing makes it, from event to event."""
    waits = [0] * len(callers)
    free = dict.fromkeys(range(agents), 0)
    line: dict[int, WaitingCall] = {}
    ends: list[tuple[int, int]] = []
    coming = 0
    while coming < len(callers) or line:
        moment = min(
            callers[coming].at if coming < len(callers) else math.inf,
            ends[0][0] if ends else math.inf,
        )
        now = int(moment)
        while ends and ends[0][0] == now:
            free[heapq.heappop(ends)[1]] = now
        while coming < len(callers) and callers[coming].at == now:
            line[coming] = _waiting(coming, callers[coming])
            coming += 1
        for call_id, agent_id in _decide(line, free, now=now):
            del line[call_id], free[agent_id]
            waits[call_id] = now - callers[call_id].at
            heapq.heappush(ends, (now + callers[call_id].talks, agent_id))
    return waits


def _decide(
    line: dict[int, WaitingCall], free: dict[int, int], *, now: int
) -> list[tuple[int, int]]:
    if not line or not free:
        return []
    seats = [
        FreeAgent(
            agent_id=number,
            skills=frozenset(),
            exchange_ids=frozenset({"one"}),
            idle_since=_moment(since),
        )
        for number, since in free.items()
    ]
    decided = match(line.values(), seats, now=_moment(now))
    return [(one.call_id, one.agent_id) for one in decided]


def _waiting(call_id: int, caller: Arrival) -> WaitingCall:
    return WaitingCall(
        call_id=call_id, exchange_id="one", stands_since=stands_since(_moment(caller.at))
    )


def _moment(microseconds: int) -> datetime:
    return BEGIN + timedelta(microseconds=microseconds)


def erlang_c_wait(load: Load) -> float:
    """Return the mean wait in seconds that Erlang's C formula gives in the long run."""
    offered = load.agents * load.occupancy
    blocked = 1.0  # Erlang B, built up agent by agent
    for number in range(1, load.agents + 1):
        blocked = offered * blocked / (number + offered * blocked)
    waits = blocked / (1 - load.occupancy * (1 - blocked))
    return waits * MEAN_TALK_SECONDS / (load.agents * (1 - load.occupancy))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What one load showed. Waits in seconds."""

    load: Load
    calls: int
    unequal: int
    mean_wait: float
    erlang_c: float
    seconds: float

    @property
    def deviation(self) -> float:
        """Return how far the mean of this sample is from the formula, as a part of it."""
        return self.mean_wait / self.erlang_c - 1


def compare(load: Load, count: int, *, seed: int) -> Comparison:
    """Send one sample through both."""
    callers = arrivals(load, count, seed=seed)
    begun = time.perf_counter()
    ours = waits_by_routing(callers, agents=load.agents)
    took = time.perf_counter() - begun
    theirs = waits_by_recursion(callers, agents=load.agents)
    return Comparison(
        load=load,
        calls=count,
        unequal=sum(mine != other for mine, other in zip(ours, theirs, strict=True)),
        mean_wait=sum(ours) / count / SECOND,
        erlang_c=erlang_c_wait(load),
        seconds=took,
    )


def main(count: int = IN_ALL) -> int:
    """Print one line for each load; 1 when any wait differs."""
    print("agents  load      calls  unequal  mean wait  Erlang C  deviation")  # noqa: T201
    unequal = 0
    for seed, load in enumerate(LOADS):
        found = compare(load, count // len(LOADS), seed=seed)
        unequal += found.unequal
        print(  # noqa: T201
            f"{load.agents:6}  {load.occupancy:.2f}  {found.calls:9}  {found.unequal:7}"
            f"  {found.mean_wait:7.2f} s  {found.erlang_c:6.2f} s  {found.deviation:+9.1%}",
            flush=True,
        )
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
