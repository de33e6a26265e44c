"""How long things took in a call, worked out from its rows."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.calls import legs
from app.calls.call_spells import SpellKind
from app.calls.call_states import CallState
from app.calls.models import Call, CallSpell, CallStateChange
from app.core import clock
from app.core.database import db
from app.core.written_last import write_now

QUEUED = frozenset({CallState.WAITING, CallState.RINGING, CallState.ALONE})


@dataclass(frozen=True, kw_only=True)
class Waits:
    """A caller's wait, in seconds, from the carrier's INVITE to the first answer or the end.

    `at_the_door`: intake, greeting and announcement, before he stood in line. `in_queue`: in line
    and ringing, also after he came back to it.
    """

    until_answer: float
    at_the_door: float
    in_queue: float


def talk_seconds(call_id: int, *, until: datetime | None = None) -> float:
    """Return how long agent and caller heard each other, in seconds, from the steps of the call."""
    return _seconds_in(call_id, {CallState.TALKING}, until=until)


def recordable_seconds(call_id: int, *, until: datetime | None = None) -> float:
    """Return how much of the talk was to be recorded: without what a pause kept out of it.

    Some exchanges record a pause as silence, others leave it out; the talk beside it is in both.
    """
    paused = select(CallSpell).where(
        CallSpell.call_id == call_id, CallSpell.kind == SpellKind.RECORDING_PAUSE
    )
    now = until or clock.now()
    pauses = [
        (spell.began_at, spell.ended_at or now) for spell in db.session.execute(paused).scalars()
    ]
    talks = _stretches_in(call_id, {CallState.TALKING}, until=until)
    unheard = sum(
        _span(max(began, talk_began), min(ended, talk_ended))
        for began, ended in pauses
        for talk_began, talk_ended in talks
    )
    return sum(_span(began, ended) for began, ended in talks) - unheard


def wait_seconds(call_id: int, *, until: datetime | None = None) -> float:
    """Return how long the caller waited for an agent: queue, ringing and the exchange's own."""
    return _seconds_in(call_id, QUEUED, until=until)


def hold_seconds(call_id: int, *, until: datetime | None = None) -> float:
    """Return how long the caller heard music because his agent wanted it, in seconds."""
    return _seconds_in(call_id, {CallState.HELD}, until=until)


def waits_of(call: Call, *, until: datetime | None = None) -> Waits:
    """Return the caller's waits; a call that still waits is counted until now."""
    end = call.talk_started_at or call.ended_at or until or clock.now()
    queued_at = min(call.waiting_at or end, end)
    return Waits(
        until_answer=_span(call.invited_at, end),
        at_the_door=_span(call.invited_at, queued_at),
        in_queue=wait_seconds(call.id, until=until),
    )


def agents_seconds(call_id: int, *, until: datetime | None = None) -> dict[int, float]:
    """Return how long the call was each agent's, in seconds, his holds included.

    Two agents of one call are told apart by their legs: from the answer, or from taking over, to
    the end of the leg.
    """
    total: defaultdict[int, float] = defaultdict(float)
    end = until or clock.now()
    for since, leg in legs.agents_legs(call_id):
        if leg.agent_id is not None:
            total[leg.agent_id] += _span(since, leg.ended_at or end)
    return dict(total)


def agents_hold_seconds(call_id: int, *, until: datetime | None = None) -> dict[int, float]:
    """Return how long each agent kept the caller on hold, in seconds."""
    wanted = select(CallSpell).where(CallSpell.call_id == call_id, CallSpell.kind == SpellKind.HOLD)
    total: defaultdict[int, float] = defaultdict(float)
    for spell in db.session.execute(wanted).scalars():
        if spell.agent_id is not None:
            total[spell.agent_id] += _span(spell.began_at, spell.ended_at or until or clock.now())
    return dict(total)


def _seconds_in(
    call_id: int, states: Collection[CallState], *, until: datetime | None = None
) -> float:
    return sum(_span(began, ended) for began, ended in _stretches_in(call_id, states, until=until))


def _stretches_in(
    call_id: int, states: Collection[CallState], *, until: datetime | None = None
) -> list[tuple[datetime, datetime]]:
    write_now()  # a recording may be linked in the very save that its call enters by
    wanted = select(CallStateChange).where(CallStateChange.call_id == call_id)
    steps = list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())
    return [
        (step.at, following.at if following else (until or clock.now()))
        for step, following in zip(steps, [*steps[1:], None], strict=True)
        if step.new in states
    ]


def _span(start: datetime, end: datetime) -> float:
    return max((end - start).total_seconds(), 0.0)
