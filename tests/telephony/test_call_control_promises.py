"""Promises about control orders (ADR 0016): each has its outcome, and a repeat changes nothing."""

from collections.abc import Callable

import pytest

from telephony.control_events import (
    AgentMuted,
    CallerHeld,
    CallerResumed,
    DigitsSent,
    PartiesJoined,
    PartyAnswered,
    PartyFailed,
    PartyGone,
    PartyRinging,
    PartyRole,
    RecordingPaused,
    SupervisionChanged,
)
from telephony.control_orders import (
    CallParty,
    DropParty,
    HoldCaller,
    JoinParties,
    LeaveToParties,
    MuteAgent,
    PauseRecording,
    ResumeCaller,
    SendDigits,
    StopSupervising,
    Supervise,
    SupervisionMode,
    Target,
    TargetKind,
    TransferCaller,
)
from telephony.events import (
    AgentGone,
    CallEnded,
    CallerPlaced,
    EndedBy,
    PartyLost,
    Place,
    RingFailure,
    TelephonyEvent,
)
from telephony.orders import HangUp, KeepCaller, Order
from telephony.port import ExchangeRefused, LiveCall
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import talking_caller, waiting_caller

AGENT, COLLEAGUE, LEADER = "1006", "1007", "1008"
OF_ORDER = 500  # beyond the ids that a bench gives by itself


def order(link: Bench, kind: Callable[..., Order], key: str, nth: int, /, **what: object) -> None:
    """Send an order whose id the promise must know."""
    link.exchange.orders.send(kind(order_id=OF_ORDER + nth, call_key=key, **what))


def colleague(phone: str = COLLEAGUE) -> Target:
    return Target(kind=TargetKind.PHONE, address=phone)


def consulting(link: Bench, *, is_answered: bool = True) -> str:
    """A talk whose agent has rung a colleague, under order 1."""
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, CallParty, key, 1, phone=AGENT, target=colleague(), ring_seconds=20)
    link.ear.wait_for(PartyRinging, call_key=key, order_id=OF_ORDER + 1)
    if is_answered:
        link.phone_answers(key, COLLEAGUE)
        link.ear.wait_for(PartyAnswered, call_key=key, order_id=OF_ORDER + 1)
    return key


def live(link: Bench, key: str) -> LiveCall:
    assert link.exchange.snapshot is not None
    return next(call for call in link.exchange.snapshot.live_calls() if call.call_key == key)


# --- hold, mute, keys, recording --------------------------------------------------------------


def test_a_held_caller_is_told_and_the_agent_stays(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, HoldCaller, key, 1, phone=AGENT)

    held = link.ear.wait_for(CallerHeld, call_key=key)
    assert (held.phone, held.order_id) == (AGENT, OF_ORDER + 1)
    assert (live(link, key).place, live(link, key).phone) == (Place.HELD, AGENT)
    assert link.ear.of(AgentGone) == []


def test_a_resumed_caller_talks_with_the_same_agent_over_the_same_leg(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    leg = live(link, key).agent_leg_key
    order(link, HoldCaller, key, 1, phone=AGENT)
    link.ear.wait_for(CallerHeld, call_key=key)

    order(link, ResumeCaller, key, 2, phone=AGENT)

    link.ear.wait_for(CallerResumed, call_key=key, order_id=OF_ORDER + 2)
    call = live(link, key)
    assert (call.place, call.phone, call.agent_leg_key) == (Place.TALKING, AGENT, leg)


def test_resuming_a_caller_who_is_not_held_is_taken_silently(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, ResumeCaller, key, 1, phone=AGENT)
    order(link, HoldCaller, key, 2, phone=AGENT)

    link.ear.wait_for(CallerHeld, call_key=key)
    assert link.ear.of(CallerResumed) == []


def test_the_same_hold_sent_twice_is_told_once(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    for _ in range(2):
        order(link, HoldCaller, key, 1, phone=AGENT)
    link.ear.wait_for(CallerHeld, call_key=key)
    order(link, ResumeCaller, key, 2, phone=AGENT)

    link.ear.wait_for(CallerResumed, call_key=key)
    assert len(link.ear.of(CallerHeld, call_key=key)) == 1


def test_a_hold_by_a_phone_that_is_not_in_the_call_is_refused(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    with pytest.raises(ExchangeRefused) as refusal:
        order(link, HoldCaller, key, 1, phone=COLLEAGUE)

    assert (refusal.value.code, refusal.value.is_retryable) == ("refused", False)


def test_a_waiting_caller_cannot_be_held(link: Bench) -> None:
    key = waiting_caller(link)

    with pytest.raises(ExchangeRefused):
        order(link, HoldCaller, key, 1, phone=AGENT)


def test_a_mute_says_how_it_is_and_a_repeat_says_nothing(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, MuteAgent, key, 1, phone=AGENT, is_muted=True)
    order(link, MuteAgent, key, 2, phone=AGENT, is_muted=True)
    order(link, MuteAgent, key, 3, phone=AGENT, is_muted=False)

    link.ear.wait_for(AgentMuted, call_key=key, is_muted=False)
    assert [event.is_muted for event in link.ear.of(AgentMuted, call_key=key)] == [True, False]


def test_pressed_keys_are_counted_and_never_repeated(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, SendDigits, key, 1, digits="4711#")

    sent = link.ear.wait_for(DigitsSent, call_key=key)
    assert sent.how_many == 5
    assert "4711" not in repr(link.ear.heard)


def test_a_recording_pauses_and_goes_on_when_told(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, PauseRecording, key, 1, is_paused=True)
    link.ear.wait_for(RecordingPaused, call_key=key, is_paused=True)
    order(link, PauseRecording, key, 2, is_paused=False)

    link.ear.wait_for(RecordingPaused, call_key=key, is_paused=False)


def test_the_list_of_calls_says_who_is_muted_and_what_is_not_recorded(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    assert (live(link, key).is_muted, live(link, key).is_recording_paused) == (False, False)

    order(link, MuteAgent, key, 1, phone=AGENT, is_muted=True)
    assert (live(link, key).is_muted, live(link, key).is_recording_paused) == (True, False)
    order(link, PauseRecording, key, 2, is_paused=True)
    order(link, MuteAgent, key, 3, phone=AGENT, is_muted=False)
    assert (live(link, key).is_muted, live(link, key).is_recording_paused) == (False, True)
    order(link, PauseRecording, key, 4, is_paused=False)
    assert live(link, key).is_recording_paused is False


def test_a_mute_goes_with_the_leg_that_was_muted(link: Bench) -> None:
    key = consulting(link)
    order(link, MuteAgent, key, 2, phone=AGENT, is_muted=True)

    order(link, LeaveToParties, key, 3, phone=AGENT)

    link.ear.wait_for(AgentGone, call_key=key, reason=PartyLost.TRANSFERRED)
    assert (live(link, key).phone, live(link, key).is_muted) == (COLLEAGUE, False)


# --- consulting, three together, attended transfer ----------------------------------------------


def test_a_consulted_colleague_rings_while_the_caller_is_held(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    link.ear.wait_for(CallerHeld, call_key=key)
    rang = link.ear.wait_for(PartyRinging, call_key=key)
    assert (rang.role, rang.address) == (PartyRole.CONSULTED, COLLEAGUE)
    assert live(link, key).place is Place.HELD


def test_a_colleague_who_lets_it_ring_leaves_the_caller_with_his_agent(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, CallParty, key, 1, phone=AGENT, target=colleague(), ring_seconds=2)
    link.ear.wait_for(PartyRinging, call_key=key)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, reason=RingFailure.NO_ANSWER)
    order(link, ResumeCaller, key, 2, phone=AGENT)
    link.ear.wait_for(CallerResumed, call_key=key)
    assert link.ear.of(CallerPlaced, call_key=key, place=Place.KEPT) == []


def test_a_colleague_without_a_phone_fails_at_once(link: Bench) -> None:
    key = talking_caller(link, AGENT)

    order(link, CallParty, key, 1, phone=AGENT, target=colleague("1099"), ring_seconds=20)

    failed = link.ear.wait_for(PartyFailed, call_key=key)
    assert failed.reason is RingFailure.UNREACHABLE


UNIT, SECOND = "07623331111", "07623332222"


def unit_with_two_numbers() -> Target:
    return Target(kind=TargetKind.NUMBER, address=UNIT, fallback_number=SECOND)


def test_a_unit_that_does_not_answer_is_rung_under_its_second_number(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    link.number_lets_it_ring(UNIT)

    order(link, CallParty, key, 1, phone=AGENT, target=unit_with_two_numbers(), ring_seconds=3)
    link.ear.wait_for(PartyRinging, call_key=key, address=UNIT)
    link.pass_time(4)

    again = link.ear.wait_for(PartyRinging, call_key=key, address=SECOND)
    assert (again.order_id, again.counter) == (OF_ORDER + 1, 2)
    link.pass_time(4)
    link.ear.wait_for(PartyAnswered, call_key=key, order_id=OF_ORDER + 1, address=SECOND)
    assert link.ear.of(PartyFailed) == []


def test_a_caller_blindly_handed_to_a_unit_waits_through_both_its_numbers(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    for number in (UNIT, SECOND):
        link.number_lets_it_ring(number)

    target = unit_with_two_numbers()
    order(link, TransferCaller, key, 1, phone=AGENT, target=target, ring_seconds=3)
    link.ear.wait_for(PartyRinging, call_key=key, address=UNIT)
    link.pass_time(4)
    link.ear.wait_for(PartyRinging, call_key=key, address=SECOND)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, order_id=OF_ORDER + 1, address=SECOND)
    link.ear.wait_for(CallerPlaced, call_key=key, place=Place.QUEUE, nth=2)
    assert len(link.ear.of(PartyFailed)) == 1


def test_a_ring_taken_back_ends_the_colleagues_leg_alone(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    order(link, DropParty, key, 2, party=OF_ORDER + 1)

    link.ear.wait_for(PartyGone, call_key=key, order_id=OF_ORDER + 1)
    assert live(link, key).phone == AGENT


def test_a_held_caller_is_not_resumed_past_a_colleague_who_is_there(link: Bench) -> None:
    key = consulting(link)

    with pytest.raises(ExchangeRefused):
        order(link, ResumeCaller, key, 2, phone=AGENT)


def test_three_talk_together_and_the_snapshot_names_the_third(link: Bench) -> None:
    key = consulting(link)

    order(link, JoinParties, key, 2, phone=AGENT)

    link.ear.wait_for(PartiesJoined, call_key=key)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, AGENT)
    [party] = call.parties
    assert (party.order_id, party.address, party.is_talking) == (OF_ORDER + 1, COLLEAGUE, True)


def test_an_attended_transfer_makes_the_colleague_the_calls_agent(link: Bench) -> None:
    key = consulting(link)

    order(link, LeaveToParties, key, 2, phone=AGENT)

    gone = link.ear.wait_for(AgentGone, call_key=key)
    assert (gone.phone, gone.reason) == (AGENT, PartyLost.TRANSFERRED)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, COLLEAGUE)
    order(link, HoldCaller, key, 3, phone=COLLEAGUE)
    link.ear.wait_for(CallerHeld, call_key=key, phone=COLLEAGUE)


def test_nobody_leaves_a_caller_to_a_phone_that_still_rings(link: Bench) -> None:
    key = consulting(link, is_answered=False)

    with pytest.raises(ExchangeRefused):
        order(link, LeaveToParties, key, 2, phone=AGENT)

    assert link.ear.of(AgentGone) == []


def test_a_caller_who_hangs_up_in_a_consultation_ends_the_call(link: Bench) -> None:
    key = consulting(link)

    link.caller_hangs_up(key)

    assert link.ear.wait_for(CallEnded, call_key=key).ended_by is EndedBy.CALLER


# --- blind transfer -----------------------------------------------------------------------------


def blindly_transferred(link: Bench, *, ring_seconds: int = 20) -> str:
    key = talking_caller(link, AGENT)
    link.phone_comes(COLLEAGUE)
    order(link, TransferCaller, key, 1, phone=AGENT, target=colleague(), ring_seconds=ring_seconds)
    link.ear.wait_for(AgentGone, call_key=key, reason=PartyLost.TRANSFERRED)
    link.ear.wait_for(PartyRinging, call_key=key, role=PartyRole.TRANSFERRED_TO)
    return key


def test_a_blind_transfer_frees_the_agent_at_once_and_gives_the_caller_to_who_answers(
    link: Bench,
) -> None:
    key = blindly_transferred(link)
    assert live(link, key).place is Place.HELD

    link.phone_answers(key, COLLEAGUE)

    link.ear.wait_for(PartyAnswered, call_key=key, role=PartyRole.TRANSFERRED_TO)
    call = live(link, key)
    assert (call.place, call.phone) == (Place.TALKING, COLLEAGUE)


def test_a_blind_transfer_that_nobody_takes_brings_the_caller_back_to_the_queue(
    link: Bench,
) -> None:
    key = blindly_transferred(link, ring_seconds=2)
    link.pass_time(4)

    link.ear.wait_for(PartyFailed, call_key=key, reason=RingFailure.NO_ANSWER)
    link.ear.wait_for(CallerPlaced, call_key=key, place=Place.QUEUE, nth=2)


# --- supervisors --------------------------------------------------------------------------------


def supervised(link: Bench, mode: SupervisionMode) -> str:
    key = talking_caller(link, AGENT)
    link.phone_comes(LEADER)
    order(link, Supervise, key, 1, phone=LEADER, agent_phone=AGENT, mode=mode)
    link.phone_answers(key, LEADER)
    link.ear.wait_for(SupervisionChanged, call_key=key, mode=mode)
    return key


@pytest.mark.parametrize("mode", SupervisionMode)
def test_a_supervisor_who_answers_takes_part_as_wished(link: Bench, mode: SupervisionMode) -> None:
    key = supervised(link, mode)

    changed = link.ear.wait_for(SupervisionChanged, call_key=key)
    assert (changed.phone, changed.mode) == (LEADER, mode)
    assert live(link, key).phone == AGENT


def test_a_listening_supervisor_steps_in_over_the_leg_he_has(link: Bench) -> None:
    key = supervised(link, SupervisionMode.LISTEN)

    order(link, Supervise, key, 2, phone=LEADER, agent_phone=AGENT, mode=SupervisionMode.WHISPER)

    link.ear.wait_for(SupervisionChanged, call_key=key, mode=SupervisionMode.WHISPER)
    [leader] = live(link, key).parties
    assert (leader.role, leader.address) == (PartyRole.SUPERVISOR, LEADER)


def test_a_supervisor_leaves_and_the_call_goes_on(link: Bench) -> None:
    key = supervised(link, SupervisionMode.LISTEN)

    order(link, StopSupervising, key, 2, phone=LEADER)

    link.ear.wait_for(SupervisionChanged, call_key=key, mode=None)
    assert live(link, key).place is Place.TALKING


# --- losing, ending, counting -------------------------------------------------------------------


def test_an_agent_lost_with_a_held_caller_keeps_the_caller(link: Bench) -> None:
    key = talking_caller(link, AGENT)
    order(link, HoldCaller, key, 1, phone=AGENT)
    link.ear.wait_for(CallerHeld, call_key=key)
    link.phone_goes(AGENT)

    link.send(KeepCaller, key)

    link.ear.wait_for(AgentGone, call_key=key, reason=PartyLost.PHONE_LOST)
    link.ear.wait_for(CallerPlaced, call_key=key, place=Place.KEPT)


def test_a_hang_up_order_ends_a_call_of_three(link: Bench) -> None:
    key = consulting(link)
    order(link, JoinParties, key, 2, phone=AGENT)
    link.ear.wait_for(PartiesJoined, call_key=key)

    link.send(HangUp, key)

    assert link.ear.wait_for(CallEnded, call_key=key).ended_by is EndedBy.APP


def test_no_two_pieces_of_control_news_share_a_natural_key(link: Bench) -> None:
    key = consulting(link)
    order(link, JoinParties, key, 2, phone=AGENT)
    link.ear.wait_for(PartiesJoined, call_key=key)
    order(link, HoldCaller, key, 3, phone=AGENT)
    link.ear.wait_for(CallerHeld, call_key=key, order_id=OF_ORDER + 3)
    order(link, JoinParties, key, 4, phone=AGENT)
    link.ear.wait_for(PartiesJoined, call_key=key, nth=2)
    order(link, DropParty, key, 5, party=OF_ORDER + 1)
    link.ear.wait_for(PartyGone, call_key=key)
    order(link, HoldCaller, key, 6, phone=AGENT)
    link.ear.wait_for(CallerHeld, call_key=key, order_id=OF_ORDER + 6)
    order(link, ResumeCaller, key, 7, phone=AGENT)
    link.ear.wait_for(CallerResumed, call_key=key)

    told = [piece for piece in link.ear.heard if isinstance(piece, TelephonyEvent)]
    assert len({piece.natural_key for piece in told}) == len(told)
