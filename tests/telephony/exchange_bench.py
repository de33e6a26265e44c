"""What the promises of an exchange are tried on: one bench per kind, the same words on each.

Which benches there are, and which promise cannot be made where, stands in benches.py.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread
from typing import Protocol, Self, TypeVar

from telephony.events import CallArrived, LinkChanged, News
from telephony.orders import AnswerForAgent, Order
from telephony.port import (
    Ask,
    Exchange,
    IncomingCall,
    IntakeAction,
    IntakeAnswer,
    IsWell,
    PhoneSecret,
    always_well,
)
from telephony.simulator.provider import as_exchange
from telephony.simulator.settings import read_settings
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.simulator import Simulator
from telephony.simulator.story import Cue, Story, Turn

N = TypeVar("N")
PATIENCE_SECONDS = 5.0  # real seconds that a test waits for news before it fails


def to_the_queue(_call: IncomingCall) -> IntakeAnswer:
    """Answer the door as an app does that takes every call."""
    return IntakeAnswer(action=IntakeAction.QUEUE)


class Ear:
    """Hears the news of an exchange and lets a test wait for a piece of it."""

    def __init__(self) -> None:
        self.heard: list[News] = []
        self._bell = Condition()

    def tell(self, news: Sequence[News]) -> None:
        with self._bell:
            self.heard.extend(news)
            self._bell.notify_all()

    def of(self, kind: type[N], **what: object) -> list[N]:
        """Return what was heard of this kind with these fields."""
        with self._bell:
            return [piece for piece in self.heard if _fits(piece, kind, what)]  # type: ignore[misc]

    def wait_for(self, kind: type[N], *, nth: int = 1, **what: object) -> N:
        """Return the nth piece of news of this kind with these fields, once it is heard."""
        with self._bell:
            found = self._bell.wait_for(lambda: len(self.of(kind, **what)) >= nth, PATIENCE_SECONDS)
            names = [type(piece).__name__ for piece in self.heard]
            assert found, f"no {kind.__name__} {what} (nth={nth}) among {names}"
            return self.of(kind, **what)[nth - 1]


def _fits(piece: object, kind: type, what: dict[str, object]) -> bool:
    return isinstance(piece, kind) and all(getattr(piece, k) == v for k, v in what.items())


class Bench(Protocol):
    """An exchange under test, with callers and phones that do as told."""

    exchange: Exchange
    ear: Ear

    def __enter__(self) -> Self: ...

    def __exit__(self, *fault: object) -> None: ...

    def connect(self, ask: Ask = to_the_queue, *, is_well: IsWell = always_well) -> None:
        """Let an app listen; return once the link is up."""
        ...

    def disconnect(self) -> None:
        """Let the app stop listening."""
        ...

    def caller(
        self, dialled: str = "12315", *, from_number: str = "", patience: float = 600
    ) -> str:
        """Let somebody call; return the key once his call was told."""
        ...

    def caller_hangs_up(self, call_key: str) -> None: ...

    def phone_comes(self, phone: str) -> None: ...

    def phone_goes(self, phone: str) -> None: ...

    def phone_answers(self, call_key: str, phone: str) -> None: ...

    def number_lets_it_ring(self, number: str) -> None:
        """Let nobody pick up at this number outside; at every other somebody does, soon."""
        ...

    def cut_link(self) -> None: ...

    def mend_link(self) -> None: ...

    def pass_time(self, seconds: float) -> None:
        """Let this much of the exchange's time pass."""
        ...

    def send(self, order: Callable[..., Order], call_key: str, **what: object) -> None:
        """Send an order with an id of its own."""
        ...


class SimulatorBench:
    """The simulator on a clock that a test moves."""

    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
        self.simulator = Simulator("sim", read_settings("quiet", {}), clock=self.clock)
        self.exchange = as_exchange(self.simulator)
        self.ear = Ear()
        self._thread: Thread | None = None
        self._orders = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.disconnect()

    def connect(self, ask: Ask = to_the_queue, *, is_well: IsWell = always_well) -> None:
        ups = len(self.ear.of(LinkChanged, is_up=True))
        listen = (self.ear.tell, ask, is_well)
        self._thread = Thread(target=self.simulator.listen, args=listen, daemon=True)
        self._thread.start()
        self.ear.wait_for(LinkChanged, is_up=True, nth=ups + 1)

    def disconnect(self) -> None:
        if self._thread is None:
            return
        self.simulator.stop()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "listen() did not return after stop()"
        self._thread = None

    def caller(
        self, dialled: str = "12315", *, from_number: str = "", patience: float = 600
    ) -> str:
        call_key = self.simulator.place_call(
            dialled, from_number=from_number, patience=patience, talk_seconds=120
        )
        if self._thread is not None:
            self.ear.wait_for(CallArrived, call_key=call_key)
        return call_key

    def caller_hangs_up(self, call_key: str) -> None:
        self.simulator.caller_hangs_up(call_key)

    def phone_comes(self, phone: str) -> None:
        self.simulator.admit(PhoneSecret(phone=phone, secret="of no use here", display_name=phone))
        self.simulator.desk_opened(phone)

    def phone_goes(self, phone: str) -> None:
        self.simulator.desk_closed(phone)

    def phone_answers(self, call_key: str, phone: str) -> None:
        self.send(AnswerForAgent, call_key, phone=phone)

    def number_lets_it_ring(self, number: str) -> None:
        misses = Cue(at=timedelta(0), turn=Turn.MISSES, who=number)
        self.simulator.play(Story(cues=(misses,)))

    def cut_link(self) -> None:
        self.simulator.cut_link()

    def mend_link(self) -> None:
        self.simulator.mend_link()

    def pass_time(self, seconds: float) -> None:
        self.simulator.wait_for_the_door(0.2)
        self.clock.advance(seconds)

    def send(self, order: Callable[..., Order], call_key: str, **what: object) -> None:
        self._orders += 1
        self.exchange.orders.send(order(order_id=self._orders, call_key=call_key, **what))
