"""Calls that arrive by themselves: who calls, which number, how often, how patiently."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from telephony.simulator.sim_call import Caller

_WITHHELD = 0.06  # share of callers who hide their number
_KNOWN = 0.35  # share of callers whom the app knows, when it has named some
_FIRST_CALL = (2.0, 5.0)  # seconds from the first phone's coming to the first call


@dataclass(frozen=True, kw_only=True)
class TrafficPlan:
    """What arrives. Lengths in seconds; `every` is the mean time between two calls."""

    is_on: bool = False
    every: float = 20.0
    patience: float = 90.0  # mean; each caller has between half and one and a half of it
    talk_min: float = 60.0
    talk_max: float = 240.0
    most_waiting: int = 3

    def __post_init__(self) -> None:
        """Refuse what cannot be: ValueError says which."""
        if self.every < 0.01:
            raise ValueError("every: at least 0.01 seconds between two calls")
        if self.patience <= 0:
            raise ValueError("patience: more than 0 seconds")
        if not 0 < self.talk_min <= self.talk_max:
            raise ValueError("talk_min, talk_max: more than 0 seconds, the smaller first")
        if self.most_waiting < 1:
            raise ValueError("waiting: at least 1 caller")


class Traffic:
    """Makes callers up. The same seed makes up the same callers."""

    def __init__(self, plan: TrafficPlan, *, seed: int, numbers: Sequence[str]) -> None:
        if not numbers:
            raise ValueError("numbers: at least one to dial")
        self.plan = plan
        self.numbers = list(numbers)
        self.known_callers: list[str] = []
        self._random = Random(seed)  # noqa: S311 (make-believe callers, not secrets)
        self._next_at: datetime | None = None

    def plan_anew(self, plan: TrafficPlan) -> None:
        """Follow another plan from now on; the next caller comes soon, not after the old gap."""
        self.plan = plan
        self._next_at = None

    def next_arrival(self) -> datetime | None:
        """Return when the next caller is planned, or None while nobody may call."""
        return self._next_at

    def arrive(self, now: datetime, *, waiting: int, has_phones: bool) -> Caller | None:
        """Return somebody who calls now, or None.

        Nobody calls while no phone is there or enough callers wait: a demo that nobody looks at
        should not fill its ledger with calls that nobody took.
        """
        if not self.plan.is_on or not has_phones or waiting >= self.plan.most_waiting:
            self._next_at = None
            return None
        if self._next_at is None:
            lead = min(self._random.uniform(*_FIRST_CALL), self.plan.every)
            self._next_at = now + timedelta(seconds=lead)
        if now < self._next_at:
            return None
        self._next_at = now + self._gap()
        return self.make_caller()

    def make_caller(
        self,
        *,
        dialled_number: str | None = None,
        from_number: str | None = None,
        patience: float | None = None,
        talk_seconds: float | None = None,
    ) -> Caller:
        """Make a caller up; what is given stays as given. An empty number is a withheld one."""
        pick = self._random
        plan = self.plan
        patience = patience or plan.patience * pick.uniform(0.5, 1.5)
        talk = talk_seconds or pick.uniform(plan.talk_min, plan.talk_max)
        return Caller(
            from_number=self._from_number() if from_number is None else from_number,
            dialled_number=dialled_number or pick.choice(self.numbers),
            patience=timedelta(seconds=patience),
            talk=timedelta(seconds=talk),
        )

    def _gap(self) -> timedelta:
        # bounded, so that a demo is neither silent for minutes nor swamped
        every = self.plan.every
        gap = min(max(self._random.expovariate(1 / every), every / 4), every * 3)
        return timedelta(seconds=gap)

    def _from_number(self) -> str:
        chance = self._random.random()
        if chance < _WITHHELD:
            return ""
        if self.known_callers and chance < _WITHHELD + _KNOWN:
            return self._random.choice(self.known_callers)
        # 154 is a mobile prefix that no carrier of the mainland has been given: it looks like a
        # mobile number and belongs to nobody
        return f"1540762{self._random.randrange(10_000):04d}"
