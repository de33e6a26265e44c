"""The ledger beside the simulator's own truth: every call, leg, moment, agent and outcome."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.accounts.models import User
from app.calls import service as calls
from app.calls.models import Call, CallLeg
from app.core.database import db
from telephony.simulator.sim_call import SimCall


def differences(chronicle: Sequence[SimCall]) -> list[str]:
    """Say everything that the ledger has otherwise than it truly was; to the second."""
    db.session.rollback()
    ledger = {call.call_key: call for call in db.session.execute(db.select(Call)).scalars()}
    agents = dict(db.session.execute(db.select(User.work_number, User.id)).all())
    legs: dict[int, dict[str, CallLeg]] = {}
    for leg in db.session.execute(db.select(CallLeg)).scalars():
        legs.setdefault(leg.call_id, {})[leg.leg_key] = leg
    found = [f"{key}: never took place" for key in set(ledger) - {c.call_key for c in chronicle}]
    for true in chronicle:
        call = ledger.get(true.call_key)
        if call is None:
            found.append(f"{true.call_key}: not in the ledger")
            continue
        pairs = [*_of_call(call, true, agents), *_of_legs(legs.get(call.id, {}), true, agents)]
        found += [
            f"{true.call_key} {what}: ledger {said}, truth {was}"
            for what, said, was in pairs
            if not _is_same(said, was)
        ]
    return found


def _of_call(
    call: Call, true: SimCall, agents: dict[str, int]
) -> Iterator[tuple[str, object, object]]:
    answered = [leg for leg in true.legs if leg.answered_at is not None]
    yield "state", call.state.value, "ended"
    yield "invited", call.invited_at, true.invited_at
    yield "queued", call.waiting_at, true.queued_at
    yield "answered", call.talk_started_at, answered[0].answered_at if answered else None
    yield "agent", call.agent_id, agents[answered[-1].phone] if answered else None
    yield "ended", call.ended_at, true.ended_at
    yield "ended by", call.ended_by, true.ended_by.value if true.ended_by else None
    yield "cause", call.cause, true.cause
    yield "talk", calls.talk_seconds(call.id), sum(part.total_seconds() for part in true.segments)


def _of_legs(
    legs: dict[str, CallLeg], true: SimCall, agents: dict[str, int]
) -> Iterator[tuple[str, object, object]]:
    yield "legs", sorted(legs), sorted(leg.leg_key for leg in true.legs)
    for was in true.legs:
        leg = legs.get(was.leg_key)
        if leg is None:
            continue
        yield f"{was.leg_key} agent", leg.agent_id, agents[was.phone]
        yield f"{was.leg_key} rang", leg.ringing_at, was.rang_at
        yield f"{was.leg_key} answered", leg.answered_at, was.answered_at
        yield f"{was.leg_key} ended", leg.ended_at, was.ended_at
        yield f"{was.leg_key} reason", leg.end_reason, was.end_reason


def _is_same(said: object, was: object) -> bool:
    if isinstance(said, datetime) and isinstance(was, datetime):
        return abs((said - was).total_seconds()) < 1
    if isinstance(said, float) and isinstance(was, float | int):
        return abs(said - was) < 1
    return said == was
