"""The simulator as an exchange: the port, and what a panel and tests may do to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from telephony.events import PartyLost, TelephonyEvent
from telephony.orders import Order
from telephony.port import (
    ExchangeRefused,
    FallbackSeat,
    LastTold,
    LiveCall,
    PhoneSecret,
)
from telephony.simulator.agents import Habits
from telephony.simulator.audio import make_talk
from telephony.simulator.engine import Engine
from telephony.simulator.faults import FaultRates, OrderFate
from telephony.simulator.script import Script
from telephony.simulator.sim_call import SimCallShown, shown
from telephony.simulator.story import Story
from telephony.simulator.traffic import TrafficPlan


class Simulator(Engine):
    """One simulated exchange; every part of the port but web requests."""

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

    def go_on_after(self, last: LastTold) -> None:
        """Do nothing: the simulated time is never set back."""

    def time_there(self) -> datetime:
        """Return the simulated time."""
        return self._clock.now()

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

    def old_seats_answer(self, number: str, *, after: float) -> None:
        """Let somebody answer at this number outside, `after` seconds of ringing."""
        with self._acting():
            self._world.old_seats.answers_after[number] = timedelta(seconds=after)

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
