"""A clock of a work order: what happened to it, and what follows from that. Pure.

A clock is never set; it is told what happened (started, paused, resumed, extended, done), and its
due date is reckoned from that. So whoever has its history can reckon every rate again (domain rules
1.6, clock rule 7).

A pause gives back what it took and nothing more. What it takes is time in which somebody could have
worked: one that begins at closing time and ends before offices open again takes nothing. A limit in
days is given back whole days, as many as its pauses took in all; what is over stays owed, so that
pausing and going on within one day changes no due date, and many short pauses gain nothing that one
long pause would not. Where whole days leave nothing of what was left, that is given to the minute.
What was handed in and came back goes on in the same way: the time it was looked at is not the
unit's.

Whether something may happen is judged when it happens. Reckoned again by a calendar that was loaded
or corrected since, or by another limit, it stays: a person gave that time by what could be known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from app.core.errors import Conflict, Invalid
from app.rules.due_dates import PROVINCIAL, CountingWay, Going, Left, reckon_due
from app.rules.time_limits import Limit
from app.rules.working_time import WorkingTime


class ClockEvent(StrEnum):
    """What can happen to a clock."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"  # after a pause, or after what was handed in came back
    EXTENDED = "extended"
    DONE = "done"


class ClockLamp(StrEnum):
    """How a clock stands."""

    GREEN = "green"
    YELLOW = "yellow"  # nearly due
    RED = "red"  # overdue
    PAUSED = "paused"
    DONE = "done"


class ClockNotRunning(Conflict):
    """A clock is paused, extended or done while it runs, and goes on only after that."""

    code = "clock-not-running"


class ClockOverdue(Conflict):
    """Neither a pause nor an extension after the due date: it would hide a delay."""

    code = "clock-overdue"


class ExtendedByOtherUnit(Invalid):
    """A limit in working days grows by working days."""

    code = "extended-by-other-unit"


@dataclass(frozen=True, kw_only=True)
class ClockStep:
    """One thing that happened to a clock."""

    event: ClockEvent
    at: datetime
    by: Limit | None = None  # EXTENDED: how much


@dataclass(frozen=True, kw_only=True)
class ClockRule:
    """What a clock was started with; a later version of the rule does not touch it."""

    limit: Limit
    is_urgent: bool = False
    way: CountingWay = PROVINCIAL


@dataclass(frozen=True, kw_only=True)
class ClockState:
    """How a clock stands after all that happened."""

    due: datetime  # as long as it does not run: as it was when it stopped
    left: Left | None = None  # what it goes on with; None while it runs
    done_at: datetime | None = None
    extensions: int = 0
    paused: timedelta = timedelta(0)  # in all, without a pause that lasts
    owed: timedelta = timedelta(0)  # of a limit in days: what pauses took and did not give back

    @property
    def is_running(self) -> bool:
        """Say whether time passes."""
        return self.left is None

    @property
    def was_in_time(self) -> bool | None:
        """Say whether it was done before it was due; None as long as it is not done."""
        return None if self.done_at is None else self.done_at <= self.due

    def lamp(self, now: datetime, *, warns_from: datetime) -> ClockLamp:
        """Say which lamp stands beside the order at this moment; yellow after `warns_from`."""
        if self.done_at is not None:
            return ClockLamp.DONE
        if not self.is_running:
            return ClockLamp.PAUSED
        if now > self.due:
            return ClockLamp.RED
        return ClockLamp.YELLOW if now > warns_from else ClockLamp.GREEN


def stand(
    steps: Sequence[ClockStep], rule: ClockRule, working: WorkingTime, *, let_hold: int = 0
) -> ClockState:
    """Reckon how a clock stands; `steps` in the order of their moments, the first its start.

    `let_hold`: so many of them, from the first, were judged when they happened; what is reckoned
    otherwise by now takes none of them back. Raises ClockNotRunning, ClockOverdue,
    ExtendedByOtherUnit, CalendarYearMissing.
    """
    started, *later = steps
    if started.event is not ClockEvent.STARTED or any(a.at > b.at for a, b in pairwise(steps)):
        raise ClockNotRunning
    going = Going(rule.limit.unit, working, is_urgent=rule.is_urgent, way=rule.way)
    first = reckon_due(started.at, rule.limit, working, is_urgent=rule.is_urgent, way=rule.way)
    state, stopped_at = ClockState(due=first.due), started.at
    for place, step in enumerate(later, start=1):
        state = _after(step, state, stopped_at, going, is_judged=place >= let_hold)
        stopped_at = stopped_at if state.is_running else step.at
    return state


def _after(
    step: ClockStep, state: ClockState, stopped_at: datetime, going: Going, *, is_judged: bool
) -> ClockState:
    match step.event:
        case ClockEvent.RESUMED if state.left is not None:
            return _resumed(step.at, state, state.left, stopped_at, going)
        case ClockEvent.DONE if state.is_running:
            return replace(state, done_at=step.at, left=going.left(step.at, state.due))
        case ClockEvent.PAUSED if state.is_running:
            if is_judged:
                _refuse_overdue(step, state)
            return replace(state, left=going.left(step.at, state.due))
        case ClockEvent.EXTENDED if state.is_running and step.by is not None:
            if is_judged:
                _refuse_overdue(step, state)
                _refuse_other_unit(step.by, going)
            due = going.by(step.by.unit).extended(state.due, step.by.amount)
            return replace(state, due=due, extensions=state.extensions + 1)
    raise ClockNotRunning


def _resumed(
    at: datetime, state: ClockState, left: Left, stopped_at: datetime, going: Going
) -> ClockState:
    due, owed = state.due, state.owed
    if stopped_at > due:
        pass  # what came too late stays late, however long it was looked at
    elif isinstance(left, timedelta):
        due = going.on(at, left)
    else:
        due, owed = going.given_back(due, owed + going.lost(stopped_at, at))
        if due <= at:
            due, owed = going.later(due, owed), timedelta(0)
    paused = state.paused + (at - stopped_at)
    return replace(state, due=due, owed=owed, left=None, done_at=None, paused=paused)


def _refuse_overdue(step: ClockStep, state: ClockState) -> None:
    if step.at > state.due:
        raise ClockOverdue


def _refuse_other_unit(by: Limit, going: Going) -> None:
    if by.unit is not going.unit:
        raise ExtendedByOtherUnit(limit=str(by))
