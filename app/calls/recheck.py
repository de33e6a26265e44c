"""The ledger against an independent reckoning from the raw news, call by call, to the second."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.calls import talk_times
from app.calls.call_states import CallState, Direction
from app.calls.ledger import CAUSE_UNKNOWN
from app.calls.models import Call, CallLeg, ProviderEvent
from app.calls.reckoning import Heard, Reckoned, ReckonedLeg, reckon
from app.core.database import db

CHUNK = 200
TOLERANCE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something the ledger has otherwise than the reckoning."""

    call_id: int
    call_key: str
    what: str
    ledger: str
    reckoned: str


@dataclass(frozen=True, kw_only=True)
class Recheck:
    """How many ended calls were looked at, and what was found.

    `guessed`: calls whose end nobody told; the ledger says so itself, and nothing can be compared.
    """

    looked_at: int
    guessed: int
    differences: Sequence[Difference]


def recheck(*, since: datetime | None = None) -> Recheck:
    """Reckon every ended incoming call that arrived since a moment; change nothing."""
    wanted = select(Call.id).where(Call.state == CallState.ENDED, Call.direction == Direction.IN)
    if since is not None:
        wanted = wanted.where(Call.invited_at >= since)
    ids = list(db.session.execute(wanted.order_by(Call.id)).scalars())
    found: list[Difference] = []
    guessed = 0
    for begin in range(0, len(ids), CHUNK):
        chunk = ids[begin : begin + CHUNK]
        calls = list(db.session.execute(select(Call).where(Call.id.in_(chunk))).scalars())
        news, legs = _news_of(calls), _legs_of(chunk)
        for call in calls:
            reckoned = reckon(news[call.exchange_id, call.boot_id, call.call_key])
            if reckoned is None or reckoned.ended_at is None or call.cause == CAUSE_UNKNOWN:
                guessed += 1
                continue
            found.extend(_compare(call, legs[call.id], reckoned))
        db.session.expire_all()
    return Recheck(looked_at=len(ids), guessed=guessed, differences=found)


def _compare(call: Call, legs: dict[str, CallLeg], said: Reckoned) -> Iterator[Difference]:
    pairs: list[tuple[str, object, object]] = [
        ("invited", call.invited_at, said.invited_at),
        ("queued", call.waiting_at, said.queued_at),
        ("ended", call.ended_at, said.ended_at),
        ("ended by", call.ended_by, said.ended_by),
        ("cause", call.cause, said.cause),
    ]
    if said.is_simple:
        pairs += [
            ("answered", call.talk_started_at, said.answered_at),
            ("talk", talk_times.talk_seconds(call.id), said.talk),
            ("held", talk_times.hold_seconds(call.id), said.held),
            ("legs", sorted(legs), sorted(said.legs)),
        ]
    for key in set(legs) & set(said.legs):
        pairs += _leg_pairs(legs[key], said.legs[key])
    for what, ledger, reckoned in pairs:
        if not _is_same(ledger, reckoned):
            yield Difference(
                call_id=call.id,
                call_key=call.call_key,
                what=what,
                ledger=str(ledger),
                reckoned=str(reckoned),
            )


def _leg_pairs(leg: CallLeg, said: ReckonedLeg) -> list[tuple[str, object, object]]:
    return [
        (f"leg {leg.leg_key} rang", leg.ringing_at, said.rang_at),
        (f"leg {leg.leg_key} answered", leg.answered_at, said.answered_at),
        (f"leg {leg.leg_key} ended", leg.ended_at, said.ended_at),
        (f"leg {leg.leg_key} reason", leg.end_reason, said.reason),
    ]


def _is_same(ledger: object, reckoned: object) -> bool:
    if isinstance(ledger, datetime) and isinstance(reckoned, datetime):
        return abs((ledger - reckoned).total_seconds()) < TOLERANCE_SECONDS
    if isinstance(ledger, float) and isinstance(reckoned, float):
        return abs(ledger - reckoned) < TOLERANCE_SECONDS
    return ledger == reckoned


def _news_of(calls: Sequence[Call]) -> defaultdict[tuple[str, str, str], list[Heard]]:
    wanted = select(ProviderEvent).where(
        ProviderEvent.call_key.in_({call.call_key for call in calls})
    )
    news: defaultdict[tuple[str, str, str], list[Heard]] = defaultdict(list)
    for row in db.session.execute(wanted).scalars():
        news[row.exchange_id, row.boot_id, row.call_key].append(_heard(row))
    return news


def _heard(row: ProviderEvent) -> Heard:
    body: dict[str, Any] = row.body
    invited = body.get("invited_at")
    return Heard(
        kind=row.kind,
        at=row.happened_at,
        leg_key=row.leg_key,
        word=body.get("place") or body.get("reason") or body.get("ended_by") or "",
        invited_at=datetime.fromisoformat(invited) if invited else None,
        cause=body.get("cause"),
        phone=body.get("phone") or "",
        counter=row.counter,
    )


def _legs_of(call_ids: Sequence[int]) -> defaultdict[int, dict[str, CallLeg]]:
    legs: defaultdict[int, dict[str, CallLeg]] = defaultdict(dict)
    for leg in db.session.execute(select(CallLeg).where(CallLeg.call_id.in_(call_ids))).scalars():
        legs[leg.call_id][leg.leg_key] = leg
    return legs
