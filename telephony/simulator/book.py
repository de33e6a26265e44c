"""What a simulated exchange remembers of its calls, whoever listened: each piece of news, once."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime, timedelta

from telephony.events import News, TelephonyEvent

KEPT = timedelta(hours=2)
_TRIM = 1000  # pieces written between two looks at what is too old


class NewsBook:
    """The exchange's own log. It outlives the link and the app; no fault touches it."""

    def __init__(self) -> None:
        self._events: list[TelephonyEvent] = []
        self._written = 0

    def write(self, news: Iterable[News]) -> None:
        """Keep what is about calls; the state of phones and links is no history."""
        for piece in news:
            if isinstance(piece, TelephonyEvent):
                self._events.append(piece)
                self._written += 1
        if self._written >= _TRIM:
            self._written = 0
            self._events = self.since(self._events[-1].happened_at - KEPT)

    def since(self, moment: datetime) -> list[TelephonyEvent]:
        """Return what happened from that moment on, oldest first."""
        return self._events[bisect_left(self._events, moment, key=_moment) :]


def _moment(event: TelephonyEvent) -> datetime:
    return event.happened_at
