"""What is possible in a ticket's life and is done for better figures, by its name. Pure.

Some things cannot be forbidden, because there are days on which they are right: a suspension, a
contact by one's own telephone, a correction of the type. Each of them is counted here from the rows
it leaves, so that a figure grows where somebody does it for the figures' sake.

What `mark_…` returns are the rows that a figure looks at, each with whether it is one of those that
tell; the share is counted of the same marks, so that a page can lead from a number to its rows.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from app.handling.clock_rules import ClockKind
from app.rules.running_clocks import ClockEvent
from app.tickets.likeness import bigrams, likeness_of

NEARLY_THE_SAME = 0.9
"""From here on two replies say the same with another name in them."""
LOOKS_BACK = 20
"""With how many of its unit's replies before it a reply is compared; the same words are found
however long ago they were said."""
SLOW_DECISION = timedelta(days=1)
"""Whoever lets a wish lie longer gives time that nobody decided on."""
AT_THE_END = timedelta(days=1)
"""A clock that is stopped so shortly before its end was stopped because of it."""

ACTS = (
    "ask_info", "retype", "correct_matter", "send_back", "merge", "close_unvisited", "withdraw",
    "reopen", "void", "follow_rules",
)  # fmt: skip
"""Acts that are right on some days, and are counted as tickets with which they were done."""
SUSPENDED = "suspended_time"
SLOW = "slow_decisions"
HASTE = "haste_not_taken_up"
COUNTED_ONLY = "counted_only"
"""Whoever calls a complaint praise, or void, has nothing to handle and no clock to keep."""
TRANSFERS = "transfers_unproven"
"""The one figure that looks at calls, of which no ticket came."""
CODES = (
    "copied_replies", "contacts_unproven", "not_reached_unproven", "answers_unproven",
    "visits_given_up", "procedures", "signed_by_itself", "sent_again", "parts_unanswered",
    *(f"late_{kind}" for kind in ClockKind),
    SUSPENDED, "stopped_at_the_end", SLOW, TRANSFERS, HASTE, COUNTED_ONLY,
    *(f"act_{act}" for act in ACTS),
)  # fmt: skip
"""The names of the figures, in the order in which they are read."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many."""

    times: int
    of: int

    @property
    def percent(self) -> float | None:
        """Return the share in percent; None of nothing."""
        return 100 * self.times / self.of if self.of else None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that a figure looks at: whose it is, and how much of it tells.

    `times` of `of`: 0 or 1 of one; of suspended time seconds that the clock stood still, of its
    whole time. `person_id`: who did it, None where no person did. `lasted`: how long somebody
    waited, where that is what the figure is about. `call_id`: the call of which no ticket came
    (`ticket_id` None).
    """

    ticket_id: int | None
    unit_id: int | None
    person_id: int | None
    times: int
    of: int = 1
    lasted: timedelta | None = None
    call_id: int | None = None


Row = TypeVar("Row")
Marked = list[tuple[Row, bool]]
"""What is looked at, each with whether it tells."""


def share_of(marked: Sequence[tuple[object, bool]]) -> Share:
    """Count the marks."""
    return Share(times=sum(tells for _row, tells in marked), of=len(marked))


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

    unit_id: int
    copied_from_id: int | None
    public_reply: str
    procedure: str


class WishRow(Protocol):
    """Something that a unit asked for, and when it was decided."""

    asked_at: datetime
    decided_at: datetime | None


# TypeVars of rows: what goes in comes out again, marked.
ReplyT = TypeVar("ReplyT", bound=ReplyRow)
ContactT = TypeVar("ContactT", bound=ContactRow)
VisitT = TypeVar("VisitT", bound=VisitRow)
PartT = TypeVar("PartT", bound=PartRow)
ClockT = TypeVar("ClockT", bound=ClockRow)
WishT = TypeVar("WishT", bound=WishRow)


def copied_replies(replies: Sequence[ReplyRow]) -> Share:
    """Count replies that say what another one said: word for word, or with another name in it."""
    return share_of(mark_copies(replies))


def mark_copies(replies: Iterable[ReplyT]) -> Marked[ReplyT]:
    """Mark copied replies; the oldest first, as they were handed in."""
    said: dict[int, deque[Counter[str]]] = {}
    marked = []
    for each in replies:
        before = said.setdefault(each.unit_id, deque(maxlen=LOOKS_BACK))
        words = bigrams(each.public_reply)
        is_copy = each.copied_from_id is not None or any(
            likeness_of(words, other) >= NEARLY_THE_SAME for other in before
        )
        before.append(words)
        marked.append((each, is_copy))
    return marked


def mark_procedures(replies: Iterable[ReplyT]) -> Marked[ReplyT]:
    """Mark results that say they went by a law's procedure: no satisfaction is counted of them."""
    return [(each, bool(each.procedure)) for each in replies]


def contacts_without_proof(contacts: Iterable[ContactRow]) -> Share:
    """Count contacts that no call of the platform proves, reached or not."""
    return share_of(mark_unproven(contacts))


def not_reached_without_proof(contacts: Iterable[ContactRow]) -> Share:
    """Count, of those who were said not to be reached, who was never called by the platform."""
    return share_of(mark_unproven(each for each in contacts if not each.is_reached))


def mark_unproven(contacts: Iterable[ContactT]) -> Marked[ContactT]:
    """Mark contacts that no call of the platform proves."""
    return [(each, each.call_id is None) for each in contacts]


def answers_without_proof(visits: Iterable[VisitRow]) -> Share:
    """Count answers that somebody of ours wrote down and that no call proves."""
    return share_of(mark_unproven_answers(visits))


def mark_unproven_answers(visits: Iterable[VisitT]) -> Marked[VisitT]:
    """Mark, of the answers, those that somebody of ours wrote down and that no call proves."""
    rows = [each for each in visits if each.is_reached]
    return [(each, each.by is not None and each.call_id is None) for each in rows]


def visits_given_up(visits: Iterable[VisitRow]) -> Share:
    """Count who was left out of the figures by a reason."""
    return share_of(mark_given_up(visits))


def mark_given_up(visits: Iterable[VisitT]) -> Marked[VisitT]:
    """Mark, of what came to an end, what was left out of the figures by a reason."""
    rows = [each for each in visits if each.is_reached or each.exclusion]
    return [(each, bool(each.exclusion)) for each in rows]


def signed_by_itself(parts: Iterable[PartRow]) -> Share:
    """Count dispatches that nobody signed for in time."""
    return share_of(mark_signed_by_itself(parts))


def mark_signed_by_itself(parts: Iterable[PartT]) -> Marked[PartT]:
    """Mark, of the dispatches that are signed, those that nobody signed for in time."""
    leads = [each for each in parts if each.nth > 0 and each.signed_at is not None]
    return [(each, each.is_signed_by_itself) for each in leads]


def sent_to_same_unit_again(parts: Iterable[PartRow]) -> Share:
    """Count dispatches to a unit that had the ticket before: its handling clock began anew."""
    return share_of(mark_sent_again(parts))


def mark_sent_again(parts: Iterable[PartT]) -> Marked[PartT]:
    """Mark dispatches to a unit that had the ticket before; the oldest of a ticket first."""
    had: set[tuple[int, int]] = set()
    marked = []
    for each in parts:
        if each.nth > 0:
            marked.append((each, (each.ticket_id, each.unit_id) in had))
            had.add((each.ticket_id, each.unit_id))
    return marked


def parts_never_answered(parts: Iterable[PartRow]) -> Share:
    """Count units that were called in, whose part ended, and that said nothing."""
    return share_of(mark_never_answered(parts))


def mark_never_answered(parts: Iterable[PartT]) -> Marked[PartT]:
    """Mark, of the units that were called in and whose part ended, those that said nothing."""
    asked = [each for each in parts if each.nth == 0 and each.ended_at is not None]
    return [(each, each.opinion_at is None) for each in asked]


def late_by_kind(clocks: Iterable[ClockRow], now: datetime) -> Mapping[ClockKind, Share]:
    """Count late clocks of each kind, those that still run and were due before now among them."""
    by_kind: dict[ClockKind, Marked[ClockRow]] = {}
    for each, is_late in mark_late(clocks, now):
        by_kind.setdefault(each.kind, []).append((each, is_late))
    return {kind: share_of(marked) for kind, marked in by_kind.items()}


def mark_late(clocks: Iterable[ClockT], now: datetime) -> Marked[ClockT]:
    """Mark clocks that were late, or are by now."""
    return [
        (each, each.due_at is not None and (each.done_at or now) > each.due_at) for each in clocks
    ]


def suspended_share(steps: Sequence[ClockStepRow], until: datetime) -> float:
    """Return which part of a clock's whole time it stood still, from 0 to 1; `until`: now."""
    still, whole = stood_still(steps, until)
    return still / whole if whole else 0.0


def stood_still(steps: Sequence[ClockStepRow], until: datetime) -> tuple[timedelta, timedelta]:
    """Return how long a clock stood still, and its whole time; `until`: now."""
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
    return still, whole


def stopped_at_the_end(steps: Sequence[ClockStepRow], due: datetime | None) -> int:
    """Count pauses that began within a day before the clock was due; `due` as it was then."""
    if due is None:
        return 0
    pauses = (each.at for each in steps if each.event is ClockEvent.PAUSED)
    return sum(is_at_the_end(at, due) for at in pauses)


def is_at_the_end(at: datetime, due: datetime) -> bool:
    """Say whether a pause began within a day before its clock was due."""
    return due - AT_THE_END <= at <= due


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
    return max((waited(each, now) for each in wishes), default=timedelta(0))


def mark_slow(wishes: Iterable[WishT], now: datetime) -> Marked[WishT]:
    """Mark wishes that waited for longer than a day."""
    return [(each, waited(each, now) > SLOW_DECISION) for each in wishes]


def waited(wish: WishRow, now: datetime) -> timedelta:
    """Return how long somebody waited for what he had asked; nobody decided: until now."""
    return (wish.decided_at or now) - wish.asked_at
