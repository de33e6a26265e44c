"""Looks at each exchange's link while it holds: how far behind we are, and whether we agree."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event as Flag
from typing import Protocol

from flask import Flask

from app.calls import mending
from app.calls.link_lag import LagPolicy, LinkLag, lag_of
from app.calls.mending import Look
from app.calls.reconciliation import Disagreement
from app.core import clock
from app.core.database import unit_of_work
from app.switchboard import duty
from app.switchboard.bell import Bell
from telephony.port import Exchange, ExchangeRefused

logger = logging.getLogger(__name__)

LAMP_SECONDS = 1.0
SAVE_AGE_SECONDS = 10.0  # how often the figure is kept while the lamp stays as it is
SURE_SECONDS = 3.0  # between the look that finds a difference and the one that believes it


class TellLinkAgain(Protocol):
    """Told what the ledger believes of a link, once a second; see `NewsPump.tell_link_again`."""

    def __call__(self, exchange_id: str, *, believed: str | None) -> None:
        """Say what is so, where the ledger has it otherwise."""
        ...


class LinkWatch:
    """The lamp and the comparisons of one exchange, each a loop of its own."""

    def __init__(
        self,
        app: Flask,
        exchange: Exchange,
        *,
        age: Callable[[], timedelta],
        token: Callable[[], int],
        lag_policy: LagPolicy,
        compare_seconds: float,
        tell_link_again: TellLinkAgain,
        hear_again: Callable[[], int] = lambda: 0,
    ) -> None:
        self.exchange = exchange
        self.lag = LinkLag.OK
        self._app = app
        self._age = age
        self._token = token
        self._policy = lag_policy
        self._compare_seconds = compare_seconds
        self._hear_again = hear_again
        self._tell_link_again = tell_link_again
        self._compare_bell = Bell()
        self._kept: tuple[LinkLag, float] = (LinkLag.OK, time.monotonic())
        self._kept_age = timedelta()

    def compare_soon(self) -> None:
        """Look at once; for a link that has just come up."""
        self._compare_bell.ring()

    def stop(self) -> None:
        """Let the loops see that they are stopped."""
        self._compare_bell.ring()

    # ------------------------------------------------------------------ the lamp

    def show_lag_until(self, stopped: Flag) -> None:
        """Keep the lamp true, and that there is a link at all, once a second."""
        while not stopped.wait(LAMP_SECONDS):
            try:
                self.vouch_for_link()
                self._show_lag()
            except Exception:
                logger.exception("the lamp was not kept", extra=self._named())

    def vouch_for_link(self) -> None:
        """Have the link told again, where the ledger has it otherwise than who holds it."""
        with self._app.app_context():
            believed = mending.boot_of(self.exchange.exchange_id)
        self._tell_link_again(self.exchange.exchange_id, believed=believed)

    def _show_lag(self) -> None:
        age = self._age()
        self.lag = lag_of(age, self._policy)
        was, kept_at = self._kept
        is_due = age != self._kept_age and time.monotonic() - kept_at > SAVE_AGE_SECONDS
        if self.lag is was and not is_due:
            return
        with self._app.app_context(), unit_of_work():
            if duty.holds(self._token()):
                mending.note_lag(self.exchange.exchange_id, self.lag, age=age)
        self._kept, self._kept_age = (self.lag, time.monotonic()), age

    # ------------------------------------------------------------------ the comparisons

    def compare_until(self, stopped: Flag) -> None:
        """Compare ledger and exchange every so often, and when asked to."""
        while not stopped.is_set():
            self._compare_bell.wait(self._compare_seconds)
            try:
                if not stopped.is_set():
                    self._hear_again()
                    self._compare(stopped)
            except ExchangeRefused as why:
                logger.warning("no comparison", extra={**self._named(), "why": why.code})
            except Exception:
                logger.exception("a comparison failed", extra=self._named())

    def _compare(self, stopped: Flag) -> None:
        seen = self._differences(self._look())
        if not seen or stopped.wait(SURE_SECONDS):
            return
        again = self._look()
        if again is None or not seen & self._differences(again):
            return
        with self._app.app_context(), unit_of_work():
            if duty.holds(self._token()):
                mending.mend(again, seen)

    def _look(self) -> Look | None:
        """Ask the exchange what it carries; None while news is behind or the link is down."""
        snapshot, exchange_id = self.exchange.snapshot, self.exchange.exchange_id
        with self._app.app_context():
            boot_id = mending.boot_of(exchange_id)
        if snapshot is None or boot_id is None or lag_of(self._age(), self._policy) != LinkLag.OK:
            return None
        there = self.exchange.clock.time_there() if self.exchange.clock else None
        return Look(
            exchange_id=exchange_id,
            boot_id=boot_id,
            live=snapshot.live_calls(),
            phones=snapshot.phones_there(),
            at=there or clock.now(),
        )

    def _differences(self, look: Look | None) -> frozenset[Disagreement]:
        if look is None:
            return frozenset()
        with self._app.app_context():
            return mending.find_differences(look)

    def _named(self) -> dict[str, str]:
        return {"exchange": self.exchange.exchange_id}
