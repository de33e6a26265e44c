"""The make-believe world: whatever is done to it, its story holds together."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.events import (
    AgentAnswered,
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    EndedBy,
    News,
    PartyLost,
    PhoneChanged,
    Place,
    RecordingReady,
    RingFailed,
    RingFailure,
    TelephonyEvent,
)
from telephony.orders import (
    AnswerForAgent,
    HangUp,
    KeepCaller,
    Order,
    ReturnToQueue,
    RingAgent,
    StopRinging,
)
from telephony.port import ExchangeRefused, IntakeAction
from telephony.simulator.sim_call import Caller, SimCall
from telephony.simulator.world import World

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return EIGHT + timedelta(seconds=seconds)


def a_caller(*, patience: float | None = 90, talk: float = 60) -> Caller:
    return Caller(
        from_number="15407620001",
        dialled_number="12315",
        patience=None if patience is None else timedelta(seconds=patience),
        talk=timedelta(seconds=talk),
    )


def a_world() -> World:
    world = World("sim", "boot")
    for phone in ("1006", "1007"):
        world.change_phone(phone, EIGHT, is_admitted=True, is_desk_open=True)
    world.news.clear()
    return world


def waiting(world: World, caller: Caller | None = None) -> SimCall:
    call = world.place_call(caller or a_caller(), EIGHT)
    world.let_in(call.call_key, IntakeAction.QUEUE, EIGHT)
    return call


def talking(world: World, caller: Caller | None = None) -> SimCall:
    call = waiting(world, caller)
    world.obey(ring(1, call), EIGHT)
    world.obey(AnswerForAgent(order_id=2, call_key=call.call_key, phone="1006"), EIGHT)
    return call


def ring(order_id: int, call: SimCall, phone: str = "1006", *, resumes: bool = False) -> RingAgent:
    return RingAgent(
        order_id=order_id, call_key=call.call_key, phone=phone, ring_seconds=20, resumes=resumes
    )


def told(world: World, kind: type[News]) -> list[News]:
    return [piece for piece in world.news if isinstance(piece, kind)]


def test_a_jump_of_an_hour_tells_the_same_story_as_an_hour() -> None:
    jumped, walked = a_world(), a_world()
    for world in (jumped, walked):
        world.obey(ring(1, waiting(world)), EIGHT)

    jumped.pass_time(at(3600))
    for second in range(3601):
        walked.pass_time(at(second))

    assert jumped.news == walked.news
    assert [type(piece) for piece in jumped.news][-2:] == [CallerPlaced, CallEnded]
    assert jumped.news[-1].happened_at == at(90)


def test_a_caller_talks_for_as_long_as_he_has_something_to_say() -> None:
    world = a_world()
    talking(world, a_caller(talk=75))

    world.pass_time(at(200))

    [ended] = told(world, CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.happened_at, ended.ended_by) == (at(75), EndedBy.CALLER)


def test_an_answered_caller_loses_his_patience_no_more() -> None:
    world = a_world()
    talking(world, a_caller(patience=10, talk=60))

    world.pass_time(at(30))

    assert told(world, CallEnded) == []


def test_a_caller_who_is_kept_has_his_patience_anew() -> None:
    world = a_world()
    call = talking(world, a_caller(patience=10, talk=60))
    world.pass_time(at(30))
    world.obey(KeepCaller(order_id=3, call_key=call.call_key), at(30))

    world.pass_time(at(39))
    assert told(world, CallEnded) == []

    world.pass_time(at(41))
    [ended] = told(world, CallEnded)
    assert ended.happened_at == at(40)


def test_a_caller_without_an_end_to_his_patience_waits_for_ever() -> None:
    world = a_world()
    waiting(world, a_caller(patience=None))

    world.pass_time(at(24 * 3600))

    assert told(world, CallEnded) == []


def test_each_piece_of_a_talk_is_a_recording_of_its_length() -> None:
    world = a_world()
    call = talking(world, a_caller(talk=60))
    world.obey(KeepCaller(order_id=3, call_key=call.call_key), at(20))
    world.obey(ring(4, call, resumes=True), at(25))
    world.pass_time(at(300))

    names = [e.recording_name for e in world.news if isinstance(e, RecordingReady)]
    assert names == ["sim_boot.1_1.wav", "sim_boot.1_2.wav"]
    lengths = [round(world.recordings[name].total_seconds()) for name in names]
    assert lengths == [20, 40]


def test_a_resumed_conversation_that_nobody_takes_stays_kept() -> None:
    world = a_world()
    call = talking(world)
    world.change_phone("1006", at(5), is_desk_open=False)
    world.obey(KeepCaller(order_id=3, call_key=call.call_key), at(5))

    world.obey(ring(4, call, resumes=True), at(6))

    assert world.calls[call.call_key].place is Place.KEPT


def test_a_desk_that_closes_while_it_rings_gives_the_caller_back_at_once() -> None:
    world = a_world()
    call = waiting(world)
    world.obey(ring(1, call), EIGHT)

    world.change_phone("1006", at(3), is_desk_open=False)

    [failed] = told(world, RingFailed)
    assert isinstance(failed, RingFailed)
    assert failed.reason is RingFailure.UNREACHABLE
    assert call.place is Place.QUEUE


def test_a_phone_is_there_when_it_is_admitted_and_its_desk_is_open() -> None:
    world = World("sim", "boot")
    world.change_phone("1006", at(0), is_desk_open=True)
    assert not world.phones.is_there("1006")
    world.change_phone("1006", at(1), is_admitted=True)
    assert world.phones.is_there("1006")
    world.change_phone("1006", at(2), is_admitted=False)
    assert not world.phones.is_there("1006")

    changes = [piece for piece in world.news if isinstance(piece, PhoneChanged)]
    assert [change.is_there for change in changes] == [True, False]
    assert changes[0].contact == changes[1].contact != ""


def test_an_agent_who_hangs_up_ends_the_call_and_a_lost_one_does_not() -> None:
    world = a_world()
    first = talking(world)
    world.agent_leaves("1006", PartyLost.HUNG_UP, at(5))
    assert (first.ended_by, first.is_up) == (EndedBy.AGENT, False)

    second = talking(world)
    world.agent_leaves("1006", PartyLost.MEDIA_LOST, at(5))
    assert (second.place, second.is_up) == (Place.KEPT, True)


def test_callers_who_come_on_hold_while_the_app_is_away_are_not_held_for_it() -> None:
    world = a_world()
    call = waiting(world)
    world.obey(ring(1, call), EIGHT)
    world.app_left(at(1))

    world.pass_time(at(60))

    placed = [piece.place for piece in world.news if isinstance(piece, CallerPlaced)]
    assert placed == [Place.QUEUE, Place.QUEUE, Place.ALONE]
    world.app_is_back()
    world.pass_time(at(66))
    assert call.place is Place.QUEUE
    moments = [piece.happened_at for piece in world.news]
    assert moments == sorted(moments)


ACTS = ("arrive", "ring", "stop", "keep", "return", "answer", "hang up", "caller", "desk", "wait")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(ACTS), st.integers(0, 4), st.sampled_from(["1006", "1007"])),
        max_size=40,
    )
)
def test_whatever_is_ordered_the_news_tells_what_the_snapshot_shows(
    acts: list[tuple[str, int, str]],
) -> None:
    world = a_world()
    now = 0.0

    for number, (act, which, phone) in enumerate(acts, start=1):
        now += 0.7
        world.pass_time(at(now))
        with suppress(ExchangeRefused):
            _do(world, act, which, phone, number, at(now))
        assert _told_state(world.news) == _shown_state(world)
        _nobody_is_stuck(world)
        assert len({c.phone for c in world.calls.values() if c.phone}) == sum(
            1 for c in world.calls.values() if c.phone
        )

    events = [piece for piece in world.news if isinstance(piece, TelephonyEvent)]
    assert len({event.natural_key for event in events}) == len(events)
    assert [e.happened_at for e in events] == sorted(e.happened_at for e in events)
    world.pass_time(at(now + 3600))
    assert world.calls == {}


def _do(world: World, act: str, which: int, phone: str, number: int, now: datetime) -> None:
    if act == "arrive":
        call = world.place_call(a_caller(patience=30, talk=20), now)
        world.let_in(call.call_key, IntakeAction.QUEUE if which else None, now)
        return
    if act == "desk":
        world.change_phone(phone, now, is_desk_open=bool(which % 2))
        return
    if act == "wait":
        world.pass_time(now)
        return
    call_key = f"boot.{which}"
    if act == "caller":
        world.caller_hangs_up(call_key, now)
        return
    world.obey(_order(act, number, call_key, phone), now)


def _order(act: str, number: int, call_key: str, phone: str) -> Order:
    match act:
        case "ring":
            return RingAgent(order_id=number, call_key=call_key, phone=phone, ring_seconds=5)
        case "stop":
            return StopRinging(order_id=number, call_key=call_key, phone=phone)
        case "answer":
            return AnswerForAgent(order_id=number, call_key=call_key, phone=phone)
        case "keep":
            return KeepCaller(order_id=number, call_key=call_key)
        case "return":
            return ReturnToQueue(order_id=number, call_key=call_key)
    return HangUp(order_id=number, call_key=call_key)


def _shown_state(world: World) -> dict[str, tuple[Place, str | None]]:
    return {call.call_key: (call.place, call.phone) for call in world.live_calls()}


def _told_state(news: list[News]) -> dict[str, tuple[Place, str | None]]:
    state: dict[str, tuple[Place, str | None]] = {}
    for event in news:
        match event:
            case CallArrived():
                state[event.call_key] = (Place.INTAKE, None)
            case CallerPlaced():
                state[event.call_key] = (event.place, None)
            case AgentRinging():
                state[event.call_key] = (Place.RINGING, event.phone)
            case AgentAnswered():
                state[event.call_key] = (Place.TALKING, event.phone)
            case CallEnded():
                del state[event.call_key]
    return state


def _nobody_is_stuck(world: World) -> None:
    for call in world.calls.values():
        assert call.due, f"nothing will ever happen to {call}"


def test_an_order_about_a_call_at_the_door_may_be_tried_again() -> None:
    world = a_world()
    call = world.place_call(a_caller(), EIGHT)

    with pytest.raises(ExchangeRefused) as refusal:
        world.obey(ring(1, call), EIGHT)

    assert refusal.value.is_retryable
    world.let_in(call.call_key, IntakeAction.QUEUE, EIGHT)
    world.obey(ring(1, call), EIGHT)
    assert call.place is Place.RINGING
