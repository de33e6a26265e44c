"""What an exchange remembers and we have not heard: lost on the way, or told while we were away."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flask import Flask

from app.calls import kept_news
from app.calls.provider_events import apply_news
from app.core.database import unit_of_work
from app.switchboard import duty
from telephony.events import RecordingReady, TelephonyEvent
from telephony.port import Exchange

logger = logging.getLogger(__name__)

AT_ONCE = 100
OVERLAP = timedelta(seconds=5)
LONGEST_DOUBT = timedelta(minutes=2)
"""How far before the last news of an earlier run something may still be missing."""


class PastNews:
    """Asks one exchange for its book of calls; does nothing where it keeps none."""

    def __init__(
        self,
        app: Flask,
        exchange: Exchange,
        *,
        token: Callable[[], int],
        note_recording: Callable[[RecordingReady], None],
    ) -> None:
        self._app = app
        self._exchange = exchange
        self._token = token
        self._note_recording = note_recording
        self._heard_until: datetime | None = None

    def hear_again(self) -> int:
        """Write whatever is in the exchange's book and not in ours; return how many pieces.

        Raises ExchangeRefused.
        """
        if self._exchange.history is None:
            return 0
        with self._app.app_context():
            last = kept_news.last_heard(self._exchange.exchange_id)
            if last is None:
                return 0  # nobody has told us anything yet
        since = self._heard_until - OVERLAP if self._heard_until else last - LONGEST_DOUBT
        told = self._exchange.history.news_since(since)
        written = 0
        for begin in range(0, len(told), AT_ONCE):
            with self._app.app_context():
                missing = kept_news.unheard(told[begin : begin + AT_ONCE])
                if not missing:
                    continue
                with unit_of_work():
                    if not duty.holds(self._token()):
                        return written
                    self._write(missing)
            written += len(missing)
        if told:
            self._heard_until = told[-1].happened_at
        if written:
            extra = {"exchange": self._exchange.exchange_id, "pieces": written}
            logger.warning("news that was missed was heard again", extra=extra)
        return written

    def _write(self, missing: Sequence[TelephonyEvent]) -> None:
        apply_news(missing)
        for one in missing:
            if isinstance(one, RecordingReady):
                self._note_recording(one)
