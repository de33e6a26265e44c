"""Reading and moving rows of the ledger; used by the rooms' own files, not by others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, tuple_

from app.calls import legs, spells, transfers
from app.calls.call_policy import CallPolicy
from app.calls.call_results import CallResult, EndedCall, result_of
from app.calls.call_states import HAD_TALK, MOVES, CallState, Direction
from app.calls.events import CallAnswered, CallEnded, CitizenReached
from app.calls.models import Call, CallStateChange, PhoneContact
from app.core import this_save
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from app.core.state_machine import check_move
from app.core.written_last import write_last
from telephony.events import TelephonyEvent

CallKey = tuple[str, str, str]
"""Exchange, boot and key: what names a call for ever."""

CAUSE_UNKNOWN = 0
"""Q.850 has no such cause: nobody told us how the call ended, we only found it gone."""

CALL_ENDED = "call_ended"
"""Why a line ended that nobody told the end of: its call did."""

_LOCKED = (
    select(Call)
    .where(
        tuple_(Call.exchange_id, Call.boot_id, Call.call_key).in_(bindparam("keys", expanding=True))
    )
    .order_by(Call.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)

_CONTACT = select(PhoneContact.contact).where(
    PhoneContact.exchange_id == bindparam("exchange_id"), PhoneContact.phone == bindparam("phone")
)


@dataclass(frozen=True, kw_only=True)
class CallEnd:
    """When a call ended, who ended it (a word of telephony.events.EndedBy) and the Q.850 cause."""

    at: datetime
    by: str
    cause: int


def key_of(event: TelephonyEvent) -> CallKey:
    """Return the key of the call that a piece of news is about."""
    return (event.exchange_id, event.boot_id, event.call_key)


def lock_call(exchange_id: str, boot_id: str, call_key: str) -> Call | None:
    """Return the call with its row locked until the save ends, or None."""
    key = (exchange_id, boot_id, call_key)
    return this_save.once(("call", key), lambda: next(iter(_locked([key])), None))


def lock_calls(keys: Iterable[CallKey]) -> None:
    """Lock the calls of these keys by rising id (ADR 0017).

    What belongs to them (lines, places, offers) is then looked up for all of them together. A call
    that is still at the door has none of it.
    """
    asked = set(keys)
    there = {(call.exchange_id, call.boot_id, call.call_key): call for call in _locked(asked)}
    for key in asked:
        this_save.remember(("call", key), there.get(key))
    for call in there.values():
        if call.state is CallState.INTAKE:
            note_fresh(call)
        else:
            this_save.foresee("call", [call.id])


def enter(call: Call) -> None:
    """Write a new call; it is ours alone until the save ends."""
    db.session.add(call)
    db.session.flush()
    this_save.remember(("call", (call.exchange_id, call.boot_id, call.call_key)), call)
    note_fresh(call)


def note_fresh(call: Call) -> None:
    """Nothing has come of this call yet: nobody needs to look."""
    this_save.remember(("legs", call.id), [])
    this_save.remember(("open spells", call.id), [])


def _locked(keys: Collection[CallKey]) -> list[Call]:
    return list(db.session.execute(_LOCKED, {"keys": list(keys)}).scalars())


def move(call: Call, new: CallState, *, at: datetime, because: str) -> None:
    """Move the call and keep the step; raises IllegalMove where the table knows no way."""
    check_move(MOVES, call.state, new)
    old, call.state, call.state_since = call.state, new, at
    note_change(call, old=old, at=at, because=because)


def end(call: Call, end: CallEnd, *, because: str) -> None:
    """End the call and its legs; on an ended one only mend an end that we had to guess."""
    is_guess = call.cause == CAUSE_UNKNOWN and end.cause != CAUSE_UNKNOWN
    if call.state is CallState.ENDED and not is_guess:
        return
    call.ended_at, call.ended_by, call.cause = end.at, end.by, end.cause
    call.result = result_now(call)
    if call.state is CallState.ENDED:
        spells.refold(call)
        return
    spells.refold_if_open(call)
    transfers.call_ended(call.id, at=end.at)
    for leg in legs.open_legs(call.id):
        leg.ended_at, leg.end_reason = end.at, CALL_ENDED
    had_talk = call.state in HAD_TALK
    move(call, CallState.ENDED, at=end.at, because=because)
    agent_id = call.agent_id if had_talk and not call.is_by_telephone else None
    publish(CallEnded(call_id=call.id, agent_id=agent_id, at=end.at, ended_by=end.by))


def tell_talk(call: Call, *, at: datetime) -> None:
    """Tell that the call is a talk now: its desk, or whoever waits for what a telephone reached."""
    if call.is_by_telephone:
        publish(CitizenReached(call_id=call.id, at=at))
    elif call.agent_id is not None:
        publish(CallAnswered(call_id=call.id, agent_id=call.agent_id, at=at))


def result_now(call: Call) -> CallResult:
    """Return in one word what became of an ended call, as the ledger has it now."""
    answered_at = call.talk_started_at
    ended = EndedCall(
        invited_at=call.invited_at,
        ended_at=call.ended_at or call.state_since,
        ended_by=call.ended_by or "",
        cause=call.cause or CAUSE_UNKNOWN,
        is_out=call.direction is Direction.OUT,
        was_answered=answered_at is not None,
        was_at_the_door=call.waiting_at is None,
    )
    return result_of(ended, short=given(CallPolicy).short)


def note_change(call: Call, *, old: CallState | None, at: datetime, because: str) -> None:
    """Keep one step of the call."""
    write_last(
        CallStateChange,
        call_id=call.id,
        old=old,
        new=call.state,
        at=at,
        because=because,
        agent_id=call.agent_id,
    )


def contact_of(exchange_id: str, phone: str) -> str | None:
    """Return the registration under which this exchange can ring the phone now."""
    said = {"exchange_id": exchange_id, "phone": phone}
    with db.session.no_autoflush:  # phones are written before they are told of
        return db.session.execute(_CONTACT, said).scalar_one_or_none()


def remember_lost_contact(call: Call) -> None:
    """Keep which registration was lost: only another one may be rung for this call again."""
    call.lost_contact = call.talk_contact or ""
