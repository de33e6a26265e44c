"""How old events are when they are saved: kept per exchange, the worst of the last seconds."""

import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import timedelta
from threading import Lock

from app.switchboard.first_look import FirstLook, Piece
from telephony.events import LinkChanged
from telephony.port import Exchange

NONE = timedelta()


class LagMeter:
    """Told what was saved by the pump; asked by whoever shows the lamp."""

    def __init__(self, exchanges: Mapping[str, Exchange], *, remembered: timedelta) -> None:
        self._exchanges = exchanges
        self._remembered = remembered.total_seconds()
        self._lock = Lock()
        self._ages: dict[str, deque[tuple[float, timedelta]]] = {
            exchange_id: deque() for exchange_id in exchanges
        }

    def saved(self, news: Sequence[Piece]) -> None:
        """Note how old each exchange's oldest piece of this save is, by the exchange's own time."""
        for exchange_id in {one.exchange_id for one in news}:
            clock = self._exchanges[exchange_id].clock
            there = clock.time_there() if clock else None
            moments = [
                one.happened_at
                for one in news
                if one.exchange_id == exchange_id and not isinstance(one, LinkChanged | FirstLook)
            ]
            if there is not None and moments:
                self._note(exchange_id, max(there - min(moments), NONE))

    def worst(self, exchange_id: str) -> timedelta:
        """Return the greatest age of the last seconds; nothing when nothing happened."""
        with self._lock:
            ages = self._ages[exchange_id]
            while ages and ages[0][0] < time.monotonic() - self._remembered:
                ages.popleft()
            return max((age for _at, age in ages), default=NONE)

    def _note(self, exchange_id: str, age: timedelta) -> None:
        with self._lock:
            ages = self._ages[exchange_id]
            while ages and ages[-1][1] <= age:
                ages.pop()  # a newer one as old as that makes it needless
            ages.append((time.monotonic(), age))
