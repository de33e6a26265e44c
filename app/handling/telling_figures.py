"""What is possible in a ticket's life and is done for better figures, by its name. Pure.

Some things cannot be forbidden, because there are days on which they are right: a suspension, a
contact by one's own telephone, a correction of the type. Each of them is counted here from the rows
it leaves, so that a figure grows where somebody does it for the figures' sake.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.handling.clock_rules import ClockKind
from app.rules.running_clocks import ClockEvent
from app.tickets.likeness import text_likeness

NEARLY_THE_SAME = 0.9
"""From here on two replies say the same with another name in them."""
AT_THE_END = timedelta(days=1)
"""A clock that is stopped so shortly before its end was stopped because of it."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many."""

    times: int
    of: int

    @property
    def percent(self) -> float | None:
        """Return the share in percent; None of nothing."""
        return 100 * self.times / self.of if self.of else None


class ContactRow(Protocol):
    """A line of the contact log."""

    is_reached: bool
    call_id: int | None


class VisitRow(Protocol):
    """An attempt to ask the citizen; `by` None: he answered by himself."""

    is_reached: bool
    call_id: int | None
    by: int | None
    exclusion: str


class PartRow(Protocol):
    """A unit's part in a ticket."""

    ticket_id: int
    unit_id: int
    nth: int
    signed_at: datetime | None
    is_signed_by_itself: bool
    opinion_at: datetime | None
    ended_at: datetime | None


class ClockRow(Protocol):
    """A clock of a ticket."""

    kind: ClockKind
    due_at: datetime | None
    done_at: datetime | None


class StepRow(Protocol):
    """One thing that happened to a clock, or to a ticket."""

    at: datetime


class ClockStepRow(StepRow, Protocol):
    """One thing that happened to a clock."""

    event: ClockEvent


class ActRow(StepRow, Protocol):
    """One thing that was done with a ticket."""

    ticket_id: int
    act: str


class ReplyRow(Protocol):
    """A reply that was handed in."""

    copied_from_id: int | None
    public_reply: str


class WishRow(Protocol):
    """Something that a unit asked for, and when it was decided."""

    asked_at: datetime
    decided_at: datetime | None


def copied_replies(replies: Sequence[ReplyRow]) -> Share:
    """Count replies that say what another one said: word for word, or with another name in it."""
    copies = 0
    for place, each in enumerate(replies):
        before = (other.public_reply for other in replies[:place])
        is_like = any(text_likeness(each.public_reply, o) >= NEARLY_THE_SAME for o in before)
        copies += each.copied_from_id is not None or is_like
    return Share(times=copies, of=len(replies))


def contacts_without_proof(contacts: Iterable[ContactRow]) -> Share:
    """Count contacts that no call of the platform proves, reached or not."""
    rows = list(contacts)
    return Share(times=sum(each.call_id is None for each in rows), of=len(rows))


def not_reached_without_proof(contacts: Iterable[ContactRow]) -> Share:
    """Count, of those who were said not to be reached, who was never called by the platform."""
    rows = [each for each in contacts if not each.is_reached]
    return Share(times=sum(each.call_id is None for each in rows), of=len(rows))


def answers_without_proof(visits: Iterable[VisitRow]) -> Share:
    """Count answers that somebody of ours wrote down and that no call proves."""
    rows = [each for each in visits if each.is_reached]
    unproven = [each for each in rows if each.by is not None and each.call_id is None]
    return Share(times=len(unproven), of=len(rows))


def visits_given_up(visits: Iterable[VisitRow]) -> Share:
    """Count who was left out of the figures by a reason."""
    rows = [each for each in visits if each.is_reached or each.exclusion]
    return Share(times=sum(bool(each.exclusion) for each in rows), of=len(rows))


def signed_by_itself(parts: Iterable[PartRow]) -> Share:
    """Count dispatches that nobody signed for in time."""
    leads = [each for each in parts if each.nth > 0 and each.signed_at is not None]
    return Share(times=sum(each.is_signed_by_itself for each in leads), of=len(leads))


def sent_to_same_unit_again(parts: Iterable[PartRow]) -> Share:
    """Count dispatches to a unit that had the ticket before: its handling clock began anew."""
    leads = [each for each in parts if each.nth > 0]
    had = Counter((each.ticket_id, each.unit_id) for each in leads)
    return Share(times=sum(times - 1 for times in had.values()), of=len(leads))


def parts_never_answered(parts: Iterable[PartRow]) -> Share:
    """Count units that were called in, whose part ended, and that said nothing."""
    asked = [each for each in parts if each.nth == 0 and each.ended_at is not None]
    return Share(times=sum(each.opinion_at is None for each in asked), of=len(asked))


def late_by_kind(clocks: Iterable[ClockRow], now: datetime) -> Mapping[ClockKind, Share]:
    """Count late clocks of each kind, those that still run and were due before now among them."""
    late: Counter[ClockKind] = Counter()
    known: Counter[ClockKind] = Counter()
    for each in clocks:
        known[each.kind] += 1
        late[each.kind] += each.due_at is not None and (each.done_at or now) > each.due_at
    return {kind: Share(times=late[kind], of=known[kind]) for kind in known}


def suspended_share(steps: Sequence[ClockStepRow], until: datetime) -> float:
    """Return which part of a clock's whole time it stood still, from 0 to 1; `until`: now."""
    done = [each.at for each in steps if each.event is ClockEvent.DONE]
    ends = done[-1] if done and steps[-1].event is ClockEvent.DONE else until
    whole, still, stopped_at = ends - steps[0].at, timedelta(0), None
    for each in steps:
        if each.event is ClockEvent.PAUSED:
            stopped_at = each.at
        elif each.event is ClockEvent.RESUMED and stopped_at is not None:
            still, stopped_at = still + (each.at - stopped_at), None
    if stopped_at is not None:
        still += ends - stopped_at
    return still / whole if whole else 0.0


def stopped_at_the_end(steps: Sequence[ClockStepRow], due: datetime | None) -> int:
    """Count pauses that began within a day before the clock was due; `due` as it was then."""
    if due is None:
        return 0
    pauses = (each.at for each in steps if each.event is ClockEvent.PAUSED)
    return sum(due - AT_THE_END <= at <= due for at in pauses)


def acts_counted(acts: Iterable[ActRow], act: str) -> Share:
    """Count tickets with which this was done at all: `retype`, `reopen`, `send_back`, `void`…."""
    rows = list(acts)
    touched = {each.ticket_id for each in rows if each.act == act}
    return Share(times=len(touched), of=len({each.ticket_id for each in rows}))


def times_done(acts: Iterable[ActRow], act: str) -> Mapping[int, int]:
    """Return how often this was done with each ticket with which it was."""
    return Counter(each.ticket_id for each in acts if each.act == act)


def longest_wait(wishes: Iterable[WishRow], now: datetime) -> timedelta:
    """Return how long somebody waited at most for what he had asked; nobody decided: until now."""
    waits = [(each.decided_at or now) - each.asked_at for each in wishes]
    return max(waits, default=timedelta(0))
