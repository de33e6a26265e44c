"""What drives a simulated exchange: one lock, a thread that tells, a link, a make-believe world."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Thread
from threading import Event as Flag
from uuid import uuid4

from telephony.events import LinkChanged, News, Place
from telephony.port import (
    Ask,
    ExchangeRefused,
    IncomingCall,
    IntakeAction,
    IsWell,
    Tell,
    always_well,
)
from telephony.simulator.agents import Agents
from telephony.simulator.book import NewsBook
from telephony.simulator.faults import NewsPost
from telephony.simulator.old_seats import ForwardWish
from telephony.simulator.script import Script
from telephony.simulator.settings import SimulatorSettings
from telephony.simulator.sim_call import Caller, SimCall
from telephony.simulator.sim_clock import RealClock, SimClock
from telephony.simulator.traffic import Traffic
from telephony.simulator.world import GREETING, RECORDING_NOTICE, World

logger = logging.getLogger(__name__)

_RESYNC = timedelta(seconds=1)
_HEALTH_SECONDS = 0.2  # real ones: how often an app is asked whether it can work


class AlreadyListening(RuntimeError):
    """Two listeners on one simulator: it has one app."""


class Engine:
    """The moving parts under a simulator; `simulator.py` puts the port over them.

    All state is behind one lock. News is told by the thread that listens, outside the lock and in
    order; each question at the door has a thread of its own, since the app may never answer it.
    """

    def __init__(
        self, exchange_id: str, settings: SimulatorSettings, *, clock: SimClock | None = None
    ) -> None:
        self.exchange_id = exchange_id
        self.keeps_book = settings.keeps_book
        self._clock = clock or RealClock()
        self._bell = Condition()
        agents = Agents(settings.seed, settings.habits)
        self._world = World(exchange_id, self._new_boot_id(), agents=agents)
        self._post = NewsPost(settings.seed)
        self._post.rates = settings.faults
        self._book = NewsBook()
        self._script: Script | None = None
        self._traffic = Traffic(settings.plan, seed=settings.seed, numbers=settings.numbers)
        self._ask: Ask | None = None
        self._open_questions = 0
        self._is_stopping = False
        self._is_link_cut = False
        self._clock.wake_on_change(self._ring_bell)

    # --- NewsStream -----------------------------------------------------------------------

    def listen(self, tell: Tell, ask: Ask, is_well: IsWell = always_well) -> None:
        """Tell news until `stop()`; while nobody listens, the world goes on without the app."""
        has_left = Flag()
        with self._acting():
            if self._ask is not None:
                raise AlreadyListening(self.exchange_id)
            self._ask, self._is_stopping = ask, False
            if not self._is_link_cut:
                self._world.app_is_back()
                self._tell_link(is_up=True, why="connected")
        if is_well is not always_well:
            Thread(target=self._watch_health, args=(is_well, has_left), daemon=True).start()
        try:
            self._tell_until_stopped(tell)
        finally:
            has_left.set()
            with self._acting() as now:
                self._ask = None
                self._post.forget()
                self._world.app_left(now)

    def stop(self) -> None:
        """Make `listen` return at once."""
        with self._bell:
            self._is_stopping = True
            self._bell.notify_all()

    # --- what a story does, within an act -------------------------------------------------

    def arrive(self, caller: Caller, now: datetime) -> SimCall:
        """Let somebody call, and ask the app where he goes."""
        call = self._world.place_call(caller, now)
        if self._ask is not None and not self._is_link_cut:
            incoming = IncomingCall(
                exchange_id=self.exchange_id,
                call_key=call.call_key,
                from_number=call.from_number,
                dialled_number=call.dialled_number,
            )
            self._open_questions += 1
            self._ask_at_the_door(self._ask, incoming)
        return call

    def break_link(self, now: datetime) -> None:
        """Cut the link to the app."""
        self._is_link_cut = True
        self._post.forget()
        self._world.app_left(now)
        self._tell_link(is_up=False, why="cut")

    def hold_link(self) -> None:
        """Mend the link."""
        self._is_link_cut = False
        if self._ask is not None:
            self._world.app_is_back()
            self._tell_link(is_up=True, why="connected")

    def restart_world(self) -> None:
        """Crash and start again."""
        if not self._is_link_cut:
            self._tell_link(is_up=False, why="restarting")
        self._world.reboot(self._new_boot_id(), self._clock.now())
        if not self._is_link_cut:
            self._tell_link(is_up=True, why="connected")

    # --- inside ---------------------------------------------------------------------------

    @contextmanager
    def _acting(self) -> Iterator[datetime]:
        """Hold the lock, with the world brought up to this moment; post the news, ring the bell."""
        with self._bell:
            now = self._clock.now()
            self._live_up_to(now)
            self._post_news(now)  # what happened before the act belongs to the link as it was
            try:
                yield now
            finally:
                self._post_news(now)
                self._bell.notify_all()

    def _tell_until_stopped(self, tell: Tell) -> None:
        while True:
            with self._bell:
                if self._is_stopping:
                    return
                news = self._news_at(self._clock.now())
                if not news:
                    self._clock.wait(self._bell, self._next_moment())
                    continue
            try:
                tell(news)
            except Exception:
                # an app that could not take the news must look at the snapshot, as after a cut
                logger.exception("news was not taken", extra={"exchange_id": self.exchange_id})
                self._ask_for_reconciliation()

    def _watch_health(self, is_well: IsWell, has_left: Flag) -> None:
        """Treat an app that cannot work as one that is away, until it is well again."""
        was_well = True
        while not has_left.wait(_HEALTH_SECONDS):
            is_well_now = is_well()
            with self._acting() as now:
                if has_left.is_set():
                    return
                if not is_well_now:
                    self._world.app_left(now)
                elif not was_well and not self._is_link_cut:
                    self._world.app_is_back()
            was_well = is_well_now

    def _news_at(self, now: datetime) -> list[News]:
        self._live_up_to(now)
        self._let_traffic_in(now)
        self._post_news(now)
        return self._post.take(now)

    def _live_up_to(self, now: datetime) -> None:
        if self._script is not None:
            self._script.play(self._world, self, now)
        self._world.pass_time(now)

    def _ask_for_reconciliation(self) -> None:
        with self._bell:
            at = self._clock.now() + _RESYNC
            self._tell_link(is_up=False, why="news was not taken", at=at)
            self._tell_link(is_up=True, why="connected", at=at)

    def _let_traffic_in(self, now: datetime) -> None:
        if self._is_link_cut:
            return
        waiting = sum(call.place is not Place.TALKING for call in self._world.calls.values())
        caller = self._traffic.arrive(
            now, waiting=waiting, has_phones=bool(self._world.phones.there())
        )
        if caller is not None:
            self.arrive(caller, now)

    def _next_moment(self) -> datetime | None:
        moments = (
            self._world.next_due(),
            self._post.next_arrival(),
            self._script.next_moment() if self._script else None,
            None if self._is_link_cut else self._traffic.next_arrival(),
        )
        return min((moment for moment in moments if moment), default=None)

    def _ask_at_the_door(self, ask: Ask, incoming: IncomingCall) -> None:
        """Ask in a thread of its own: the app may never answer."""
        Thread(
            target=self._ask_where_to,
            args=(ask, incoming),
            name=f"{self.exchange_id}-intake",
            daemon=True,
        ).start()

    def _ask_where_to(self, ask: Ask, incoming: IncomingCall) -> None:
        action: IntakeAction | None = None
        forward: ForwardWish | None = None
        greeted = timedelta(0)
        try:
            answer = ask(incoming)
            action = answer.action
            ring = timedelta(seconds=answer.ring_seconds)
            forward = ForwardWish(number=answer.forward_to, ring=ring)
            greeted += GREETING if answer.greeting else timedelta(0)
            greeted += RECORDING_NOTICE if answer.plays_recording_notice else timedelta(0)
        except Exception:
            logger.exception("intake failed", extra={"exchange_id": self.exchange_id})
        with self._acting() as now:
            self._open_questions -= 1
            self._world.let_in(incoming.call_key, action, now, forward=forward, greeted=greeted)

    def _post_news(self, now: datetime) -> None:
        self._book.write(self._world.news)
        if self._ask is not None and not self._is_link_cut:
            self._post.send(self._world.news, now)
        self._world.news.clear()

    def _tell_link(self, *, is_up: bool, why: str, at: datetime | None = None) -> None:
        moment = at or self._clock.now()
        self._post_news(moment)
        if self._ask is None:
            return
        news = LinkChanged(
            exchange_id=self.exchange_id,
            boot_id=self._world.boot_id,
            is_up=is_up,
            why=why,
            happened_at=moment,
        )
        self._post.send([news], moment)

    def _need_link(self) -> None:
        if self._is_link_cut:
            raise ExchangeRefused("link-down", is_retryable=True)

    def _ring_bell(self) -> None:
        with self._bell:
            self._bell.notify_all()

    def _new_boot_id(self) -> str:
        return uuid4().hex[:12]
