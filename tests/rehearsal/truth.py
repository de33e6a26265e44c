"""The ledger beside the simulator's own truth: every call, leg, moment, party and outcome."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.accounts.models import User
from app.calls import service as calls
from app.calls.call_states import CallState, Direction
from app.calls.ledger import CAUSE_UNKNOWN
from app.calls.models import Call, CallLeg
from app.core.database import db
from telephony.events import Place
from telephony.simulator.sim_call import SimCall

Pair = tuple[str, object, object]


@dataclass(frozen=True, kw_only=True)
class UnknownEnd:
    """When and how a call ended that nobody told the end of: not before, not after."""

    after: datetime

    def allows(self, said: object) -> bool:
        """Say whether the ledger found the call gone, and not before it was."""
        return isinstance(said, datetime) and said >= self.after


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that the ledger has otherwise than it was. `what` begins with a leg, if it has."""

    call_key: str
    what: str
    said: object = None
    was: object = None

    def __str__(self) -> str:
        if self.said is None and self.was is None:
            return f"{self.call_key}: {self.what}"
        return f"{self.call_key} {self.what}: ledger {self.said}, truth {self.was}"


NEVER, UNKNOWN = "never took place", "not in the ledger"


def differences(chronicle: Sequence[SimCall]) -> list[str]:
    """Say everything that the ledger has otherwise than it truly was; to the second."""
    return [str(one) for one in find_differences(chronicle)]


def find_differences(chronicle: Sequence[SimCall]) -> list[Difference]:
    """Find what the ledger has otherwise than it truly was.

    Of calls that went with their exchange nobody could tell the end: it is asked that the ledger
    says so itself, that it did not end them too early, and that all the rest is true. One that went
    while it stood at the door may be unknown: whatever the exchange had to tell of it went as well.
    """
    db.session.rollback()
    ledger = {call.call_key: call for call in db.session.execute(db.select(Call)).scalars()}
    agents = dict(db.session.execute(db.select(User.work_number, User.id)).all())
    legs: dict[int, dict[str, CallLeg]] = {}
    for leg in db.session.execute(db.select(CallLeg)).scalars():
        legs.setdefault(leg.call_id, {})[leg.leg_key] = leg
    true_keys = {call.call_key for call in chronicle}
    invented = {
        key for key, call in ledger.items() if key not in true_keys and not _never_left_us(call)
    }
    found = [Difference(call_key=key, what=NEVER) for key in invented]
    for true in chronicle:
        call = ledger.get(true.call_key)
        if call is None and true.has_crashed and true.place is Place.INTAKE:
            continue
        if call is None:
            found.append(Difference(call_key=true.call_key, what=UNKNOWN))
            continue
        pairs = [*_of_call(call, true, agents), *_of_legs(legs.get(call.id, {}), true, agents)]
        found += [
            Difference(call_key=true.call_key, what=what, said=said, was=was)
            for what, said, was in pairs
            if not _is_same(said, was)
        ]
    return found


def _never_left_us(call: Call) -> bool:
    """Say whether it was a wish to call somebody, and no more."""
    is_over = call.state is CallState.ENDED and call.talk_started_at is None
    return call.direction is Direction.OUT and is_over


def _of_call(call: Call, true: SimCall, agents: Mapping[str, int]) -> Iterator[Pair]:
    answered = [leg for leg in true.legs if leg.answered_at is not None]
    yield "state", call.state.value, "ended"
    yield "invited", call.invited_at, true.invited_at
    yield "queued", call.waiting_at, true.queued_at
    yield "answered", call.talk_started_at, answered[0].answered_at if answered else None
    caller_out = true.calls_out.phone if true.calls_out else None
    had_it = answered[-1].phone if answered else caller_out
    yield "agent", call.agent_id, agents[had_it] if had_it else None
    yield "ended", call.ended_at, _end_of(true, true.ended_at)
    yield "ended by", call.ended_by, true.ended_by.value if true.ended_by else None
    yield "cause", call.cause, CAUSE_UNKNOWN if true.has_crashed else true.cause
    if not true.has_crashed:
        yield "talk", calls.talk_seconds(call.id), sum(p.total_seconds() for p in true.segments)
        yield "held", calls.hold_seconds(call.id), true.held.total_seconds()


def _of_legs(
    legs: Mapping[str, CallLeg], true: SimCall, agents: Mapping[str, int]
) -> Iterator[Pair]:
    lines = [*true.legs, *true.all_parties]
    yield "legs", sorted(legs), sorted(leg.leg_key for leg in lines)
    for was in true.legs:
        if was.leg_key in legs:
            yield f"{was.leg_key} agent", legs[was.leg_key].agent_id, agents[was.phone]
    for line in lines:
        leg = legs.get(line.leg_key)
        if leg is None:
            continue
        yield f"{line.leg_key} rang", leg.ringing_at, line.rang_at
        yield f"{line.leg_key} answered", leg.answered_at, line.answered_at
        yield f"{line.leg_key} ended", leg.ended_at, _end_of(true, line.ended_at)
        yield f"{line.leg_key} reason", leg.end_reason, line.end_reason


def _end_of(true: SimCall, ended_at: datetime | None) -> object:
    is_last = true.has_crashed and ended_at == true.ended_at
    return UnknownEnd(after=ended_at) if is_last and ended_at is not None else ended_at


def _is_same(said: object, was: object) -> bool:
    if isinstance(was, UnknownEnd):
        return was.allows(said)
    if isinstance(said, datetime) and isinstance(was, datetime):
        return abs((said - was).total_seconds()) < 1
    if isinstance(said, float) and isinstance(was, float | int):
        return abs(said - was) < 1
    return said == was
