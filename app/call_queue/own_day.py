"""An agent's own figures of the day, worked out from the steps of his presence. Pure.

The definitions are those every report uses: handled calls, average handling time and occupancy as
contact centres count them, consultations apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.call_queue.presence_states import BesideReason, PresenceState

P = PresenceState


@dataclass(frozen=True, kw_only=True)
class Step:
    """From `at` on he was in `state`; `reason` and the call that was on his desk then."""

    at: datetime
    state: PresenceState
    reason: str | None = None
    call_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class DayFigures:
    """Counts, and seconds by what they were spent on, between two moments.

    `handled`: calls he talked in as theirs, answered or called out. `rung`: ringing that he then
    answered. `talk` has the holds in it. `beside`: in colleagues' calls.
    """

    offered: int
    answered: int
    called_out: int
    missed: int
    rung: float
    talk: float
    wrap_up: float
    ready: float
    not_ready: float
    beside: float

    @property
    def handled(self) -> int:
        """Return how many calls were his."""
        return self.answered + self.called_out

    @property
    def handling_seconds(self) -> float | None:
        """Return the average handling time: (talk + hold + wrap-up) / handled calls."""
        return (self.talk + self.wrap_up) / self.handled if self.handled else None

    @property
    def occupancy(self) -> float | None:
        """Return (ring accepted + talk + hold + wrap-up) / (that + ready), 0 to 1."""
        busy = self.rung + self.talk + self.wrap_up
        return busy / (busy + self.ready) if busy + self.ready else None


def figures_of(
    steps: Sequence[Step], *, since: datetime, now: datetime, offered: int, missed: int
) -> DayFigures:
    """Add up the stretches between `since` and `now`.

    `steps` in their order, beginning with the last one before `since`, if there was one. `offered`
    and `missed` are the offers of the same time.
    """
    seconds = dict.fromkeys(("rung", "talk", "wrap_up", "ready", "not_ready", "beside"), 0.0)
    answered: set[int] = set()
    called_out: set[int] = set()
    followers: list[Step | None] = [*steps[1:], None]
    for step, following in zip(steps, followers, strict=False):
        ended = following.at if following else now
        kind = _kind(step, following)
        if kind is not None:
            seconds[kind] += max((ended - max(step.at, since)).total_seconds(), 0.0)
        if step.state is P.TALKING and step.call_id is not None and step.at >= since:
            if step.reason is None:
                answered.add(step.call_id)
            elif step.reason == BesideReason.CALLING:
                called_out.add(step.call_id)
    return DayFigures(
        offered=offered,
        missed=missed,
        answered=len(answered - called_out),
        called_out=len(called_out),
        **seconds,
    )


def _kind(step: Step, following: Step | None) -> str | None:
    if step.reason in set(BesideReason) - {BesideReason.CALLING}:
        return "beside" if step.state in {P.TALKING, P.RECONNECTING} else None
    if step.state is P.OFFERED:
        return "rung" if following is not None and following.state is P.TALKING else None
    return {
        P.TALKING: "talk",
        P.RECONNECTING: "talk",
        P.WRAP_UP: "wrap_up",
        P.READY: "ready",
        P.NOT_READY: "not_ready",
        P.MISSED: "not_ready",
    }.get(step.state)
