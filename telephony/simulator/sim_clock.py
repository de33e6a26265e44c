"""The time a simulated exchange lives in: the real one, or one that a test moves by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock
from typing import Protocol

Wake = Callable[[], None]


class SimClock(Protocol):
    """Tells the time and waits for it."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        ...

    def wait(self, bell: Condition, until: datetime | None) -> None:
        """Wait on `bell`, which the caller holds, until it rings or the moment comes."""
        ...

    def wake_on_change(self, wake: Wake) -> None:
        """Call `wake` whenever the time jumps."""
        ...


class RealClock:
    """The wall clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        return datetime.now(UTC)

    def wait(self, bell: Condition, until: datetime | None) -> None:
        """Wait on `bell` at most until the moment; None waits for the bell alone."""
        if until is None:
            bell.wait()
            return
        seconds = (until - self.now()).total_seconds()
        if seconds > 0:
            bell.wait(seconds)

    def wake_on_change(self, wake: Wake) -> None:
        """Do nothing: real time does not jump."""


class VirtualClock:
    """Stands still until `advance` moves it; a whole day of calls passes in a moment."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a moment needs its zone")
        self._moment = start.astimezone(UTC)
        self._wakes: list[Wake] = []
        self._lock = Lock()

    def now(self) -> datetime:
        """Return the moment, aware, in UTC."""
        with self._lock:
            return self._moment

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass at once; what fell due in between happens in its order."""
        with self._lock:
            self._moment += timedelta(seconds=seconds)
            wakes = list(self._wakes)
        for wake in wakes:
            wake()

    def move_to(self, moment: datetime) -> None:
        """Let it be this moment, unless it is later already."""
        self.advance(max((moment - self.now()).total_seconds(), 0.0))

    def wait(self, bell: Condition, until: datetime | None) -> None:
        """Wait on `bell`; the moment comes only by `advance`, which rings it."""
        if until is None or until > self.now():
            bell.wait()

    def wake_on_change(self, wake: Wake) -> None:
        """Call `wake` at each `advance`."""
        with self._lock:
            self._wakes.append(wake)
