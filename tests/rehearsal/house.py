"""The real switchboard without its threads: each of its loops turns when the clock says so.

Everything under it is real: the database, the ledger, the queue, the order book, the routing, the
deadlines. Only the order of turns is ours, so that a day of calls is one and the same each time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from flask import Flask

from app.accounts.models import User
from app.call_queue.models import DeskLink, Presence
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import PresenceState
from app.calls import mending
from app.calls.link_lag import LagPolicy
from app.channels import service as channels
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.organisation.models import Unit, UnitKind
from app.switchboard import duty
from app.switchboard.bell import Bell
from app.switchboard.exchange_worker import ExchangeWorker
from app.switchboard.intake import make_ask
from app.switchboard.lag_meter import LagMeter
from app.switchboard.listeners import PLACE
from app.switchboard.loops import keep_deadlines_once, route_once
from app.switchboard.news_pump import NewsPump
from app.switchboard.past_news import PastNews
from telephony.events import RecordingReady
from telephony.port import ExchangeRefused, PhoneSecret
from telephony.simulator.agents import Habits
from telephony.simulator.provider import as_exchange
from telephony.simulator.settings import SimulatorSettings
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.stepped import SteppedSimulator
from telephony.simulator.story import Cue, Story, Turn, in_order

EIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=100)
RENEW = timedelta(seconds=2)
COMPARE = timedelta(seconds=10)
FIRST_WORK_NUMBER = 80001
NUMBERS = ("12315", "12333", "12329")


@dataclass(frozen=True, kw_only=True)
class OneWorker:
    """A shift as its listeners see it: who sends, and a bell that nobody waits for."""

    workers: dict[str, ExchangeWorker]
    route_bell: Bell


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """A switchboard as its listeners see it."""

    shift: OneWorker | None


class House:
    """One app, one simulated exchange, one virtual clock."""

    note_recording: Callable[[RecordingReady], None] = staticmethod(lambda _ready: None)
    longest_step = timedelta(milliseconds=500)

    def __init__(
        self,
        app: Flask,
        *,
        seed: int = 1,
        habits: Habits | None = None,
        keeps_book: bool = True,
    ) -> None:
        self.app = app
        self.clock = VirtualClock(EIGHT)
        settings = SimulatorSettings(seed=seed, habits=habits or Habits(), keeps_book=keeps_book)
        self.simulator = SteppedSimulator("sim", settings, clock=self.clock)
        self.exchange = as_exchange(self.simulator)
        self.clock_is_off = timedelta(0)  # how far our clock is from the exchange's
        self.heard_again = 0
        self.mended = 0
        self.token = 0
        self._renew_at = self._compare_at = EIGHT
        self._seen: frozenset[mending.Disagreement] = frozenset()
        wrap_up = timedelta(seconds=5)
        hand_down(app, QueuePolicy(link_lease=timedelta(days=2), wrap_up=wrap_up))
        self.begin_shift()

    def begin_shift(self, holder: str = "rehearsal") -> None:
        """A new process takes the duty; an older one is gone without a word."""
        self._holder = holder
        exchanges = {"sim": self.exchange}
        self.worker = ExchangeWorker(self.app, self.exchange, token=lambda: self.token)
        self._pump = NewsPump(
            self.app,
            exchanges,
            token=lambda: self.token,
            do_aside=lambda _exchange, look: look(),
            after_link_up=lambda _exchange: None,
            meter=LagMeter(exchanges, remembered=LagPolicy().remembered),
            note_recording=self.note_recording,
            after_recording=lambda: None,
        )
        self._past = PastNews(
            self.app,
            self.exchange,
            token=lambda: self.token,
            note_recording=self.note_recording,
        )
        # what a save takes up for the exchange comes to this worker, as in a shift
        self.route_bell = Bell()
        shift = OneWorker(workers={"sim": self.worker}, route_bell=self.route_bell)
        self.app.extensions[PLACE] = OnDuty(shift=shift)
        self._renew_at = self.clock.now()
        self.simulator.connect(make_ask(self.app))

    def die(self) -> None:
        """The process is gone: no goodbye, no clean-up; its lease lies there."""
        self.simulator.disconnect()
        self.app.extensions[PLACE] = OnDuty(shift=None)
        self._seen = frozenset()

    @contextmanager
    def time(self) -> Iterator[None]:
        """Let the app live by this house's clock."""
        with clock.lived_by(lambda: self.clock.now() + self.clock_is_off):
            yield

    def crowd(self, how_many: int) -> None:
        """Let this many agents sit at open desks, ready."""
        at = self.clock.now()
        numbers = [str(FIRST_WORK_NUMBER + count) for count in range(how_many)]
        with unit_of_work():
            db.session.execute(db.insert(User), [_person(number, at) for number in numbers])
            ids = dict(
                db.session.execute(
                    db.select(User.work_number, User.id).where(User.work_number.in_(numbers))
                ).all()
            )
            db.session.execute(
                db.insert(Presence),
                [
                    {
                        "agent_id": ids[number],
                        "phone": number,
                        "state": PresenceState.READY,
                        "since": at,
                        "idle_since": at + timedelta(milliseconds=count),
                    }
                    for count, number in enumerate(numbers)
                ],
            )
            db.session.execute(
                db.insert(DeskLink),
                [
                    {
                        "link_id": f"desk-{number}",
                        "agent_id": ids[number],
                        "opened_at": at,
                        "lease_until": at + timedelta(days=2),
                    }
                    for number in numbers
                ],
            )
        for number in numbers:
            self.simulator.admit(PhoneSecret(phone=number, secret="s", display_name=number))
            self.simulator.desk_opened(number)

    def play(self, seconds: float, *, until: Callable[[], bool] | None = None) -> None:
        """Let this much time pass, or until something is so, looked at once a second."""
        end = self.clock.now() + timedelta(seconds=seconds)
        looked = self.clock.now()
        while self.clock.now() < end:
            self.turn()
            now = self.clock.now()
            if until is not None and now - looked >= timedelta(seconds=1):
                looked = now
                if until():
                    return
            self.clock.move_to(min(self._next_tick(now), end))

    def turn(self) -> None:
        """Let each loop of the switchboard turn once."""
        now = self.clock.now()
        if now >= self._renew_at:
            self._renew_at = now + RENEW
            with unit_of_work():
                self.token = duty.take(self._holder, at=clock.now()) or 0
        if self.token:  # else the news waits: a shift begins with the duty
            self.write_news()
        route_once(self.token)
        self.worker.send_taken_up()
        while self.worker.send_next():
            pass
        keep_deadlines_once(self.token, has_outcome=lambda _call_id: True)
        if now >= self._compare_at:
            self._compare_at = now + COMPARE
            with suppress(ExchangeRefused):  # the link is down: the next comparison tells
                self.reconcile()

    def write_news(self) -> None:
        """Let the pump write what has arrived by now."""
        self._pump.write(self.simulator.take())

    def reconcile(self) -> None:
        """Hear again what was missed, and compare with the exchange's snapshot."""
        self.heard_again += self._past.hear_again()
        boot_id = mending.boot_of("sim")
        if boot_id is None:
            return
        look = mending.Look(
            exchange_id="sim",
            boot_id=boot_id,
            live=self.simulator.live_calls(),
            phones=self.simulator.phones_there(),
            at=self.clock.now(),
        )
        if self._seen:
            with unit_of_work():
                self.mended += len(mending.mend(look, self._seen))
        self._seen = mending.find_differences(look)

    def _next_tick(self, now: datetime) -> datetime:
        """Return the next moment on the grid at which something can be due."""
        at = self.simulator.next_moment() or now + RENEW
        at = min(at, now + self.longest_step)
        steps = max(1, -(-(at - now) // TICK))
        return now + steps * TICK


def a_busy_day(calls: int, *, seed: int, every: float) -> Story:
    """Make up a story: so many calls, one each `every` seconds, patient for a while."""
    pick = Random(seed).uniform  # make-believe callers, not secrets
    cues = [
        Cue(
            at=timedelta(milliseconds=round((count * every + pick(0, every)) * 1000)),
            turn=Turn.CALLS,
            who=f"1540762{count % 10_000:04d}",
            dialled=NUMBERS[count % len(NUMBERS)],
            waits=timedelta(milliseconds=round(pick(15, 90) * 1000)),
            talks=timedelta(milliseconds=round(pick(20, 120) * 1000)),
        )
        for count in range(calls)
    ]
    return Story(seed=seed, cues=in_order(cues))


def register_numbers() -> None:
    """Put the numbers that a busy day dials into the register."""
    with unit_of_work():
        unit = Unit(code="R1", name="政数局", kind=UnitKind.CITY_BUREAU)
        db.session.add(unit)
        db.session.flush()
        for number in NUMBERS:
            channels.register_number(
                channels.NewNumber(
                    number=number,
                    name=f"热线{number}",
                    owner_unit_id=unit.id,
                    mode=channels.MergeMode.DUAL_NUMBER,
                    is_sample=True,
                    greeting="您好",
                    valid_from=EIGHT.replace(year=2020),
                )
            )


def _person(number: str, at: datetime) -> dict[str, object]:
    return {
        "work_number": number,
        "name": f"坐席{number}",
        "role": "agent",
        "password_hash": "!",
        "languages": ["mandarin"],
        "skills": [],
        "password_changed_at": at,
        "created_at": at,
        "phone_secret": "s",
    }
