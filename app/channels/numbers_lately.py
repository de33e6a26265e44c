"""What the register said of a dialled number a moment ago: the same few are asked for all day.

One call asks three times (at the door, in the ledger, in line), each time four tables. A change
made by this process is seen at once, one by another process a second later. What holds from a
minute on holds from that minute on: an answer serves no other minute than its own.
"""

import time
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from app.core import clock

T = TypeVar("T")

LASTS_SECONDS = 1.0
MOST = 1000
NOW = timedelta(seconds=30)
"""Only what is asked of the present is remembered; other times are looked up."""


class NumbersLately:
    """Answers by question, each for a second. One per app; threads may share it."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[float, Any]] = {}

    def get(self, question: Hashable, *, at: datetime, find: Callable[[], T]) -> T:
        """Return the answer to this question at `at`; find it where none is fresh enough."""
        if abs(clock.now() - at) > NOW:
            return find()
        key = (question, at.replace(second=0, microsecond=0))
        until, answer = self._known.get(key, (0.0, None))
        if answer is not None and time.monotonic() < until:
            known: T = answer
            return known
        found = find()
        if found is not None:
            if len(self._known) >= MOST:
                self._known = {}
            self._known[key] = (time.monotonic() + LASTS_SECONDS, found)
        return found

    def forget(self) -> None:
        """The register has changed."""
        self._known = {}
