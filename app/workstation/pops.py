"""Looks up pops beside the router: while one agent's screen is filled, the next phone rings."""

import logging
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread

from flask import Flask

from app.call_queue import service as call_queue
from app.call_queue.events import OfferMade
from app.core import clock
from app.core.database import steady_picture, unit_of_work
from app.core.facts import agent_audience, record_fact
from app.workstation import service

logger = logging.getLogger(__name__)


class PopMaker:
    """One per app. Until it is started, and once it is stopped, pops are made where they are asked.

    A pop that a dying process did not make is not missed: a desk that connects anew loads its
    snapshot, which holds the offer.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._asked: queue.SimpleQueue[OfferMade | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._may_go_on = Flag()
        self._may_go_on.set()

    def start(self) -> None:
        """Make pops in a thread from now on."""
        self._thread = Thread(target=self._run, name="desk-pops", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Make what was asked for and return."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._asked.put(None)
            thread.join()

    def tell(self, fact: OfferMade) -> None:
        """Let the agent's desk show the call that is offered."""
        if self._thread is None:
            _make(fact)
        else:
            self._asked.put(fact)

    @contextmanager
    def ringing_first(self) -> Iterator[None]:
        """Let the thread make no pop inside: in a rush every phone rings before screens fill."""
        self._may_go_on.clear()
        try:
            yield
        finally:
            self._may_go_on.set()

    def _run(self) -> None:
        while (fact := self._asked.get()) is not None:
            self._may_go_on.wait()
            try:
                with self._app.app_context():
                    _make(fact)
            except Exception:
                logger.exception("a pop could not be made", extra={"offer": fact.offer_id})


def _make(fact: OfferMade) -> None:
    """Look up by reading only, then tell: the save holds nobody up while it looks."""
    with steady_picture():
        offer = service.offer_card(fact.agent_id, fact.offer_id)
    if offer is None:
        return
    with unit_of_work():
        # The presence's lock orders this fact with the end of the offer.
        call_queue.lock_presence(fact.agent_id)
        if call_queue.open_offer(fact.offer_id) is not None:
            audience = agent_audience(fact.agent_id)
            record_fact(audience, name="desk.offer_made", body={"offer": offer}, at=clock.now())
