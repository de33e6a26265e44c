"""How agents behave at the phones of a simulated exchange: by habit, or as a story tells them.

Without habits nobody picks up by himself: then a page answers, by AnswerForAgent. Every choice
hangs on the seed, the call and the leg alone, so that the same call is treated the same way
whatever else goes on.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from telephony.simulator.sim_call import Due


@dataclass(frozen=True, kw_only=True)
class Habits:
    """Shares of all rings or talks, from 0 to 1; lengths in seconds, from … to …"""

    answers_after: tuple[float, float] = (1.0, 6.0)
    misses: float = 0.0
    rejects: float = 0.0
    hangs_up: float = 0.0  # talks that the agent ends before the caller has said everything
    loses_phone: float = 0.0
    is_away: tuple[float, float] = (2.0, 8.0)  # a lost phone, until it is there again


@dataclass(frozen=True, kw_only=True)
class Act:
    """Something an agent does by himself after a while; `is_away` for a lost phone."""

    what: Due
    after: timedelta
    is_away: timedelta = timedelta(0)


class Agents:
    """Decides what the agent of a phone does when it rings and while he talks."""

    def __init__(self, seed: int, habits: Habits | None = None) -> None:
        self.habits = habits
        self._seed = seed
        self._told: defaultdict[str, deque[Act | None]] = defaultdict(deque)

    def will(self, phone: str, act: Act | None, *, times: int = 1) -> None:
        """Let this agent do so at his next rings; None: he lets it ring."""
        self._told[phone].extend([act] * times)

    def is_told(self, phone: str) -> bool:
        """Say whether a story has said what happens at the next ring of this phone."""
        return bool(self._told[phone])

    def at_a_ring(self, phone: str, leg_key: str) -> Act | None:
        """Return what the agent does about a ring, or None: he lets it ring."""
        if self._told[phone]:
            return self._told[phone].popleft()
        habits = self.habits
        if habits is None:
            return None
        pick = self._pick(leg_key, "ring")
        chance, after = pick.random(), _seconds(pick.uniform(*habits.answers_after))
        if chance < habits.misses:
            return None
        if chance < habits.misses + habits.rejects:
            return Act(what=Due.AGENT_REJECTS, after=after)
        return Act(what=Due.AGENT_TAKES, after=after)

    def in_a_talk(self, leg_key: str, *, length: timedelta) -> Act | None:
        """Return what the agent does before a talk of this length is over, or None."""
        habits = self.habits
        if habits is None:
            return None
        pick = self._pick(leg_key, "talk")
        chance, share = pick.random(), pick.uniform(0.1, 0.9)
        if chance < habits.hangs_up:
            return Act(what=Due.AGENT_HANGS_UP, after=_rounded(length * share))
        if chance < habits.hangs_up + habits.loses_phone:
            away = _seconds(pick.uniform(*habits.is_away))
            return Act(what=Due.AGENT_LOSES_PHONE, after=_rounded(length * share), is_away=away)
        return None

    def _pick(self, leg_key: str, why: str) -> Random:
        return Random(f"{self._seed}/{leg_key}/{why}")  # noqa: S311 (habits, not secrets)


def _seconds(seconds: float) -> timedelta:
    return timedelta(milliseconds=round(seconds * 1000))


def _rounded(length: timedelta) -> timedelta:
    return _seconds(length.total_seconds())
