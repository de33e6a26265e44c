"""A node's own time as we tell it: set back, it goes on all the same.

What happens to a call is put in order by the node's time. A node whose clock is set back by minutes
would seem to tell old news: a phone that rings and a call that is answered would move nothing. So
we go by how much time has passed since, and add to what the node says what it lost. What was lost
before this process began is seen by what was told last: no time is before that.
"""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from telephony.events import CallArrived, News
from telephony.port import LastTold

N = TypeVar("N", bound=News)

STEP = timedelta(seconds=1)
"""Less than this is no step: clocks wander, and events of several threads pass each other."""

WANDERS = 0.001
"""How much of the time gone by two clocks may differ without one having been set."""


class NodeClock:
    """Told by each Ping what the time is there; asked for the time, and to put news right."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boot_id = ""
        self._before: tuple[LastTold, float] | None = None  # and our clock when we heard of it
        self._forget()

    def _forget(self) -> None:
        self._told: tuple[datetime, float, timedelta] | None = None  # time, our clock, doubt
        self._lost = self._lost_before = timedelta()
        self._last: datetime | None = None
        self._floor: datetime | None = None  # what was heard before the clock was last set

    def go_on_after(self, last: LastTold) -> None:
        """Hear what this node told last to the process before this one."""
        with self._lock:
            self._before = last, time.monotonic()

    def begin_life(self, boot_id: str) -> None:
        """The node lives this life now: no call is older than it, and none of its clock's steps."""
        with self._lock:
            if boot_id != self._boot_id:
                self._boot_id = boot_id
                self._forget()

    def ponged(self, node_seconds: float, *, asked_at: float, answered_at: float) -> datetime:
        """Hear the node's time; `asked_at` and `answered_at` are of time.monotonic().

        Returns the time there, which is later than any before.
        """
        said = datetime.fromtimestamp(node_seconds, UTC)
        at, doubt = (asked_at + answered_at) / 2, timedelta(seconds=(answered_at - asked_at) / 2)
        with self._lock:
            if self._told is not None:
                _then, was_at, doubt_before = self._told
                expected = self._at(at)
                may_differ = STEP + doubt + doubt_before + WANDERS * timedelta(seconds=at - was_at)
                if abs(said + self._lost - expected) > may_differ:
                    # set back: so much is lost; set forward: perhaps what was lost came back
                    self._lost_before, self._floor = self._lost, self._last
                    self._lost = max(expected - said, timedelta())
            else:
                self._go_on(said, at=at, doubt=doubt)
            now = said + self._lost
            self._told = now, at, doubt
            return now

    def time_there(self) -> datetime | None:
        """Return the time there, as it went on since the last Ping; None before the first."""
        with self._lock:
            return self._at(time.monotonic()) if self._told else None

    def put_right(self, news: N) -> N:
        """Return a piece of news with the time as we tell it. Asked in the order of the link."""
        with self._lock:
            right = self._right(news.happened_at)
        moved = right - news.happened_at
        if not moved:
            return news
        if isinstance(news, CallArrived):
            return replace(news, happened_at=right, invited_at=news.invited_at + moved)
        return replace(news, happened_at=right)

    def _go_on(self, said: datetime, *, at: float, doubt: timedelta) -> None:
        """At our first Ping of this life: a time before what was told already is one set back."""
        if self._before is None or self._before[0].boot_id != self._boot_id:
            return
        last, heard_at = self._before
        if said < last.happened_at - STEP - doubt:
            self._lost = last.happened_at + last.ago + timedelta(seconds=at - heard_at) - said
            self._floor = self._last = last.happened_at

    def _at(self, moment: float) -> datetime:
        """Return the time there at a moment of time.monotonic(), by the last Ping."""
        assert self._told is not None  # noqa: S101 - asked only after a Ping
        then, at, _doubt = self._told
        return then + timedelta(seconds=moment - at)

    def _right(self, said: datetime) -> datetime:
        if self._told is None:
            return said
        latest = self._at(time.monotonic()) + STEP
        right = said + self._lost
        if right > latest:
            right = said + self._lost_before  # it waited here since before the clock was set
        if self._last is not None and right < self._last - STEP:
            right = self._last  # set back since the last Ping
        if self._floor is not None and right < self._floor:
            right = self._floor  # how much was lost is known to a few milliseconds only
        if right <= latest:
            self._last = right
        return right
