"""Every figure of the board: what it counts, and over which time. Pure, and decided here alone.

Words (peers §8.3, domain §1.9–1.10; the province's GB/T 33358):

* *requested*: the call reached the human queue, at `queued_at`; or it was refused there.
* *answered*: somebody of ours talked with the caller.
* *abandoned*: the caller, or a fault, ended it unanswered. *Short*: he left sooner than the policy
  says (5 s). The ledger has decided between the two when the call ended.
* A call that still waits is undecided, and stands in no share until it is decided.

Calls that we make, and calls that the register turned away, are requests for nobody.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.calls.call_results import CallResult, CountedCall

ROLLING = timedelta(hours=24)
"""GB/T 33358 asks for the connect rate of any 24 hours."""

IN_TIME = timedelta(seconds=15)
"""GB/T 33358: a call is answered within 15 seconds."""

CONNECT_GOAL = 0.95
"""GB/T 33358: at least so many of any 24 hours."""

IN_TIME_GOAL = 0.80
"""What one city's older targets ask (domain §1.9); no national number is known."""

SLOT = timedelta(minutes=30)

UNANSWERED = frozenset({CallResult.ABANDONED, CallResult.DROPPED})
MISSED = UNANSWERED | {CallResult.SHORT}
"""Whom nobody answered, the short ones too: they are called back (66号文)."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of so many. Of nothing there is no share."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share between 0 and 1, or None of nothing."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, kw_only=True)
class Waits:
    """How long answered callers waited in the human queue, in seconds; None where none was."""

    answered: int
    mean: float | None
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True, kw_only=True)
class NumberRow:
    """What came by one dialled number."""

    dialled_number: str
    line_id: int | None
    requested: int
    answered: int
    missed: int
    waiting: int
    in_time: Share


@dataclass(frozen=True, kw_only=True)
class Slot:
    """Half an hour of the curve."""

    at: datetime
    requested: int
    answered: int
    in_time: Share


def connect_rate(
    calls: Iterable[CountedCall], *, now: datetime, counts_short: bool = False
) -> Share:
    """Return answered / (answered + abandoned + refused) of the last 24 hours.

    Short ones are left out (domain §1.10), unless `counts_short`.
    """
    decided = [
        call
        for call in calls
        if (at := requested_at(call)) is not None
        and now - ROLLING < at <= now
        and _is_decided(call)
        and (counts_short or call.result is not CallResult.SHORT)
    ]
    return Share(part=sum(_was_answered(call) for call in decided), whole=len(decided))


def in_time_rate(
    calls: Iterable[CountedCall],
    *,
    since: datetime,
    now: datetime,
    counts_short: bool = True,
) -> Share:
    """Return answered within 15 s of entering the human queue / all that entered it since then.

    Whoever has waited longer than that is late already; whoever has not is undecided.
    """
    part = whole = 0
    for call in calls:
        at = requested_at(call)
        if at is None or not since <= at <= now:
            continue
        if call.result is CallResult.SHORT and not counts_short:
            continue
        wait = wait_of(call)
        if wait is not None and wait <= IN_TIME:
            part, whole = part + 1, whole + 1
        elif _is_decided(call) or now - at > IN_TIME:
            whole += 1
    return Share(part=part, whole=whole)


def waits(calls: Iterable[CountedCall], *, since: datetime, now: datetime) -> Waits:
    """Return mean (ASA), median and 90th percentile of the answered callers' waits since then."""
    seconds = sorted(
        wait.total_seconds()
        for call in calls
        if (at := requested_at(call)) is not None
        and since <= at <= now
        and (wait := wait_of(call)) is not None
    )
    return Waits(
        answered=len(seconds),
        mean=sum(seconds) / len(seconds) if seconds else None,
        median=_rank(seconds, 0.5),
        ninetieth=_rank(seconds, 0.9),
    )


def by_number(calls: Iterable[CountedCall], *, since: datetime, now: datetime) -> list[NumberRow]:
    """Return a row for each dialled number since then, the most requested first."""
    sorts: dict[str, list[CountedCall]] = {}
    for call in calls:
        if not call.is_out and since <= (requested_at(call) or call.invited_at) <= now:
            sorts.setdefault(call.dialled_number, []).append(call)
    rows = [
        NumberRow(
            dialled_number=number,
            line_id=next((call.line_id for call in those if call.line_id is not None), None),
            requested=sum(requested_at(call) is not None for call in those),
            answered=sum(_was_answered(call) for call in those if requested_at(call) is not None),
            missed=missed(those, since=since, now=now),
            waiting=sum(_waits(call) for call in those),
            in_time=in_time_rate(those, since=since, now=now),
        )
        for number, those in sorts.items()
    ]
    return sorted(rows, key=lambda row: (-row.requested, -row.missed, row.dialled_number))


def missed(calls: Iterable[CountedCall], *, since: datetime, now: datetime) -> int:
    """Return how many callers were answered by nobody since then, before the queue or in it."""
    return sum(
        not call.is_out and call.result in MISSED and since <= call.invited_at <= now
        for call in calls
    )


def curve(calls: Sequence[CountedCall], *, now: datetime) -> list[Slot]:
    """Return the last 24 hours in half hours; the last one is not over yet."""
    last = _slot_of(now)
    sorts: dict[datetime, list[CountedCall]] = {
        last - SLOT * back: [] for back in range(int(ROLLING / SLOT) - 1, -1, -1)
    }
    for call in calls:
        at = requested_at(call)
        if at is not None and _slot_of(at) in sorts and at <= now:
            sorts[_slot_of(at)].append(call)
    return [
        Slot(
            at=begin,
            requested=len(those),
            answered=sum(_was_answered(call) for call in those),
            in_time=in_time_rate(those, since=begin, now=now),
        )
        for begin, those in sorts.items()
    ]


def requested_at(call: CountedCall) -> datetime | None:
    """Return when the caller asked for a person of ours; None where he did not."""
    if call.is_out:
        return None
    if call.queued_at is not None:
        return call.queued_at
    was_refused = call.result is CallResult.REFUSED and not call.was_turned_away
    return call.invited_at if was_refused else None


def wait_of(call: CountedCall) -> timedelta | None:
    """Return how long an answered caller waited in the human queue; None for the others."""
    if call.answered_at is None or call.queued_at is None:
        return None
    return max(call.answered_at - call.queued_at, timedelta(0))


def _was_answered(call: CountedCall) -> bool:
    return call.answered_at is not None


def _is_decided(call: CountedCall) -> bool:
    return call.answered_at is not None or call.ended_at is not None


def _waits(call: CountedCall) -> bool:
    return not call.is_out and call.queued_at is not None and not _is_decided(call)


def _slot_of(at: datetime) -> datetime:
    return at - timedelta(
        minutes=at.minute % (SLOT.seconds // 60), seconds=at.second, microseconds=at.microsecond
    )


def _rank(ordered: Sequence[float], part: float) -> float | None:
    """Return the value at this part of the way, by nearest rank."""
    return ordered[max(math.ceil(part * len(ordered)), 1) - 1] if ordered else None
