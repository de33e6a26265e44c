"""What news of a call with more than two does to its ledger: agents leave, parties come and go.

Registered on `call_news.change`; the five rules of `provider_events` hold here as well.
"""

from datetime import datetime

from app.calls import events as facts
from app.calls import ledger, legs, order_book, spells, transfers
from app.calls.call_news import (
    LONGEST_PHONE,
    change,
    end_leg,
    forget_losses,
    is_late,
    leg_of,
    lose_agent,
    move,
    note_talk,
    wait,
)
from app.calls.call_states import WITH_AGENT, CallState, Sign, state_after
from app.calls.models import Call, CallLeg, LegRole
from app.calls.transfer_states import TransferState
from app.core.database import db
from app.core.events import publish
from app.core.phone_numbers import normalise
from telephony import control_events as control
from telephony import control_orders as wishes
from telephony import events as news
from telephony.events import PartyLost, RingFailure

# --- agents leave -----------------------------------------------------------------------------


@change.register
def _agent_gone(event: news.AgentGone, call: Call) -> None:
    end_leg(call, event.leg_key, at=event.happened_at, reason=event.reason)
    spells.refold_if_open(call)
    if event.reason is PartyLost.TRANSFERRED:
        _leave_to_others(event, call)
        return
    if event.reason is PartyLost.HUNG_UP or call.is_by_telephone:
        return  # the caller's end follows, or his place in the queue
    if legs.last_answered_leg(call.id) not in {None, event.leg_key}:
        return  # the talk goes on over a newer leg
    if call.agent_id is None:
        wait(call, event)  # a phone that belongs to nobody: there is nobody to keep him for
    else:
        lose_agent(call, Sign.AGENT_LOST, event)


def _leave_to_others(event: news.AgentGone, call: Call) -> None:
    """Whoever was consulted has the caller from now on; without one, somebody is rung for him."""
    order_book.settle(call.id, (wishes.TransferCaller, wishes.LeaveToParties), at=event.happened_at)
    if is_late(event, call):
        return
    left = call.agent_id
    answered = [
        leg
        for leg in legs.open_legs(call.id)
        if leg.role is LegRole.CONSULTED and leg.answered_at is not None
    ]
    if answered:
        # One of ours before anybody outside: he can hold, transfer and record.
        taker = min(answered, key=lambda leg: (leg.is_outside, leg.id))
        for leg in answered:
            if leg.order_id is not None:
                transfers.found(leg.order_id, TransferState.TAKEN, at=event.happened_at)
        _take_over(call, taker, at=event.happened_at, because=event.kind)
    else:
        move(call, Sign.TRANSFER_BEGAN, event)
    if left is not None:
        publish(facts.CallTransferred(call_id=call.id, from_agent_id=left, at=event.happened_at))


def _take_over(call: Call, leg: CallLeg, *, at: datetime, because: str) -> None:
    """The caller is this party's from now on: a colleague's, or somebody's outside."""
    leg.took_over_at = leg.took_over_at or at
    if call.state is CallState.ENDED or at < call.last_news_at:
        return  # heard late: the moment is filled in, nothing moves
    call.last_news_at = at
    before = call.agent_id
    if not leg.is_outside:
        call.agent_id = leg.agent_id or before
        forget_losses(call, phone=leg.phone)
    old = call.state
    new = state_after(old, Sign.TAKEN_OUTSIDE if leg.is_outside else Sign.TAKEN_OVER)
    if new is not old:
        ledger.move(call, new, at=at, because=because)
    elif call.agent_id != before:
        ledger.note_change(call, old=old, at=at, because=because)
    if leg.is_outside:
        publish(facts.CallHandedOver(call_id=call.id, at=at))
    elif leg.agent_id is not None:
        publish(facts.CallAnswered(call_id=call.id, agent_id=leg.agent_id, at=at))


# --- parties ----------------------------------------------------------------------------------


@change.register
def _party_rang(event: control.PartyRinging, call: Call) -> None:
    leg = _party(event, call)
    leg.ringing_at = leg.ringing_at or event.happened_at
    if event.counter > 1:
        _note_fallback(event, leg)
    _settle_party(event, call)
    transfers.found(event.order_id, TransferState.RINGING, at=event.happened_at)
    if event.role is control.PartyRole.CONSULTED:
        move(call, Sign.HELD, event)  # where the word of the hold itself was lost
        spells.refold(call)
    elif event.role is control.PartyRole.TRANSFERRED_TO and call.state in WITH_AGENT:
        move(call, Sign.TRANSFER_BEGAN, event)
    if not _is_over(call):
        publish(facts.PartyRang(**_who(leg, call)))


@change.register
def _party_answered(event: control.PartyAnswered, call: Call) -> None:
    leg = _party(event, call)
    leg.answered_at = leg.answered_at or event.happened_at
    _note_fallback(event, leg)
    _settle_party(event, call)
    spells.refold_if_open(call)
    if event.role is control.PartyRole.TRANSFERRED_TO:
        transfers.found(event.order_id, TransferState.TAKEN, at=event.happened_at)
        _take_over(call, leg, at=event.happened_at, because=event.kind)
    elif event.role is control.PartyRole.CONSULTED and call.state is CallState.TRANSFERRING:
        # Heard late: the agent has already left to this party.
        transfers.found(event.order_id, TransferState.TAKEN, at=call.state_since)
        _take_over(call, leg, at=call.last_news_at, because=event.kind)
    else:
        transfers.found(event.order_id, TransferState.ASKED, at=event.happened_at)
    if not _is_over(call):
        publish(facts.PartyTookCall(**_who(leg, call)))


@change.register
def _party_failed(event: control.PartyFailed, call: Call) -> None:
    leg = _party(event, call)
    end_leg(call, leg.leg_key, at=event.happened_at, reason=event.reason)
    _settle_party(event, call)
    is_ours = event.reason is RingFailure.WITHDRAWN
    state = TransferState.WITHDRAWN if is_ours else TransferState.NOT_ANSWERED
    transfers.found(event.order_id, state, at=event.happened_at, why=event.reason.value)
    if not _is_over(call):
        publish(facts.PartyLeft(**_who(leg, call), reason=event.reason.value))


@change.register
def _party_gone(event: control.PartyGone, call: Call) -> None:
    leg = _party(event, call)
    end_leg(call, leg.leg_key, at=event.happened_at, reason="gone")
    order_book.settle_drop(call.id, event.order_id, at=event.happened_at)
    spells.refold_if_open(call)
    if leg.answered_at is None:
        transfers.found(event.order_id, TransferState.WITHDRAWN, at=event.happened_at)
    elif leg.took_over_at is None:
        transfers.found(event.order_id, TransferState.RETURNED, at=event.happened_at)
    if not _is_over(call):
        publish(facts.PartyLeft(**_who(leg, call), reason="gone"))


def _party(event: control.PartyEvent, call: Call) -> CallLeg:
    """Return the party's leg: his name is the order that called him, whatever leg tells of him."""
    if call.state is CallState.INTAKE:
        legs.look_again(call.id)  # heard out of order: a call at the door is taken to have none
    is_ours = order_book.is_of_call(event.order_id, call.id)
    named = [leg for leg in legs.all_legs(call.id) if leg.order_id == event.order_id]
    leg = named[0] if is_ours and named else None
    if leg is None:
        is_outside = event.target_kind is wishes.TargetKind.NUMBER
        address = normalise(event.address) if is_outside else event.address
        leg = leg_of(event.leg_key, address, call, is_outside=is_outside)
        leg.role = LegRole(event.role.value)
        leg.order_id = event.order_id if is_ours else None
        db.session.flush()
    return leg


def _note_fallback(event: control.PartyEvent, leg: CallLeg) -> None:
    """The exchange may have rung the party's other number: its leg is the one told last."""
    if leg.is_outside:
        leg.phone = normalise(event.address)[:LONGEST_PHONE]
        transfers.goes_to(event.order_id, leg.phone)


def _settle_party(event: control.PartyEvent, call: Call) -> None:
    """A ring, an answer or a failure is the outcome of the order that called the party."""
    kinds = (wishes.CallParty, wishes.Supervise)
    order_book.settle(call.id, kinds, order_id=event.order_id, at=event.happened_at)


# --- what goes on in the talk -----------------------------------------------------------------


@change.register
def _held(event: control.CallerHeld, call: Call) -> None:
    order_book.settle(call.id, (wishes.HoldCaller,), order_id=event.order_id, at=event.happened_at)
    move(call, Sign.HELD, event)
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _resumed(event: control.CallerResumed, call: Call) -> None:
    order_book.settle(
        call.id, (wishes.ResumeCaller,), order_id=event.order_id, at=event.happened_at
    )
    move(call, Sign.RESUMED, event)
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _joined(event: control.PartiesJoined, call: Call) -> None:
    order_book.settle(call.id, (wishes.JoinParties,), order_id=event.order_id, at=event.happened_at)
    transfers.joined(call)
    move(call, Sign.RESUMED, event)
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _muted(event: control.AgentMuted, call: Call) -> None:
    order_book.settle(call.id, (wishes.MuteAgent,), order_id=event.order_id, at=event.happened_at)
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _digits_sent(event: control.DigitsSent, call: Call) -> None:
    order_book.settle(call.id, (wishes.SendDigits,), order_id=event.order_id, at=event.happened_at)
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _recording_paused(event: control.RecordingPaused, call: Call) -> None:
    order_book.settle(
        call.id, (wishes.PauseRecording,), order_id=event.order_id, at=event.happened_at
    )
    _tell_change(event, call, order_id=event.order_id)


@change.register
def _supervision(event: control.SupervisionChanged, call: Call) -> None:
    kinds = (wishes.Supervise,) if event.mode else (wishes.StopSupervising,)
    order_book.settle(call.id, kinds, order_id=event.order_id, at=event.happened_at)
    _supervisor_takes_part(event, call)
    _tell_change(event, call, order_id=event.order_id)


def _supervisor_takes_part(event: control.SupervisionChanged, call: Call) -> None:
    """No exchange tells of a supervisor's answer: how he takes part says that he does.

    From when and until when is read from what went on, which is the same in any order of the news.
    His leg may have the name of an earlier one, from which he went before he was rung again.
    """
    leg = _supervisors_leg(event, call)
    was_in = leg.answered_at is not None and leg.ended_at is None
    spells.refold(call)
    began, ended = spells.last_supervision(call.id, phone=event.phone)
    if began is None:
        ended = event.happened_at  # that he is in has not been heard yet
    leg.answered_at, leg.ended_at = began, ended or call.ended_at
    leg.end_reason = "gone" if ended is not None and ended != call.ended_at else None
    is_in = leg.answered_at is not None and leg.ended_at is None
    if _is_over(call) or is_in == was_in:
        return
    if is_in:
        publish(facts.PartyTookCall(**_who(leg, call)))
    else:
        publish(facts.PartyLeft(**_who(leg, call), reason="gone"))


def _supervisors_leg(event: control.SupervisionChanged, call: Call) -> CallLeg:
    """Return the latest leg of this phone as a supervisor's, made where none was told of."""
    for leg in reversed(legs.all_legs(call.id)):
        if leg.role is LegRole.SUPERVISOR and leg.phone == event.phone:
            return leg
    leg = leg_of(event.leg_key, event.phone, call)
    leg.role = LegRole.SUPERVISOR
    if event.order_id is not None and order_book.is_of_call(event.order_id, call.id):
        leg.order_id = event.order_id
    db.session.flush()
    return leg


def _tell_change(event: news.TelephonyEvent, call: Call, *, order_id: int | None) -> None:
    spells.refold(call)
    if _is_over(call):
        return
    publish(
        facts.TalkChanged(
            call_id=call.id,
            agent_id=call.agent_id,
            what=event.kind,
            order_id=order_id,
            at=event.happened_at,
        )
    )


# --- calling out ------------------------------------------------------------------------------


@change.register
def _placed_out(event: control.CallPlacedOut, call: Call) -> None:
    order_book.settle(call.id, (wishes.CallOut,), at=event.happened_at)
    call.invited_at = event.happened_at


@change.register
def _citizen_answered(event: control.CitizenAnswered, call: Call) -> None:
    note_talk(call, event.happened_at)
    _note_citizen_leg(call, event.happened_at)
    if move(call, Sign.CITIZEN_ANSWERED, event) or call.is_by_telephone:
        ledger.tell_talk(call, at=event.happened_at)


def _note_citizen_leg(call: Call, at: datetime) -> None:
    for leg in legs.open_legs(call.id):
        if leg.role is LegRole.CITIZEN:
            leg.answered_at = leg.answered_at or at


def _who(leg: CallLeg, call: Call) -> facts.PartyWords:
    return {
        "call_id": call.id,
        "leg_id": leg.id,
        "role": leg.role.value,
        "agent_id": leg.agent_id,
        "call_agent_id": call.agent_id,
    }


def _is_over(call: Call) -> bool:
    return call.state is CallState.ENDED
