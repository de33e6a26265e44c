"""A call whose news came late or past each other, put into the order in which it happened.

Late news fills what is missing at once (`provider_events`), but the steps of the call are what
durations are computed from, and they stood in the order of hearing. So they are laid again, from
everything the exchange told of this call; a step that no such news explains (a deadline of ours, a
snapshot) keeps its moment among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.accounts import service as accounts
from app.calls import events as facts
from app.calls import ledger
from app.calls.call_states import MOVES, CallState, Sign, state_after
from app.calls.legs import open_legs
from app.calls.models import Call, CallLeg, CallStateChange, ProviderEvent
from app.core.database import db
from app.core.events import publish
from telephony.control_events import PartyRole
from telephony.events import PartyLost, Place

# At one moment: an end of something comes before what follows it, the end of all comes last.
RANK = {
    "call_arrived": 0,
    "ring_failed": 1,
    "agent_gone": 1,
    "caller_placed": 2,
    "agent_ringing": 3,
    "agent_answered": 4,
    "caller_held": 5,
    "party_ringing": 6,
    "caller_resumed": 7,
    "parties_joined": 7,
    "call_ended": 9,
}
LEG_ENDS = frozenset({"ring_failed", "agent_gone"})
LAST = 99


@dataclass(frozen=True)
class Step:
    """One step of a call as it shall stand."""

    new: CallState
    at: datetime
    because: str
    agent_id: int | None


@dataclass(frozen=True)
class Told:
    """One piece of the exchange's news, or a step of ours that no news explains."""

    at: datetime
    kind: str
    leg_key: str = ""
    phone: str = ""
    word: str = ""  # the place, the reason, or a party's role
    step: Step | None = None

    @property
    def order(self) -> tuple[datetime, int]:
        """Say where it stands among the others."""
        return self.at, RANK.get(self.kind, LAST)


def retell(call: Call) -> None:
    """Lay the steps, legs and moments of this call again; a live call moves to where it is."""
    db.session.flush()
    heard = _heard_of(call)
    _mend_legs(call, heard)
    _mend_moments(call, heard)
    old = _steps_of(call)
    told = sorted([*heard, *_unexplained(old, heard)], key=lambda each: each.order)
    steps = _laid(told, agents={phone: _agent_of(phone) for phone in {t.phone for t in told}})
    if steps and steps != [_as_step(row) for row in old]:
        _write(call, steps)
    _follow(call, steps)


def _laid(told: Sequence[Told], *, agents: dict[str, int | None]) -> list[Step]:
    steps: list[Step] = []
    state: CallState | None = None
    agent: int | None = None
    talks_over = ""
    for each in told:
        if each.kind == "agent_answered":
            taker = agents.get(each.phone)
            has_changed_hands = state is CallState.TALKING and taker not in {None, agent}
            agent, talks_over = taker or agent, each.leg_key
            if has_changed_hands:
                steps.append(Step(CallState.TALKING, each.at, each.kind, agent))
                continue
        new = _after(state, each, talks_over=talks_over, has_agent=agent is not None)
        if new is not None and new is not state:
            state = new
            by = each.step.agent_id if each.step else agent
            steps.append(Step(new, each.at, each.kind, by))
    return steps


def _after(
    state: CallState | None, told: Told, *, talks_over: str, has_agent: bool
) -> CallState | None:
    if state is None:
        return CallState.INTAKE if told.kind == "call_arrived" else None
    if told.step is not None:
        return told.step.new if told.step.new in MOVES[state] else state
    sign = _sign_of(told, talks_over=talks_over, has_agent=has_agent)
    return state_after(state, sign) if sign else state


_SIGNS = {
    "agent_ringing": Sign.RINGS,
    "agent_answered": Sign.ANSWERED,
    "caller_held": Sign.HELD,
    "caller_resumed": Sign.RESUMED,
    "parties_joined": Sign.RESUMED,
    "call_ended": Sign.ENDED,
}


def _sign_of(told: Told, *, talks_over: str, has_agent: bool) -> Sign | None:
    if told.kind == "caller_placed":
        if told.word == Place.ALONE:
            return Sign.LEFT_ALONE
        is_kept = told.word == Place.KEPT and has_agent
        return Sign.KEPT if is_kept else Sign.PLACED_IN_QUEUE
    if told.kind == "agent_gone" and told.word in {PartyLost.MEDIA_LOST, PartyLost.PHONE_LOST}:
        if talks_over not in {"", told.leg_key}:
            return None  # the talk goes on over a newer leg
        return Sign.AGENT_LOST if has_agent else Sign.PLACED_IN_QUEUE
    if told.kind == "agent_gone" and told.word == PartyLost.TRANSFERRED:
        return Sign.TRANSFER_BEGAN
    if told.kind == "party_ringing":
        return _sign_of_party(told)
    return _SIGNS.get(told.kind)


def _sign_of_party(told: Told) -> Sign | None:
    """Where the word of the hold, or of the agent's leaving, was lost, a ring shows it."""
    return {
        PartyRole.CONSULTED.value: Sign.HELD,
        PartyRole.TRANSFERRED_TO.value: Sign.TRANSFER_BEGAN,
    }.get(told.word)


def _heard_of(call: Call) -> list[Told]:
    wanted = select(ProviderEvent).where(
        ProviderEvent.call_key == call.call_key,
        ProviderEvent.exchange_id == call.exchange_id,
        ProviderEvent.boot_id == call.boot_id,
        ProviderEvent.kind.in_(RANK),
    )
    rows = list(db.session.execute(wanted).scalars())
    first = min((row.happened_at for row in rows), default=call.invited_at)
    return [_told(row, first=first) for row in rows]


def _told(row: ProviderEvent, *, first: datetime) -> Told:
    body: dict[str, Any] = row.body
    return Told(
        # A snapshot tells an arrival late: nothing of a call can be before it.
        at=first if row.kind == "call_arrived" else row.happened_at,
        kind=row.kind,
        leg_key=row.leg_key,
        phone=body.get("phone", ""),
        word=body.get("place") or body.get("reason") or body.get("role") or "",
    )


def _steps_of(call: Call) -> list[CallStateChange]:
    wanted = select(CallStateChange).where(CallStateChange.call_id == call.id)
    return list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())


def _as_step(row: CallStateChange) -> Step:
    return Step(row.new, row.at, row.because, row.agent_id)


def _unexplained(old: Sequence[CallStateChange], heard: Sequence[Told]) -> list[Told]:
    """Return the steps of ours: by a deadline, a page, a snapshot, or news without a rank here."""
    known = {(each.kind, each.at) for each in heard}
    return [
        Told(at=row.at, kind=row.because, step=_as_step(row))
        for row in old
        if (row.because, row.at) not in known
    ]


def _mend_legs(call: Call, heard: Sequence[Told]) -> None:
    legs = db.session.execute(select(CallLeg).where(CallLeg.call_id == call.id)).scalars()
    for leg in legs:
        of_leg = [each for each in heard if each.leg_key == leg.leg_key]
        leg.ringing_at = _first(of_leg, {"agent_ringing"}) or leg.ringing_at
        leg.answered_at = _first(of_leg, {"agent_answered"}) or leg.answered_at
        ends = sorted((e for e in of_leg if e.kind in LEG_ENDS), key=lambda each: each.at)
        if ends:
            leg.ended_at, leg.end_reason = ends[0].at, ends[0].word
        elif call.ended_at is not None and leg.end_reason in {None, "call_ended"}:
            leg.ended_at, leg.end_reason = call.ended_at, "call_ended"


def _mend_moments(call: Call, heard: Sequence[Told]) -> None:
    placed = [e for e in heard if e.kind == "caller_placed" and e.word != Place.KEPT]
    call.waiting_at = min((each.at for each in placed), default=call.waiting_at)
    answered = sorted((e for e in heard if e.kind == "agent_answered"), key=lambda each: each.at)
    if answered:
        call.talk_started_at = min(call.talk_started_at or answered[0].at, answered[0].at)
        if call.state is CallState.ENDED:
            call.agent_id = _agent_of(answered[-1].phone) or call.agent_id


def _write(call: Call, steps: Sequence[Step]) -> None:
    db.session.execute(delete(CallStateChange).where(CallStateChange.call_id == call.id))
    old: CallState | None = None
    for step in steps:
        db.session.add(
            CallStateChange(
                call_id=call.id,
                old=old,
                new=step.new,
                at=step.at,
                because=step.because,
                agent_id=step.agent_id,
            )
        )
        old = step.new
    db.session.flush()


def _follow(call: Call, steps: Sequence[Step]) -> None:
    """A live call is where the whole story says; whoever waits for it is told."""
    if not steps or call.state is CallState.ENDED or call.state is steps[-1].new:
        return
    last = steps[-1]
    call.state, call.state_since = last.new, last.at
    call.agent_id = last.agent_id or call.agent_id
    call.last_news_at = max(call.last_news_at, last.at)
    for fact in _facts_of(call, last):
        publish(fact)


def _facts_of(call: Call, last: Step) -> list[Any]:
    agent = call.agent_id
    match last.new:
        case CallState.TALKING if agent is not None:
            return [facts.CallAnswered(call_id=call.id, agent_id=agent, at=last.at)]
        case CallState.RECONNECTING if agent is not None:
            call.is_kept = True
            ledger.remember_lost_contact(call)
            return [
                facts.CallAnswered(call_id=call.id, agent_id=agent, at=last.at),
                facts.AgentLost(call_id=call.id, agent_id=agent, at=last.at),
            ]
        case CallState.WAITING:
            return [facts.CallWaiting(call_id=call.id, at=last.at)]
        case CallState.ALONE:
            return [facts.CallLeftAlone(call_id=call.id)]
        case CallState.RINGING:
            rung = [leg for leg in open_legs(call.id) if leg.agent_id is not None]
            return [
                facts.AgentRang(call_id=call.id, agent_id=leg.agent_id, at=last.at)
                for leg in rung[-1:]
                if leg.agent_id is not None
            ]
    return []


def _first(told: Sequence[Told], kinds: set[str]) -> datetime | None:
    return min((each.at for each in told if each.kind in kinds), default=None)


def _agent_of(phone: str) -> int | None:
    person = accounts.find_by_work_number(phone) if phone else None
    return person.id if person else None
