"""Makes a simulated exchange as unreliable as a test wants it: its news, and its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from telephony.events import News, TelephonyEvent


@dataclass(frozen=True, kw_only=True)
class FaultRates:
    """How much goes wrong. Rates are shares of all call events or orders, from 0 to 1."""

    drop: float = 0.0
    double: float = 0.0
    delay: float = 0.0
    delay_seconds: float = 1.0  # a delayed event comes up to this much later, out of order
    swap: float = 0.0  # an event that comes behind the next one of its own call, or late
    refuse: float = 0.0  # an order that is refused though it could be done
    unanswered: float = 0.0  # an order whose answer is lost; half of them are done all the same

    @classmethod
    def all_at(cls, rate: float, *, delay_seconds: float = 3.0) -> "FaultRates":
        """Return every fault at one rate."""
        return cls(
            drop=rate,
            double=rate,
            delay=rate,
            delay_seconds=delay_seconds,
            swap=rate,
            refuse=rate,
            unanswered=rate,
        )


NO_FAULTS = FaultRates()


class OrderFate(StrEnum):
    """What becomes of an order and of its answer."""

    FINE = "fine"
    REFUSED = "refused"
    LOST = "lost"  # neither done nor answered
    ANSWER_LOST = "answer_lost"  # done, and nobody hears so


class NewsPost:
    """Carries news from the world to the app, in order unless faults are switched on.

    The state of phones and of the link is never touched: it is state, not history, and a real
    wire repeats it by itself.
    """

    def __init__(self, seed: int) -> None:
        self.rates = NO_FAULTS
        self.lost: dict[str, set[str]] = {}  # call → kinds of its news that faults swallowed
        self._random = Random(seed)  # noqa: S311 (faults, not secrets)
        self._underway: list[tuple[datetime, int, News]] = []
        # call → what waits to be overtaken, and until when: then it comes late
        self._held: dict[str, tuple[datetime, TelephonyEvent]] = {}
        self._count = 0

    def send(self, news: Sequence[News], now: datetime) -> None:
        """Put news on its way; some of it may get lost, doubled, late or overtaken."""
        for piece in news:
            if self.rates == NO_FAULTS or not isinstance(piece, TelephonyEvent):
                self._put(piece, now)
            else:
                self._send_through_trouble(piece, now)

    def take(self, now: datetime) -> list[News]:
        """Return what has arrived, oldest first."""
        for key, (until, piece) in list(self._held.items()):
            if until <= now:
                self._put(piece, until)
                del self._held[key]
        if not self._underway:
            return []
        arrived = sorted(
            (item for item in self._underway if item[0] <= now), key=lambda item: item[:2]
        )
        self._underway = [item for item in self._underway if item[0] > now]
        return [piece for _, _, piece in arrived]

    def next_arrival(self) -> datetime | None:
        """Return when the next piece arrives, or None."""
        held = [until for until, _ in self._held.values()]
        return min((*held, *(due for due, _, _ in self._underway)), default=None)

    def forget(self) -> None:
        """Lose everything that is underway: the link is cut."""
        self._underway.clear()
        self._held.clear()

    def fate_of_an_order(self) -> OrderFate:
        """Say what becomes of the next order."""
        rates = self.rates
        if not rates.refuse and not rates.unanswered:
            return OrderFate.FINE
        chance = self._random.random()
        if chance < rates.refuse:
            return OrderFate.REFUSED
        if chance < rates.refuse + rates.unanswered:
            return OrderFate.LOST if self._random.random() < 0.5 else OrderFate.ANSWER_LOST
        return OrderFate.FINE

    def _send_through_trouble(self, piece: TelephonyEvent, now: datetime) -> None:
        overtaken = self._held.pop(piece.call_key, None)
        if self._random.random() < self.rates.drop:
            self.lost.setdefault(piece.call_key, set()).add(piece.kind)
        elif overtaken is None and self._random.random() < self.rates.swap:
            until = now + timedelta(seconds=self.rates.delay_seconds)
            self._held[piece.call_key] = (until, piece)
        else:
            copies = 2 if self._random.random() < self.rates.double else 1
            for _ in range(copies):
                self._put(piece, now + self._lateness())
        if overtaken is not None:
            self._put(overtaken[1], now)

    def _put(self, piece: News, due: datetime) -> None:
        self._count += 1
        self._underway.append((due, self._count, piece))

    def _lateness(self) -> timedelta:
        if self._random.random() >= self.rates.delay:
            return timedelta(0)
        return timedelta(seconds=self._random.uniform(0, self.rates.delay_seconds))
