"""The time of a pretended node: it stands still until it is moved, or goes by itself."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

STARTS = 1795417117.0  # seconds since 1970, when it stands still
STEP_SECONDS = 0.02

Act = Callable[[], None]


class NodeTime:
    """Acts fall due in their order, under one lock; `now` is in seconds since 1970."""

    def __init__(self, *, runs_by_itself: bool) -> None:
        self.lock = threading.RLock()
        self.runs_by_itself = runs_by_itself
        self.now = time.time() if runs_by_itself else STARTS
        self._due: list[tuple[float, int, Act]] = []
        self._numbers = itertools.count()
        self._stopped = threading.Event()
        if runs_by_itself:
            threading.Thread(target=self._run, name="fake-node-time", daemon=True).start()

    def after(self, seconds: float, act: Act) -> None:
        """Let this happen once so many seconds have passed."""
        heapq.heappush(self._due, (self.now + seconds, next(self._numbers), act))

    def every_second(self, act: Act) -> None:
        """Let this happen each second from now on."""

        def again() -> None:
            act()
            self.after(1, again)

        self.after(1, again)

    def pass_by(self, seconds: float, *, each_step: Act = lambda: None) -> None:
        """Move the time on; what falls due in between happens at its own moment."""
        with self.lock:
            ends = self.now + seconds
            while self._due and self._due[0][0] <= ends:
                self.now, _number, act = heapq.heappop(self._due)
                each_step()
                act()
            self.now = ends
            each_step()

    def stop(self) -> None:
        """Let no more time pass by itself."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(STEP_SECONDS):
            self.pass_by(max(time.time() - self.now, 0))
