"""A simulator without threads: whoever owns it moves the clock and takes its news by hand.

With one seed and one script it tells the same, byte for byte, however busy the machine is.
"""

from datetime import datetime

from telephony.events import News
from telephony.port import Ask, IncomingCall
from telephony.simulator.settings import SimulatorSettings
from telephony.simulator.sim_call import SimCall
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.simulator import Simulator


class SteppedSimulator(Simulator):
    """The same exchange, driven by `connect`, `take` and the clock."""

    def __init__(
        self, exchange_id: str, settings: SimulatorSettings, *, clock: VirtualClock
    ) -> None:
        self._seed = settings.seed
        self._lives = 0
        self._at_the_door: list[IncomingCall] = []
        super().__init__(exchange_id, settings, clock=clock)
        self._world.chronicle = []

    @property
    def chronicle(self) -> list[SimCall]:
        """Every call that has ended, as it truly was."""
        return list(self._world.chronicle or ())

    @property
    def lost_news(self) -> dict[str, set[str]]:
        """Call → kinds of its news that no app was ever sent."""
        return {key: set(kinds) for key, kinds in self._post.lost.items()}

    def connect(self, ask: Ask) -> None:
        """An app listens from now on."""
        with self._acting():
            self._ask = ask
            if not self._is_link_cut:
                self._world.app_is_back()
                self._tell_link(is_up=True, why="connected")

    def disconnect(self) -> None:
        """Nobody listens any more, and nobody said goodbye."""
        with self._acting() as now:
            self._ask = None
            self._at_the_door.clear()
            self._open_questions = 0
            self._post.forget()
            self._world.app_left(now)

    def feel_health(self, *, is_well: bool) -> None:
        """The app can work or cannot; one that cannot is left as one that is away."""
        with self._acting() as now:
            if not is_well:
                self._world.app_left(now)
            elif self._ask is not None and not self._is_link_cut:
                self._world.app_is_back()

    def take(self) -> list[News]:
        """Return the news that has arrived by now; first answers for who stands at the door."""
        with self._bell:
            news = self._news_at(self._clock.now())
            while self._at_the_door and self._ask is not None:
                self._ask_where_to(self._ask, self._at_the_door.pop(0))
            return [*news, *self._news_at(self._clock.now())]

    def next_moment(self) -> datetime | None:
        """Return when something happens by itself, or None."""
        with self._bell:
            return self._next_moment()

    def _ask_at_the_door(self, ask: Ask, incoming: IncomingCall) -> None:  # noqa: ARG002
        self._at_the_door.append(incoming)

    def _new_boot_id(self) -> str:
        self._lives += 1
        return f"seed{self._seed}-life{self._lives}"
