"""Looks up pops beside the router: while one agent's screen is filled, the next phone rings.

A look-up that is slow holds nobody up. When its time is over, what has been found goes to the
desk, with line and number at least, and the desk says what is missing. What comes late follows.
"""

import logging
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event as Flag
from threading import Lock, Thread
from typing import Any

from flask import Flask

from app.call_queue import service as call_queue
from app.call_queue.events import OfferMade
from app.callers import number_places
from app.core import clock
from app.core.database import steady_picture, unit_of_work
from app.core.facts import agent_audience, record_fact
from app.workstation import pop_cards, service

logger = logging.getLogger(__name__)

PATIENCE = timedelta(milliseconds=700)
"""How long a desk waits for its pop. A caller is heard after two or three seconds of ringing."""
MOST_STUCK = 4
"""So many look-ups may hang at once; beyond that pops come without one until some are through."""


@dataclass(kw_only=True)
class _LookUp:
    """One pop that is looked up; `parts` is read by who waits for it."""

    fact: OfferMade
    parts: pop_cards.Parts = field(default_factory=dict)
    is_done: Flag = field(default_factory=Flag)
    is_late: bool = False
    was_told: Flag = field(default_factory=Flag)
    lock: Any = field(default_factory=Lock)


class PopMaker:
    """One per app. Until it is started, and once it is stopped, pops are made where they are asked.

    A pop that a dying process did not make is not missed: a desk that connects anew loads its
    snapshot, which holds the offer.
    """

    def __init__(self, app: Flask, *, patience: timedelta = PATIENCE) -> None:
        self._app = app
        self._patience = patience.total_seconds()
        self._asked: queue.SimpleQueue[OfferMade | None] = queue.SimpleQueue()
        self._thread: Thread | None = None
        self._may_go_on = Flag()
        self._may_go_on.set()
        self._looker: queue.SimpleQueue[_LookUp | None] | None = None
        self._stuck = 0
        self._counting = Lock()

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
            look_up = _LookUp(fact=fact)
            _fill(look_up)
            _tell_offer(look_up)
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
        number_places.warm_up()
        while (fact := self._asked.get()) is not None:
            self._may_go_on.wait()
            look_up = _LookUp(fact=fact)
            self._look_up_in_time(look_up)
            try:
                with self._app.app_context():
                    _tell_offer(look_up)
            except Exception:
                logger.exception("a pop could not be made", extra={"offer": fact.offer_id})
            look_up.was_told.set()
        if self._looker is not None:
            self._looker.put(None)
            self._looker = None

    def _look_up_in_time(self, look_up: _LookUp) -> None:
        """Return when the pop has been looked up, or when its time is over."""
        if self._stuck >= MOST_STUCK:
            return
        if self._looker is None:
            self._looker = queue.SimpleQueue()
            Thread(
                target=self._look_up_all, args=(self._looker,), name="pop-look-ups", daemon=True
            ).start()
        self._looker.put(look_up)
        if look_up.is_done.wait(self._patience):
            return
        with look_up.lock:
            if look_up.is_done.is_set():
                return
            look_up.is_late = True
        logger.warning("a pop is late", extra={"offer": look_up.fact.offer_id})
        # Whoever hangs is left alone; the next pop is looked up by somebody else.
        with self._counting:
            self._stuck += 1
        self._looker.put(None)
        self._looker = None

    def _look_up_all(self, asked: "queue.SimpleQueue[_LookUp | None]") -> None:
        while (look_up := asked.get()) is not None:
            try:
                with self._app.app_context():
                    _fill(look_up)
            except Exception:
                logger.exception("a pop was not found", extra={"offer": look_up.fact.offer_id})
            with look_up.lock:
                look_up.is_done.set()
            if look_up.is_late:
                self._follow(look_up)

    def _follow(self, look_up: _LookUp) -> None:
        """Tell what came late, after what came in time."""
        with self._counting:
            self._stuck -= 1
        look_up.was_told.wait()
        try:
            with self._app.app_context():
                renew(look_up.parts, agent_id=look_up.fact.agent_id, call_id=look_up.fact.call_id)
        except Exception:
            logger.exception("a late pop was not told", extra={"offer": look_up.fact.offer_id})


def look_again(*, agent_id: int, call_id: int) -> None:
    """Look up anew what a pop lacked, by reading only, and tell the desk."""
    parts: pop_cards.Parts = {}
    with steady_picture():
        call = service.call_on_desk(agent_id, call_id)
        pop_cards.fill(parts, call, agent_id=agent_id)
    renew(parts, agent_id=agent_id, call_id=call_id)


def renew(parts: pop_cards.Parts, *, agent_id: int, call_id: int) -> None:
    """Tell the desk what is now known of the call, if it is still there."""
    with unit_of_work():
        call_queue.lock_presence(agent_id)
        pop = service.pop_again(parts, agent_id=agent_id, call_id=call_id)
        if pop is not None:
            audience = agent_audience(agent_id)
            record_fact(audience, name="desk.pop_renewed", body={"pop": pop}, at=clock.now())


def _fill(look_up: _LookUp) -> None:
    """Look up by reading only: the save that tells holds nobody up while it looks."""
    fact = look_up.fact
    with steady_picture():
        service.fill_offer(look_up.parts, agent_id=fact.agent_id, offer_id=fact.offer_id)


def _tell_offer(look_up: _LookUp) -> None:
    fact = look_up.fact
    with unit_of_work():
        # The presence's lock orders this fact with the end of the offer.
        call_queue.lock_presence(fact.agent_id)
        offer = service.offer_of(look_up.parts, offer_id=fact.offer_id)
        if offer is not None:
            audience = agent_audience(fact.agent_id)
            record_fact(audience, name="desk.offer_made", body={"offer": offer}, at=clock.now())
