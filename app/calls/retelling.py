"""A call whose news came late or past each other, put into the order in which it happened.

Late news fills what is missing at once (`provider_events`), but the steps of the call are what
durations are computed from, and they stood in the order of hearing. So they are laid again, from
everything the exchange told of this call; a step that no such news explains (a deadline of ours, a
snapshot) keeps its moment among them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from app.accounts import service as accounts
from app.calls import events as facts
from app.calls import ledger, spells, transfers
from app.calls.call_states import CallState, Direction
from app.calls.legs import open_legs
from app.calls.models import Call, CallLeg, CallStateChange, CallTransfer, LegRole, ProviderEvent
from app.calls.told_steps import RANK, Laid, Step, Told, lay
from app.calls.transfer_states import TransferKind, TransferState
from app.core import written_last
from app.core.database import db
from app.core.events import publish
from telephony.events import Place, TelephonyEvent

LEG_ENDS = frozenset({"ring_failed", "agent_gone", "party_failed", "party_gone"})
OF_PARTIES = frozenset(
    {"party_ringing", "party_answered", "party_failed", "party_gone", "parties_joined"}
)


def is_past(event: TelephonyEvent, call: Call, *, is_late: bool) -> bool:
    """Say whether a call must be told again for this news: something later was heard before it.

    News of parties does not always move the call, so its last moment alone does not tell.
    """
    if event.kind not in RANK or is_late:
        return is_late and event.kind in RANK
    if event.kind not in OF_PARTIES:
        return False
    later = select(ProviderEvent.id).where(
        *_of_call(call),
        ProviderEvent.kind.in_(RANK),
        ProviderEvent.happened_at > event.happened_at,
    )
    return db.session.execute(later.limit(1)).first() is not None


def retell(call: Call) -> None:
    """Lay the steps, legs and moments of this call again; a live call moves to where it is."""
    written_last.write_now()
    heard = _heard_of(call)
    old = _steps_of(call)
    told = [*heard, *_unexplained(old, heard)]
    laid = lay(told, agents={phone: _agent_of(phone) for phone in {t.phone for t in told}})
    _mend_legs(call, heard, laid)
    _mend_moments(call, heard, laid)
    _mend_transfers(call, laid)
    if laid.steps and laid.steps != [_as_step(row) for row in old]:
        _write(call, laid.steps)
    if spells.list_spells(call.id):
        spells.refold(call)
    _follow(call, laid.steps)


def _of_call(call: Call) -> tuple[Any, ...]:
    return (
        ProviderEvent.call_key == call.call_key,
        ProviderEvent.exchange_id == call.exchange_id,
        ProviderEvent.boot_id == call.boot_id,
    )


def _heard_of(call: Call) -> list[Told]:
    wanted = select(ProviderEvent).where(*_of_call(call), ProviderEvent.kind.in_(RANK))
    # of what happened at one moment, the first heard comes first
    rows = list(db.session.execute(wanted.order_by(ProviderEvent.id)).scalars())
    first = min((row.happened_at for row in rows), default=call.invited_at)
    return [_told(row, first=first) for row in rows]


def _told(row: ProviderEvent, *, first: datetime) -> Told:
    body: dict[str, Any] = row.body
    is_party = row.kind.startswith("party_")
    return Told(
        # A snapshot tells an arrival late: nothing of a call can be before it.
        at=first if row.kind == "call_arrived" else row.happened_at,
        kind=row.kind,
        leg_key=row.leg_key,
        phone=body.get("phone") or body.get("address") or "",
        word=body.get("place") or body.get("reason") or ("gone" if is_party else ""),
        order_id=body.get("order_id") if is_party else None,
        role=body.get("role", ""),
        is_outside=body.get("target_kind") == "number",
    )


def _steps_of(call: Call) -> list[CallStateChange]:
    wanted = select(CallStateChange).where(CallStateChange.call_id == call.id)
    return list(db.session.execute(wanted.order_by(CallStateChange.id)).scalars())


def _as_step(row: CallStateChange) -> Step:
    return Step(row.new, row.at, row.because, row.agent_id)


def _unexplained(old: Sequence[CallStateChange], heard: Sequence[Told]) -> list[Told]:
    """Return the steps of ours: by a deadline, a page, a snapshot, or news without a rank here.

    The step that begins a call of ours comes before all that an exchange, by its own clock, tells.
    """
    known = {(each.kind, each.at) for each in heard}
    first = min((each.at for each in heard), default=None)
    return [
        Told(
            at=min(row.at, first) if row.old is None and first else row.at,
            kind=row.because,
            step=_as_step(row),
        )
        for row in old
        # taken over late: a moment that was only guessed
        if (row.because, row.at) not in known and row.because != "party_answered"
    ]


def _mend_legs(call: Call, heard: Sequence[Told], laid: Laid) -> None:
    of_call = select(CallLeg).where(CallLeg.call_id == call.id).order_by(CallLeg.id)
    legs = db.session.execute(of_call).scalars()
    citizen_at = _first(heard, {"citizen_answered"})
    for leg in legs:
        of_leg = [each for each in heard if _is_of(each, leg)]
        leg.ringing_at = _first(of_leg, {"agent_ringing", "party_ringing"}) or leg.ringing_at
        leg.answered_at = _first(of_leg, {"agent_answered", "party_answered"}) or leg.answered_at
        if leg.role is LegRole.CITIZEN:
            leg.answered_at = citizen_at or leg.answered_at
        if leg.order_id in laid.took_over:
            leg.took_over_at = laid.took_over[leg.order_id]
        ends = sorted((e for e in of_leg if e.kind in LEG_ENDS), key=lambda each: each.at)
        if ends:
            leg.ended_at, leg.end_reason = ends[0].at, ends[0].word
        elif call.ended_at is not None and leg.end_reason in {None, ledger.CALL_ENDED}:
            leg.ended_at, leg.end_reason = call.ended_at, ledger.CALL_ENDED


def _is_of(told: Told, leg: CallLeg) -> bool:
    if told.order_id is not None and leg.order_id is not None:
        return told.order_id == leg.order_id
    return told.leg_key == leg.leg_key


def _mend_moments(call: Call, heard: Sequence[Told], laid: Laid) -> None:
    placed = [e for e in heard if e.kind == "caller_placed" and e.word != Place.KEPT]
    call.waiting_at = min((each.at for each in placed), default=call.waiting_at)
    is_in = call.direction is Direction.IN
    answered = _first(heard, {"agent_answered" if is_in else "citizen_answered"})
    if answered is not None:
        call.talk_started_at = min(call.talk_started_at or answered, answered)
    if call.state is CallState.ENDED:
        call.agent_id = laid.agent_id or call.agent_id
        call.result = ledger.result_now(call)


def _mend_transfers(call: Call, laid: Laid) -> None:
    """Let each handing over come to what the whole story says."""
    told_of = {found.order_id for found in laid.found if found.order_id is not None}
    rows = transfers.list_transfers(call.id)
    mended = [row for row in rows if row.order_id in told_of]
    if not mended:
        return
    for row in mended:
        _begin_anew(row)
    db.session.flush()
    for found in laid.found:
        if found.what is not None and found.order_id is not None:
            transfers.found(found.order_id, found.what, at=found.at, why=found.why)
        elif found.kind == "parties_joined":
            transfers.joined(call)
        elif found.kind == "came_back":
            transfers.came_back(call.id, at=found.at)
        db.session.flush()
    if call.ended_at is not None:
        transfers.call_ended(call.id, at=call.ended_at)


def _begin_anew(row: CallTransfer) -> None:
    if row.kind is TransferKind.THREE_PARTY:
        row.kind = TransferKind.WARM
    row.state, row.answered_at = TransferState.WISHED, None
    row.ended_at, row.end_reason = None, None


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
    tell_where(call, at=last.at)


def tell_where(call: Call, *, at: datetime) -> None:
    """Tell whoever waits for it where a live call stands since `at`, after it was told anew."""
    for fact in _facts_of(call, at):
        publish(fact)


def _facts_of(call: Call, at: datetime) -> list[Any]:
    agent = call.agent_id
    if call.is_by_telephone:
        is_talk = call.state is CallState.TALKING
        return [facts.CitizenReached(call_id=call.id, at=at)] if is_talk else []
    match call.state:
        case CallState.TALKING | CallState.HELD if agent is not None:
            return [facts.CallAnswered(call_id=call.id, agent_id=agent, at=at)]
        case CallState.RECONNECTING if agent is not None:
            call.is_kept = True
            ledger.remember_lost_contact(call)
            return [
                facts.CallAnswered(call_id=call.id, agent_id=agent, at=at),
                facts.AgentLost(call_id=call.id, agent_id=agent, at=at),
            ]
        case CallState.WAITING:
            return [facts.CallWaiting(call_id=call.id, at=at)]
        case CallState.ALONE:
            return [facts.CallLeftAlone(call_id=call.id)]
        case CallState.RINGING:
            rung = [leg for leg in open_legs(call.id) if leg.agent_id is not None]
            return [
                facts.AgentRang(call_id=call.id, agent_id=leg.agent_id, at=at)
                for leg in rung[-1:]
                if leg.agent_id is not None
            ]
    return []


def _first(told: Sequence[Told], kinds: set[str]) -> datetime | None:
    return min((each.at for each in told if each.kind in kinds), default=None)


def _agent_of(phone: str) -> int | None:
    person = accounts.find_by_work_number(phone) if phone else None
    return person.id if person else None
