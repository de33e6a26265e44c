"""The running simulator: one lock, a thread that tells, and a link round a make-believe world."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Condition, Thread
from uuid import uuid4

from telephony.events import LinkChanged, News, PartyLost, Place, TelephonyEvent
from telephony.orders import Order
from telephony.port import (
    Ask,
    ExchangeRefused,
    FallbackSeat,
    IncomingCall,
    IntakeAction,
    LiveCall,
    PhoneSecret,
    Tell,
)
from telephony.simulator.agents import Agents, Habits
from telephony.simulator.audio import make_talk
from telephony.simulator.book import NewsBook
from telephony.simulator.faults import FaultRates, NewsPost, OrderFate
from telephony.simulator.script import Script
from telephony.simulator.settings import SimulatorSettings
from telephony.simulator.sim_call import Caller, SimCall, SimCallShown, shown
from telephony.simulator.sim_clock import RealClock, SimClock
from telephony.simulator.story import Story
from telephony.simulator.traffic import Traffic, TrafficPlan
from telephony.simulator.world import World

logger = logging.getLogger(__name__)

_RESYNC = timedelta(seconds=1)


class AlreadyListening(RuntimeError):
    """Two listeners on one simulator: it has one app."""


class Simulator:
    """One simulated exchange; every part of the port but web requests.

    All state is behind one lock. News is told by the thread that listens, outside the lock and in
    order; each question at the door has a thread of its own, since the app may never answer it.
    """

    def __init__(
        self, exchange_id: str, settings: SimulatorSettings, *, clock: SimClock | None = None
    ) -> None:
        self.exchange_id = exchange_id
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

    def listen(self, tell: Tell, ask: Ask) -> None:
        """Tell news until `stop()`; while nobody listens, the world goes on without the app."""
        with self._acting():
            if self._ask is not None:
                raise AlreadyListening(self.exchange_id)
            self._ask, self._is_stopping = ask, False
            if not self._is_link_cut:
                self._world.app_is_back()
                self._tell_link(is_up=True, why="connected")
        try:
            self._tell_until_stopped(tell)
        finally:
            with self._acting() as now:
                self._ask = None
                self._post.forget()
                self._world.app_left(now)

    def stop(self) -> None:
        """Make `listen` return at once."""
        with self._bell:
            self._is_stopping = True
            self._bell.notify_all()

    # --- OrderTaker, CallSnapshot ---------------------------------------------------------

    def send(self, order: Order) -> None:
        """Do what the order says; its outcome is told as news. Raises ExchangeRefused."""
        with self._acting() as now:
            if self._ask is None:
                raise ExchangeRefused("link-down", is_retryable=True, detail="nobody listens")
            self._need_link()
            fate = self._post.fate_of_an_order()
            if fate is OrderFate.REFUSED:
                raise ExchangeRefused("refused", is_retryable=True, detail="a fault")
            if fate is not OrderFate.LOST:
                self._world.obey(order, now)
            if fate is not OrderFate.FINE:
                raise ExchangeRefused("no-answer", is_retryable=True, detail="a fault")

    def live_calls(self) -> Sequence[LiveCall]:
        """Return every caller who is on the line now."""
        with self._acting():
            self._need_link()
            return self._world.live_calls()

    def phones_there(self) -> Mapping[str, str]:
        """Return phone → contact for each phone that can be rung now."""
        with self._acting():
            self._need_link()
            return self._world.phones.there()

    def news_since(self, moment: datetime) -> Sequence[TelephonyEvent]:
        """Tell again what happened from that moment on, from the exchange's own book."""
        with self._acting():
            self._need_link()
            return self._book.since(moment)

    # --- PhoneBook, DeskPhones, Fallback --------------------------------------------------

    def admit(self, secret: PhoneSecret) -> None:
        """Let this phone be rung while its desk is open."""
        with self._acting() as now:
            self._world.change_phone(secret.phone, now, is_admitted=True)

    def dismiss(self, phone: str) -> None:
        """Let this phone be rung no longer."""
        with self._acting() as now:
            self._world.change_phone(phone, now, is_admitted=False)

    def desk_opened(self, phone: str) -> None:
        """Note that the phone's agent sits at an open desk."""
        with self._acting() as now:
            self._world.change_phone(phone, now, is_desk_open=True)

    def desk_closed(self, phone: str) -> None:
        """Note that the phone's last desk is closed."""
        with self._acting() as now:
            self._world.change_phone(phone, now, is_desk_open=False)

    def set_phone_there(self, phone: str, is_there: bool) -> None:
        """Open or close the phone's desk; it is there once it is admitted as well."""
        (self.desk_opened if is_there else self.desk_closed)(phone)

    def mirror(self, seats: Sequence[FallbackSeat]) -> None:
        """Keep the seats: they are rung for callers left alone."""
        with self._bell:
            self._world.alone.mirror(seats)

    def mirrored_seats(self) -> list[FallbackSeat]:
        """Return the seats that were mirrored last."""
        with self._bell:
            return self._world.alone.mirrored()

    # --- RecordingStore -------------------------------------------------------------------

    def fetch(self, recording_name: str) -> bytes:
        """Return the talk as a WAV file made up on the spot; it has the talk's length."""
        with self._acting():
            self._need_link()
            length = self._world.recordings.get(recording_name)
        if length is None:
            raise ExchangeRefused("refused", is_retryable=False, detail="no such recording")
        return make_talk(length.total_seconds())

    def discard(self, recording_name: str) -> None:
        """Forget the recording; forgetting it twice is no fault."""
        with self._acting():
            self._world.recordings.pop(recording_name, None)

    # --- what a panel and tests do --------------------------------------------------------

    def place_call(
        self,
        dialled_number: str,
        *,
        from_number: str | None = None,
        patience: float | None = None,
        talk_seconds: float | None = None,
    ) -> str:
        """Let somebody dial this number; return the call's key.

        Lengths are in seconds. What is None is made up; an empty `from_number` is a withheld one.
        """
        with self._acting() as now:
            caller = self._traffic.make_caller(
                dialled_number=dialled_number,
                from_number=from_number,
                patience=patience,
                talk_seconds=talk_seconds,
            )
            return self.arrive(caller, now).call_key

    def caller_hangs_up(self, call_key: str) -> None:
        """Let the caller hang up; raises ExchangeRefused when he is gone already."""
        with self._acting() as now:
            self._world.caller_hangs_up(call_key, now)

    def agent_leaves(self, phone: str, reason: PartyLost = PartyLost.HUNG_UP) -> None:
        """Let the agent's phone leave its talk: hang up, fall silent or go away."""
        with self._acting() as now:
            self._world.agent_leaves(phone, reason, now)

    def recent(self, limit: int = 30) -> list[SimCallShown]:
        """Return the calls that are up, then those that ended last; newest first."""
        with self._acting():
            live = reversed(self._world.calls.values())
            ended = reversed(self._world.ended)
            return [shown(call) for call in [*live, *ended][:limit]]

    @property
    def is_listening(self) -> bool:
        """Say whether an app listens, over a link that holds."""
        with self._bell:
            return self._ask is not None and not self._is_link_cut

    def phones_in_reach(self) -> list[str]:
        """Return the phones that can be rung, whatever becomes of the link."""
        with self._acting():
            return list(self._world.phones.there())

    @property
    def traffic_plan(self) -> TrafficPlan:
        """Say what arrives by itself."""
        with self._bell:
            return self._traffic.plan

    def plan_traffic(self, plan: TrafficPlan) -> None:
        """Let this arrive by itself from now on."""
        with self._acting():
            self._traffic.plan_anew(plan)

    def use_numbers(self, numbers: Sequence[str], *, known_callers: Sequence[str] = ()) -> None:
        """Let callers dial these numbers; some of them call from the known callers' numbers."""
        with self._bell:
            self._traffic.numbers = list(numbers) or self._traffic.numbers
            self._traffic.known_callers = list(known_callers)

    def set_faults(self, rates: FaultRates) -> None:
        """Lose, double, delay or swap this much of the news; refuse this many orders."""
        with self._bell:
            self._post.rates = rates

    def set_habits(self, habits: Habits | None) -> None:
        """Let agents pick up, miss and lose their phones by themselves, or not."""
        with self._bell:
            self._world.agents.habits = habits

    def play(self, story: Story) -> None:
        """Let this story happen, from now on; an older one is over."""
        with self._acting() as now:
            self._script = Script(story, begins=now)

    def cut_link(self) -> None:
        """Break the link to the app: news is lost, orders are refused, callers go on alone."""
        with self._acting() as now:
            self.break_link(now)

    def mend_link(self) -> None:
        """Bring the link back; the app is told to look at the snapshot."""
        with self._acting():
            self.hold_link()

    def restart(self) -> None:
        """Crash and start again: all calls gone without a word, a new life of the exchange."""
        with self._acting():
            self.restart_world()

    def wait_for_the_door(self, seconds: float) -> bool:
        """Wait, in real seconds, until the app has answered about every call at the door.

        A test on a virtual clock calls this before it lets time pass: else its own jump is what
        makes the app late.
        """
        with self._bell:
            return self._bell.wait_for(lambda: self._open_questions == 0, seconds)

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
        self._tell_link(is_up=False, why="restarting")
        self._world.reboot(self._new_boot_id())
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
        try:
            action = ask(incoming).action
        except Exception:
            logger.exception("intake failed", extra={"exchange_id": self.exchange_id})
        with self._acting() as now:
            self._open_questions -= 1
            self._world.let_in(incoming.call_key, action, now)

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
