"""What a call was, reckoned from the exchange's bare news alone. Pure.

Written apart from the ledger and sharing nothing with it: no table of states, no order of hearing.
Where the two differ, one of them is wrong (`flask calls recheck`).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One piece of news as it lies in the raw book. `word` is its place, reason or ender."""

    kind: str
    at: datetime
    leg_key: str
    word: str = ""
    invited_at: datetime | None = None
    cause: int | None = None
    phone: str = ""
    counter: int = 0


@dataclass(frozen=True, kw_only=True)
class ReckonedLeg:
    """One agent's line: rang, answered, ended, and how."""

    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """A call as its news tells it. Lengths are in seconds; announcements end at `queued_at`."""

    invited_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    cause: int | None
    talk: float
    held: float
    is_simple: bool  # caller and agents only: nobody else's legs
    legs: dict[str, ReckonedLeg] = field(default_factory=dict)


_RING_KINDS = frozenset({"agent_ringing", "agent_answered", "ring_failed", "agent_gone"})
_MORE_THAN_TWO = ("party_", "call_placed_out", "citizen_", "parties_")
_NO_HOLD_MUSIC_YET = "kept"


def reckon(news: Collection[Heard]) -> Reckoned | None:
    """Reckon one call; None while its arrival is not in the book."""
    arrival = next((each for each in news if each.kind == "call_arrived"), None)
    if arrival is None:
        return None
    end = next((each for each in news if each.kind == "call_ended"), None)
    legs = _legs(news, callers_leg=arrival.leg_key, end=end)
    placed = [e.at for e in news if e.kind == "caller_placed" and e.word != _NO_HOLD_MUSIC_YET]
    answers = [leg.answered_at for leg in legs.values() if leg.answered_at]
    holds = _holds(news, until=end.at if end else None)
    talked = sum((_talk_of(leg, holds) for leg in legs.values()), timedelta())
    return Reckoned(
        invited_at=arrival.invited_at or arrival.at,
        queued_at=min(placed, default=None),
        answered_at=min(answers, default=None),
        ended_at=end.at if end else None,
        ended_by=end.word if end else "",
        cause=end.cause if end else None,
        talk=talked.total_seconds(),
        held=sum((b - a for a, b in holds), timedelta()).total_seconds(),
        is_simple=not any(each.kind.startswith(_MORE_THAN_TWO) for each in news),
        legs=legs,
    )


def _rung_leg(failed: Heard, by_leg: dict[str, list[Heard]]) -> str:
    """Name the leg that a failure told on the caller's own leg is about: the phone that rings."""
    for key, told in reversed(by_leg.items()):
        if told[-1].phone == failed.phone and told[-1].kind == "agent_ringing":
            return key
    return f"{failed.leg_key}-r{failed.counter}"


def _legs(news: Iterable[Heard], *, callers_leg: str, end: Heard | None) -> dict[str, ReckonedLeg]:
    by_leg: dict[str, list[Heard]] = {}
    for each in sorted(news, key=lambda e: e.at):
        if each.kind in _RING_KINDS:
            key = _rung_leg(each, by_leg) if each.leg_key == callers_leg else each.leg_key
            by_leg.setdefault(key, []).append(each)
    return {key: _leg(of_leg, end=end) for key, of_leg in by_leg.items()}


def _leg(of_leg: list[Heard], *, end: Heard | None) -> ReckonedLeg:
    def first(*kinds: str) -> Heard | None:
        return min((e for e in of_leg if e.kind in kinds), key=lambda e: e.at, default=None)

    rang, answered = first("agent_ringing"), first("agent_answered")
    ended = first("ring_failed", "agent_gone")
    closing = ended or end
    return ReckonedLeg(
        rang_at=rang.at if rang else None,
        answered_at=answered.at if answered else None,
        ended_at=closing.at if closing else None,
        reason=ended.word if ended else ("call_ended" if end else ""),
    )


def _holds(news: Iterable[Heard], *, until: datetime | None) -> list[tuple[datetime, datetime]]:
    began: datetime | None = None
    holds = []
    for each in sorted(news, key=lambda e: e.at):
        if each.kind == "caller_held" and began is None:
            began = each.at
        elif began is not None and each.kind in {"caller_resumed", "agent_gone", "call_ended"}:
            holds.append((began, each.at))
            began = None
    if began is not None and until is not None:
        holds.append((began, until))
    return holds


def _talk_of(leg: ReckonedLeg, holds: Iterable[tuple[datetime, datetime]]) -> timedelta:
    if leg.answered_at is None or leg.ended_at is None:
        return timedelta()
    talked = leg.ended_at - leg.answered_at
    for began, ended in holds:
        overlap = min(ended, leg.ended_at) - max(began, leg.answered_at)
        talked -= max(overlap, timedelta())
    return talked
