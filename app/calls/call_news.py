"""What each piece of an exchange's news does to its call in the ledger.

The five rules of `provider_events` hold here. News of control orders has a file of its own.
"""

import logging
from datetime import datetime
from enum import StrEnum
from functools import singledispatch

from app.accounts import service as accounts
from app.calls import events as facts
from app.calls import ledger, legs, spells, transfers
from app.calls.call_states import CallState, Direction, Sign, state_after
from app.calls.models import Call, CallLeg
from app.core.events import publish
from telephony import events as news

logger = logging.getLogger(__name__)

LONGEST_PHONE = 32
"""Characters of a phone or number that a leg keeps."""


@singledispatch
def change(event: news.TelephonyEvent, _call: Call) -> None:
    """Let the news change the call; each kind has its own handler below or in control_news."""
    logger.warning("news that nobody understands", extra={"kind": event.kind})


@change.register
def _recording_is_ready(_event: news.RecordingReady, _call: Call) -> None:
    """Move nothing; the switchboard fetches the recording once this news is saved."""


@change.register
def _placed(event: news.CallerPlaced, call: Call) -> None:
    if event.place is not news.Place.KEPT:
        call.waiting_at = call.waiting_at or event.happened_at
    spells.refold_if_open(call)
    if is_late(event, call):
        return
    if call.state is CallState.RECONNECTING and event.place in {news.Place.KEPT, news.Place.QUEUE}:
        # Either music will do: the caller is parted from the phone that was lost.
        call.is_kept = True
        publish(facts.AgentLost(call_id=call.id, agent_id=_agent_of(call), at=event.happened_at))
        return
    if event.place is news.Place.KEPT and call.agent_id is not None:
        call.is_kept = True
        lose_agent(call, Sign.KEPT, event)
        return
    call.is_kept = False
    if event.place is news.Place.ALONE:
        if move(call, Sign.LEFT_ALONE, event):
            publish(facts.CallLeftAlone(call_id=call.id))
    else:
        wait(call, event)


@change.register
def _rang(event: news.AgentRinging, call: Call) -> None:
    leg = leg_of(event.leg_key, event.phone, call, ringing_at=event.happened_at)
    leg.ringing_at = leg.ringing_at or event.happened_at
    if move(call, Sign.RINGS, event) and leg.agent_id is not None:
        publish(facts.AgentRang(call_id=call.id, agent_id=leg.agent_id, at=event.happened_at))


@change.register
def _answered(event: news.AgentAnswered, call: Call) -> None:
    leg = leg_of(event.leg_key, event.phone, call)
    leg.answered_at = leg.answered_at or event.happened_at
    is_first = call.direction is Direction.IN and call.talk_started_at is None
    if call.direction is Direction.IN:
        note_talk(call, event.happened_at)
    if is_late(event, call):
        call.agent_id = call.agent_id or leg.agent_id
        return
    before, call.agent_id = call.agent_id, leg.agent_id or call.agent_id
    forget_losses(call, phone=event.phone)
    has_moved = move(call, Sign.ANSWERED, event)
    changed_hands = not has_moved and call.agent_id != before
    if changed_hands:
        ledger.note_change(call, old=call.state, at=event.happened_at, because=event.kind)
    if (has_moved or changed_hands) and leg.agent_id is not None and not call.is_by_telephone:
        publish(
            facts.CallAnswered(
                call_id=call.id,
                agent_id=leg.agent_id,
                at=event.happened_at,
                is_first=is_first,
            )
        )


def note_talk(call: Call, at: datetime) -> None:
    """The first answer's moment is the earliest that was told."""
    call.talk_started_at = min(call.talk_started_at or at, at)


def forget_losses(call: Call, *, phone: str) -> None:
    """The call is talked through this phone: what was lost before no longer matters."""
    call.is_kept, call.lost_contact = False, None
    call.resume_contact, call.resume_tries = None, 0
    call.talk_contact = ledger.contact_of(call.exchange_id, phone)


@change.register
def _ring_failed(event: news.RingFailed, call: Call) -> None:
    person = accounts.find_by_work_number(event.phone)
    end_leg(call, _failed_leg(event, call).leg_key, at=event.happened_at, reason=event.reason)
    if call.state is CallState.RECONNECTING:
        call.resume_contact = None  # the same registration may be rung again
    if person is not None and not is_late(event, call):
        publish(facts.RingFailed(call_id=call.id, agent_id=person.id, reason=event.reason.value))


def _failed_leg(event: news.RingFailed, call: Call) -> CallLeg:
    """Return the leg that failed, made where no phone rang at all: it was tried, and is told.

    An exchange that tells it on the caller's own leg (Asterisk) means the phone that rings.
    """
    if event.leg_key != event.call_key:
        return leg_of(event.leg_key, event.phone, call)
    rung = [leg for leg in legs.open_legs(call.id) if leg.phone == event.phone]
    if rung and rung[-1].answered_at is None:
        return rung[-1]
    return leg_of(f"{event.call_key}-r{event.counter}", event.phone, call)


@change.register
def _ended(event: news.CallEnded, call: Call) -> None:
    end = ledger.CallEnd(at=event.happened_at, by=event.ended_by, cause=event.cause)
    ledger.end(call, end, because=event.kind)


def wait(call: Call, event: news.TelephonyEvent) -> None:
    """The caller is one for anybody; where he already waits nothing changes."""
    if call.direction is Direction.OUT and call.talk_started_at is None:
        return  # nobody has answered us yet: there is no caller
    was = call.state
    if move(call, Sign.PLACED_IN_QUEUE, event):
        call.waiting_at = call.waiting_at or event.happened_at
        if was in {CallState.TRANSFERRING, CallState.HANDED_OVER}:
            transfers.came_back(call.id, at=event.happened_at)
        is_first = was is CallState.INTAKE
        publish(facts.CallWaiting(call_id=call.id, at=event.happened_at, is_first=is_first))


def lose_agent(call: Call, sign: Sign, event: news.TelephonyEvent) -> None:
    """The agent's phone is gone; the caller is kept for him."""
    if move(call, sign, event):
        ledger.remember_lost_contact(call)
        publish(facts.AgentLost(call_id=call.id, agent_id=_agent_of(call), at=event.happened_at))


def is_late(event: news.TelephonyEvent, call: Call) -> bool:
    """Say whether the call is past this: such news fills what is missing and moves nothing."""
    return call.state is CallState.ENDED or event.happened_at < call.last_news_at


def move(call: Call, sign: Sign, event: news.TelephonyEvent) -> bool:
    """Move the call where the sign leads; say whether it moved."""
    if is_late(event, call):
        return False
    call.last_news_at = event.happened_at
    new = state_after(call.state, sign)
    if new is call.state:
        return False
    ledger.move(call, new, at=event.happened_at, because=event.kind)
    return True


def leg_of(
    leg_key: str,
    phone: str,
    call: Call,
    *,
    is_outside: bool = False,
    ringing_at: datetime | None = None,
) -> CallLeg:
    """Return the leg of this key, made when it is told of for the first time.

    `ringing_at` is of a leg that is made: told later, it would be written by itself.
    """
    leg = legs.leg_with_key(call.id, leg_key)
    if leg is None:
        is_own_telephone = call.is_by_telephone and not is_outside
        person_id = None if is_outside else accounts.id_of_work_number(phone)
        leg = CallLeg(
            call_id=call.id,
            leg_key=leg_key,
            phone=phone[:LONGEST_PHONE],
            is_outside=is_outside or is_own_telephone,
            agent_id=call.agent_id if is_own_telephone else person_id,
            ringing_at=ringing_at,
        )
        legs.add(leg)
    return leg


def end_leg(call: Call, leg_key: str, *, at: datetime, reason: StrEnum | str) -> None:
    """End a leg that has not ended."""
    for leg in legs.open_legs(call.id):
        if leg.leg_key == leg_key:
            leg.ended_at, leg.end_reason = at, str(reason)


def _agent_of(call: Call) -> int:
    if call.agent_id is None:
        raise RuntimeError(f"call {call.id} lost an agent it never had")
    return call.agent_id
