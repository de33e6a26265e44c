"""Promises about control orders (ADR 0016): each has its outcome, and a repeat changes nothing."""

import pytest

from telephony.control_events import (
    AgentMuted,
    CallerHeld,
    CallerResumed,
    DigitsSent,
    PartiesJoined,
    PartyGone,
    PartyRole,
    RecordingPaused,
    SupervisionChanged,
)
from telephony.control_orders import (
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
)
from telephony.events import (
    AgentGone,
    CallEnded,
    CallerPlaced,
    EndedBy,
    PartyLost,
    Place,
    TelephonyEvent,
)
from telephony.orders import HangUp, KeepCaller
from telephony.port import ExchangeRefused
from tests.telephony.controlling import AGENT, COLLEAGUE, LEADER, OF_ORDER, consulting, live, order
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import talking_caller, waiting_caller

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
