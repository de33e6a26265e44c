"""What happened while we, or an exchange, were away: reckoned from bare rows. Pure.

An absence begins with the last sign of life before it and ends with the first one after it. Rows
may be told twice, late and past each other: they are put in order first.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

AFTERWARDS = timedelta(minutes=2)
"""So long after an absence, what is mended and heard late belongs to it."""


class Who(StrEnum):
    """Who was away."""

    APP = "app"  # no process of ours was on duty, or none could save
    LINK = "link"  # the link to one exchange
    EXCHANGE = "exchange"  # it began a new life: whatever it carried is gone


@dataclass(frozen=True, kw_only=True)
class LinkStep:
    """A link came (`is_up`) or went, as it was told, by the exchange's clock."""

    exchange_id: str
    at: datetime
    is_up: bool
    boot_id: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class DutyStep:
    """Somebody took the duty; `seen_before`: the last sign of life of whoever had it before."""

    at: datetime
    seen_before: datetime | None


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Who was away, from when until when; without an end it lasts."""

    who: Who
    began_at: datetime
    ended_at: datetime | None
    exchange_id: str = ""  # empty: of all
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class CallStep:
    """One step of a call: the word of its new state."""

    state: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallThen:
    """A call that was up at some moment of an absence."""

    exchange_id: str
    boot_id: str
    invited_at: datetime
    ended_at: datetime | None
    steps: Sequence[CallStep]


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An absence, and what became of the callers meanwhile. Waits are in seconds.

    `waits`: from when the exchange had a caller alone until somebody of ours answered him there, he
    gave up, or we had him back.
    """

    absence: Absence
    came_in: int = 0
    talked_on: int = 0  # they talked before, all through it or to their own end
    answered_alone: int = 0  # by the exchange's own queue
    gave_up: int = 0
    adopted: int = 0  # back in our line
    cut_off: int = 0  # gone with the exchange's life
    waits: Sequence[float] = ()
    mended: Mapping[str, int] = field(default_factory=dict)  # kind of difference → how many
    heard_late: int = 0  # pieces of news


def absences_of_app(steps: Iterable[DutyStep], *, longest_silence: timedelta) -> list[Absence]:
    """Return when nobody was on duty for longer than a holder may be silent."""
    return [
        Absence(who=Who.APP, began_at=step.seen_before, ended_at=step.at)
        for step in sorted(steps, key=lambda one: one.at)
        if step.seen_before is not None and step.at - step.seen_before > longest_silence
    ]


def absences_of_links(steps: Collection[LinkStep]) -> list[Absence]:
    """Return when links were down, and where an exchange began a new life."""
    found = []
    for exchange_id in sorted({step.exchange_id for step in steps}):
        of_link = sorted(
            {step for step in steps if step.exchange_id == exchange_id},
            key=lambda step: (step.at, step.is_up),
        )
        found += _of_one_link(of_link)
    return sorted(found, key=lambda one: one.began_at)


def _of_one_link(steps: Sequence[LinkStep]) -> list[Absence]:
    found = []
    down: LinkStep | None = None
    boot_id = ""
    for step in steps:
        if not step.is_up:
            down = down or step
            continue
        is_new_life = boot_id not in {"", step.boot_id}
        if down is not None or is_new_life:
            found.append(_absence(down or step, ended_at=step.at, is_new_life=is_new_life))
        down, boot_id = None, step.boot_id
    if down is not None:
        found.append(_absence(down, ended_at=None, is_new_life=False))
    return found


def _absence(step: LinkStep, *, ended_at: datetime | None, is_new_life: bool) -> Absence:
    return Absence(
        who=Who.EXCHANGE if is_new_life else Who.LINK,
        began_at=step.at,
        ended_at=ended_at,
        exchange_id=step.exchange_id,
        why=step.why,
    )


def reckon(
    absence: Absence,
    calls: Iterable[CallThen],
    *,
    mended: Mapping[str, int],
    heard_late: int,
    now: datetime,
) -> Outage:
    """Say what became of the callers of one absence."""
    until = absence.ended_at or now
    counts: Counter[str] = Counter()
    waits: list[float] = []
    for call in calls:
        if absence.exchange_id not in {"", call.exchange_id} or not _was_up(call, absence, until):
            continue
        fate, waited = _fate_of(call, absence, until)
        counts[fate] += 1
        counts["came_in"] += call.invited_at >= absence.began_at
        waits += [waited] if waited is not None else []
    return Outage(
        absence=absence, waits=waits, mended=dict(mended), heard_late=heard_late, **counts
    )


def _was_up(call: CallThen, absence: Absence, until: datetime) -> bool:
    is_late = call.ended_at is not None and call.ended_at < absence.began_at
    return call.invited_at <= until and not is_late


def _fate_of(call: CallThen, absence: Absence, until: datetime) -> tuple[str, float | None]:
    """Return the count that the call belongs to, and how long he waited alone, if he did."""
    alone_at = _alone_from(call, absence, until)
    if alone_at is None:
        return _fate_with_us(call, absence), None
    for step in call.steps:
        if step.at < alone_at or step.state in {"alone", "ringing"}:
            continue
        fate = {"talking": "answered_alone", "ended": "gave_up"}.get(step.state, "adopted")
        return fate, (step.at - alone_at).total_seconds()
    return "adopted", None  # he is still there


def _alone_from(call: CallThen, absence: Absence, until: datetime) -> datetime | None:
    """Return when the exchange had this caller alone, for the first time in the absence."""
    for step, following in pairwise([*call.steps, CallStep(state="", at=call.ended_at or until)]):
        if step.state == "alone" and step.at <= until and following.at >= absence.began_at:
            return step.at
    return None


def _fate_with_us(call: CallThen, absence: Absence) -> str:
    state_then = ""
    for step in call.steps:
        if step.at <= absence.began_at:
            state_then = step.state
    has_gone_with_it = absence.who is Who.EXCHANGE and call.invited_at < absence.began_at
    if has_gone_with_it:
        return "cut_off"
    return "talked_on" if state_then in {"talking", "held"} else "adopted"
