"""The one thread that speaks to an exchange: orders in their order, and what it must know of us."""

import logging
import queue
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from flask import Flask

from app.calls import order_book
from app.core import clock
from app.core.database import unit_of_work
from app.switchboard import duty
from app.switchboard.bell import Bell
from app.switchboard.introductions import Introducer, wanted
from app.switchboard.news_pump import TROUBLE
from telephony.orders import Order
from telephony.port import Exchange, ExchangeRefused

logger = logging.getLogger(__name__)

T = TypeVar("T")

PAUSE_SECONDS = 0.2  # before the next try while the database is in trouble
ALONE_SECONDS = 2.0  # between two looks for wishes of which nobody told us
INTRODUCE_SECONDS = 1.0
FRESH = timedelta(seconds=2)
"""How old an order in hand may be without a second look at the duty, which lasts longer."""


@dataclass(frozen=True)
class InHand:
    """An order that was saved as being sent, and when; nobody has sent it yet."""

    order: Order
    since: datetime


class ExchangeWorker:
    """Sends what the order book holds; runs small errands between orders."""

    def __init__(self, app: Flask, exchange: Exchange, *, token: Callable[[], int]) -> None:
        self.exchange = exchange
        self.bell = Bell()
        self._app = app
        self._token = token
        self._errands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._taken_up: queue.SimpleQueue[InHand] = queue.SimpleQueue()
        self._is_stopped = False
        self._introducer = Introducer(exchange, between=self.send_waiting)
        self._introduce_at = 0.0
        self._look_at = 0.0

    def introduce_soon(self, *, anew: bool = False) -> None:
        """Let the exchange know what changed, now; `anew` when it may have forgotten all."""
        if anew:
            self.ask(self._introducer.forget)
        self._introduce_at = 0.0
        self.bell.ring()

    def ask(self, errand: Callable[[], None]) -> None:
        """Have something small done in this thread, after what was asked before."""
        self._errands.put(errand)
        self.bell.ring()

    def look(self) -> None:
        """Look for wishes now: there are some."""
        self._look_at = 0.0
        self.bell.ring()

    def send_now(self, order: Order) -> None:
        """Send an order that was saved as being sent; nobody else will."""
        self._taken_up.put(InHand(order, clock.now()))
        self.bell.ring()

    def stop(self) -> None:
        """Make `run` return after the order it is sending."""
        self._is_stopped = True
        self.bell.ring()

    def run(self) -> None:
        """Send orders and run errands until stopped."""
        while not self._is_stopped:
            self.bell.wait(INTRODUCE_SECONDS)
            try:
                self.send_taken_up()
                self.run_errands()
                self.introduce()
                self.look_for_wishes()
            except Exception:
                logger.exception("a round failed", extra={"exchange": self.exchange.exchange_id})

    def send_waiting(self) -> None:
        """Send every order that waits: before, after, and between phones that are introduced."""
        self.send_taken_up()
        while not self._is_stopped and self.send_next():
            self.send_taken_up()

    def look_for_wishes(self) -> None:
        """Send what was wished: when somebody said so, and now and then all the same.

        A ring that was taken up is no reason to look.
        """
        if time.monotonic() < self._look_at:
            self.send_taken_up()
            return
        self._look_at = time.monotonic() + ALONE_SECONDS
        self.send_waiting()

    def introduce(self) -> None:
        """Tell the exchange what changed about us, once a second at the most."""
        if time.monotonic() < self._introduce_at:
            return
        self._introduce_at = time.monotonic() + INTRODUCE_SECONDS
        with self._app.app_context():
            now = wanted()
        self._introducer.tell(now)

    def run_errands(self) -> None:
        """Do what was asked for, in its order."""
        for errand in _drained(self._errands):
            try:
                errand()
            except ExchangeRefused as why:
                logger.warning("an errand was refused", extra={"why": why.code})
            except Exception:
                logger.exception("an errand broke")

    def send_taken_up(self) -> None:
        """Send what was saved as being sent, and write down the answers together."""
        orders = list(_drained(self._taken_up))
        while orders:
            self._send_all(orders)
            orders = list(_drained(self._taken_up))

    def send_next(self) -> bool:
        """Send the oldest wish; say whether there was one."""
        order = self._take()
        if order is None:
            return False
        self._send_all([order])
        return True

    def _send_all(self, orders: Sequence[InHand]) -> None:
        """Send these, and write down the answers; not what a successor has given up by now."""
        self._keep_answers(
            [(one.order, self._send(one.order)) for one in orders if self._may_send(one)]
        )

    def _may_send(self, one: InHand) -> bool:
        """Say whether an order in hand is still ours to send.

        This process may have stood still between taking it up and now, while another took the duty
        and told the desks that nothing came of it; or so many orders waited behind a slow exchange
        that its deadline gave it up. Nobody expects it any more.
        """
        if timedelta() <= clock.now() - one.since <= FRESH:
            return True
        while True:
            try:
                with self._app.app_context():
                    is_ours = duty.holds(self._token()) and order_book.is_on_its_way(
                        one.order.order_id
                    )
            except TROUBLE as why:
                if self._is_stopped:
                    return False
                logger.warning("the duty is looked at again", extra={"why": type(why).__name__})
                self.bell.wait(PAUSE_SECONDS)
            else:
                if not is_ours:
                    logger.warning(
                        "an order came too late to be sent",
                        extra={"order": type(one.order).__name__, "order_id": one.order.order_id},
                    )
                return is_ours

    def _keep_answers(self, answers: Sequence[tuple[Order, str | None]]) -> None:
        """Write down what the exchange said: None, or the code of a refusal."""
        taken = [order.order_id for order, refusal in answers if refusal is None]
        if taken:
            self._save(partial(order_book.mark_taken, *taken))
        for order, refusal in answers:
            if refusal is not None:
                self._save(partial(order_book.mark_refused, order.order_id, code=refusal))

    def _save(self, write: Callable[[], None]) -> None:
        """Save; while the database is in trouble, again.

        An order whose answer is lost would be on its way for ever.
        """
        while True:
            try:
                with self._app.app_context(), unit_of_work():
                    write()
            except TROUBLE as why:
                if self._is_stopped:
                    raise
                kind = type(why).__name__
                logger.warning("an answer is saved again", extra={"why": kind})
                self.bell.wait(PAUSE_SECONDS)
            else:
                return

    def _take(self) -> InHand | None:
        at = clock.now()
        with self._app.app_context():
            if not order_book.has_wishes(self.exchange.exchange_id):
                return None
            with unit_of_work():
                if not duty.holds(self._token()):
                    return None
                order = order_book.take_next(self.exchange.exchange_id)
                return InHand(order, at) if order is not None else None

    def _send(self, order: Order) -> str | None:
        try:
            self.exchange.orders.send(order)
        except ExchangeRefused as why:
            logger.warning(
                "an order was refused",
                extra={"order": type(order).__name__, "order_id": order.order_id, "why": why.code},
            )
            return why.code
        except Exception:
            # An adapter's own fault: the order is answered, and no other waits behind it.
            logger.exception("an order broke", extra={"order_id": order.order_id})
            return "refused"
        return None


def _drained(waiting: "queue.SimpleQueue[T]") -> Iterator[T]:
    """Give what waits now, without waiting for more."""
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return
