"""From an exchange's news to the ledger: repeatable and late-proof.

Five rules hold for every piece of news. A repeat (same natural key) changes nothing. A call that
has ended never comes back to life. News older than the call's present state fills what is missing
and moves nothing. The first answer's moment is the earliest that was told. News heard before its
call waits in the raw book and is made up for when the call arrives.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import singledispatch
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.accounts import service as accounts
from app.callers import service as callers
from app.calls import events as facts
from app.calls import kept_news, ledger
from app.calls.call_states import CallState, Sign, state_after
from app.calls.models import Call, CallLeg, ProviderEvent
from app.channels import service as channels
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from telephony import events as news

logger = logging.getLogger(__name__)

LONGEST_NUMBER = 32
"""Characters of a number that are kept: a carrier may deliver anything, and the call must stand."""


def apply_news(batch: Sequence[news.TelephonyEvent]) -> None:
    """Write a batch of news into the ledger, in the order given."""
    for event in batch:
        if _is_new(event):
            apply_one(event)


def apply_one(event: news.TelephonyEvent) -> None:
    """Let one piece of news, known to be no repeat, change its call."""
    if isinstance(event, news.CallArrived):
        _arrive(event)
        return
    call = ledger.lock_call(event.exchange_id, event.boot_id, event.call_key)
    if call is None:
        # The link came up in the middle of this call, or its arrival is late: it is kept, and made
        # up for when the snapshot or the arrival brings the call in.
        logger.info("news of a call that is not in the ledger", extra={"kind": event.kind})
        return
    _change(event, call)


def _is_new(event: news.TelephonyEvent) -> bool:
    key = event.natural_key
    row = {
        **key._asdict(),
        "call_key": event.call_key,
        "happened_at": event.happened_at,
        "received_at": clock.now(),
        "body": _plain(event),
    }
    dialect = db.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    written = insert(ProviderEvent).values(row).on_conflict_do_nothing()
    return db.session.execute(written.returning(ProviderEvent.id)).scalar_one_or_none() is not None


def _plain(event: news.TelephonyEvent) -> dict[str, Any]:
    def said(value: object) -> object:
        if isinstance(value, datetime):
            return value.isoformat()
        return value.value if isinstance(value, StrEnum) else value

    return {name: said(value) for name, value in asdict(event).items()}


def _arrive(event: news.CallArrived) -> None:
    if ledger.lock_call(event.exchange_id, event.boot_id, event.call_key) is not None:
        return
    line = channels.find_number(
        event.dialled_number, event.invited_at, exchange_id=event.exchange_id
    )
    call = Call(
        exchange_id=event.exchange_id,
        boot_id=event.boot_id,
        call_key=event.call_key,
        dialled_number=event.dialled_number[:LONGEST_NUMBER],
        from_number=normalise(event.from_number)[:LONGEST_NUMBER],
        from_name=event.from_name[:80],
        legacy_number_id=line.id if line else None,
        state=CallState.INTAKE,
        state_since=event.happened_at,
        last_news_at=event.happened_at,
        invited_at=event.invited_at,
        is_kept=False,
    )
    db.session.add(call)
    db.session.flush()
    ledger.note_change(call, old=None, at=event.happened_at, because=event.kind)
    callers.remember_call(call.from_number, at=event.invited_at)
    publish(facts.CallEntered(call_id=call.id))
    for earlier in kept_news.told_before(event):
        _change(earlier, call)


@singledispatch
def _change(event: news.TelephonyEvent, _call: Call) -> None:
    logger.warning("news that nobody understands", extra={"kind": event.kind})


@_change.register
def _recording_is_ready(_event: news.RecordingReady, _call: Call) -> None:
    """Move nothing; the switchboard fetches the recording once this news is saved."""


@_change.register
def _placed(event: news.CallerPlaced, call: Call) -> None:
    if event.place is not news.Place.KEPT:
        call.waiting_at = call.waiting_at or event.happened_at
    if _is_late(event, call):
        return
    if call.state is CallState.RECONNECTING and event.place in {news.Place.KEPT, news.Place.QUEUE}:
        # Either music will do: the caller is parted from the phone that was lost.
        call.is_kept = True
        publish(facts.AgentLost(call_id=call.id, agent_id=_agent_of(call), at=event.happened_at))
        return
    if event.place is news.Place.KEPT and call.agent_id is not None:
        call.is_kept = True
        _lose_agent(call, Sign.KEPT, event)
        return
    call.is_kept = False
    if event.place is news.Place.ALONE:
        if _move(call, Sign.LEFT_ALONE, event):
            publish(facts.CallLeftAlone(call_id=call.id))
    else:
        _wait(call, event)


@_change.register
def _rang(event: news.AgentRinging, call: Call) -> None:
    leg = _leg(event.leg_key, event.phone, call)
    leg.ringing_at = leg.ringing_at or event.happened_at
    if _move(call, Sign.RINGS, event) and leg.agent_id is not None:
        publish(facts.AgentRang(call_id=call.id, agent_id=leg.agent_id, at=event.happened_at))


@_change.register
def _answered(event: news.AgentAnswered, call: Call) -> None:
    leg = _leg(event.leg_key, event.phone, call)
    leg.answered_at = leg.answered_at or event.happened_at
    call.talk_started_at = min(call.talk_started_at or event.happened_at, event.happened_at)
    if _is_late(event, call):
        call.agent_id = call.agent_id or leg.agent_id
        return
    before, call.agent_id = call.agent_id, leg.agent_id or call.agent_id
    call.is_kept, call.lost_contact = False, None
    call.resume_contact, call.resume_tries = None, 0
    call.talk_contact = ledger.contact_of(call.exchange_id, event.phone)
    has_moved = _move(call, Sign.ANSWERED, event)
    changed_hands = not has_moved and call.agent_id != before
    if changed_hands:
        ledger.note_change(call, old=call.state, at=event.happened_at, because=event.kind)
    if (has_moved or changed_hands) and leg.agent_id is not None:
        publish(facts.CallAnswered(call_id=call.id, agent_id=leg.agent_id, at=event.happened_at))


@_change.register
def _ring_failed(event: news.RingFailed, call: Call) -> None:
    person = accounts.find_by_work_number(event.phone)
    _end_leg(call, event.leg_key, at=event.happened_at, reason=event.reason)
    if call.state is CallState.RECONNECTING:
        call.resume_contact = None  # the same registration may be rung again
    if person is not None and not _is_late(event, call):
        publish(facts.RingFailed(call_id=call.id, agent_id=person.id, reason=event.reason.value))


@_change.register
def _agent_gone(event: news.AgentGone, call: Call) -> None:
    _end_leg(call, event.leg_key, at=event.happened_at, reason=event.reason)
    if event.reason is news.PartyLost.HUNG_UP:
        return  # the caller's end follows
    if ledger.last_answered_leg(call.id) not in {None, event.leg_key}:
        return  # the talk goes on over a newer leg
    if call.agent_id is None:
        _wait(call, event)  # a phone that belongs to nobody: there is nobody to keep him for
    else:
        _lose_agent(call, Sign.AGENT_LOST, event)


@_change.register
def _ended(event: news.CallEnded, call: Call) -> None:
    end = ledger.CallEnd(at=event.happened_at, by=event.ended_by, cause=event.cause)
    ledger.end(call, end, because=event.kind)


def _wait(call: Call, event: news.TelephonyEvent) -> None:
    """The caller is one for anybody; where he already waits nothing changes."""
    if _move(call, Sign.PLACED_IN_QUEUE, event):
        call.waiting_at = call.waiting_at or event.happened_at
        publish(facts.CallWaiting(call_id=call.id, at=event.happened_at))


def _lose_agent(call: Call, sign: Sign, event: news.TelephonyEvent) -> None:
    if _move(call, sign, event):
        ledger.remember_lost_contact(call)
        publish(facts.AgentLost(call_id=call.id, agent_id=_agent_of(call), at=event.happened_at))


def _is_late(event: news.TelephonyEvent, call: Call) -> bool:
    """Say whether the call is past this: such news fills what is missing and moves nothing."""
    return call.state is CallState.ENDED or event.happened_at < call.last_news_at


def _move(call: Call, sign: Sign, event: news.TelephonyEvent) -> bool:
    """Move the call where the sign leads; say whether it moved."""
    if _is_late(event, call):
        return False
    call.last_news_at = event.happened_at
    new = state_after(call.state, sign)
    if new is call.state:
        return False
    ledger.move(call, new, at=event.happened_at, because=event.kind)
    return True


def _leg(leg_key: str, phone: str, call: Call) -> CallLeg:
    found = select(CallLeg).where(CallLeg.call_id == call.id, CallLeg.leg_key == leg_key)
    leg = db.session.execute(found).scalar_one_or_none()
    if leg is None:
        person = accounts.find_by_work_number(phone)
        agent_id = person.id if person else None
        leg = CallLeg(call_id=call.id, leg_key=leg_key, phone=phone, agent_id=agent_id)
        db.session.add(leg)
        db.session.flush()
    return leg


def _end_leg(call: Call, leg_key: str, *, at: datetime, reason: StrEnum) -> None:
    for leg in ledger.open_legs(call.id):
        if leg.leg_key == leg_key:
            leg.ended_at, leg.end_reason = at, reason.value


def _agent_of(call: Call) -> int:
    if call.agent_id is None:
        raise RuntimeError(f"call {call.id} lost an agent it never had")
    return call.agent_id
