"""Makes the news of a simulated exchange as unreliable as a test wants it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from telephony.events import News, TelephonyEvent


@dataclass(frozen=True, kw_only=True)
class FaultRates:
    """How much goes wrong. Rates are shares of all call events, from 0 to 1."""

    drop: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 1.0  # a delayed event comes up to this much later, out of order


NO_FAULTS = FaultRates()


class NewsPost:
    """Carries news from the world to the app, in order unless faults are switched on.

    The state of phones and of the link is never touched: it is state, not history, and a real
    wire repeats it by itself.
    """

    def __init__(self, seed: int) -> None:
        self.rates = NO_FAULTS
        self._random = Random(seed)  # noqa: S311 (faults, not secrets)
        self._underway: list[tuple[datetime, int, News]] = []
        self._count = 0

    def send(self, news: Sequence[News], now: datetime) -> None:
        """Put news on its way; some of it may get lost, doubled or late."""
        for piece in news:
            for due in self._arrivals(piece, now):
                self._count += 1
                self._underway.append((due, self._count, piece))

    def take(self, now: datetime) -> list[News]:
        """Return what has arrived, oldest first."""
        if not self._underway:
            return []
        arrived = sorted(
            (item for item in self._underway if item[0] <= now), key=lambda item: item[:2]
        )
        self._underway = [item for item in self._underway if item[0] > now]
        return [piece for _, _, piece in arrived]

    def next_arrival(self) -> datetime | None:
        """Return when the next piece arrives, or None."""
        return min((due for due, _, _ in self._underway), default=None)

    def forget(self) -> None:
        """Lose everything that is underway: the link is cut."""
        self._underway.clear()

    def _arrivals(self, piece: News, now: datetime) -> list[datetime]:
        if self.rates == NO_FAULTS or not isinstance(piece, TelephonyEvent):
            return [now]
        if self._random.random() < self.rates.drop:
            return []
        copies = 2 if self._random.random() < self.rates.double else 1
        return [now + self._lateness() for _ in range(copies)]

    def _lateness(self) -> timedelta:
        if self._random.random() >= self.rates.delay:
            return timedelta(0)
        return timedelta(seconds=self._random.uniform(0, self.rates.delay_seconds))
