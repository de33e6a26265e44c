"""What every exchange promises for the time without us, and of what it shows when we are back."""

from datetime import timedelta
from threading import Event as Signal

import pytest

from telephony.events import (
    AgentRinging,
    CallArrived,
    CallEnded,
    CallerPlaced,
    LinkChanged,
    Place,
    TelephonyEvent,
)
from telephony.orders import KeepCaller, ReturnToQueue
from telephony.port import ExchangeRefused
from tests.services.processes import wait_until
from tests.telephony.exchange_bench import Bench
from tests.telephony.reaching import ring, ringing_caller, talking_caller, waiting_caller

FINEST_SNAPSHOT = timedelta(seconds=1)  # an exchange may keep whole seconds


def test_a_link_that_comes_back_names_the_same_life_of_the_exchange(link: Bench) -> None:
    link.cut_link()
    link.ear.wait_for(LinkChanged, is_up=False)
    link.mend_link()

    link.ear.wait_for(LinkChanged, is_up=True, nth=2)
    first, second = link.ear.of(LinkChanged, is_up=True)
    assert first.boot_id == second.boot_id


def test_callers_of_an_app_that_is_gone_go_the_exchanges_own_way(bench: Bench) -> None:
    bench.connect()
    waiting_caller(bench)
    bench.disconnect()

    bench.pass_time(7)
    bench.connect()

    assert bench.exchange.snapshot is not None
    assert [call.place for call in bench.exchange.snapshot.live_calls()] == [Place.ALONE]


def test_a_caller_whom_the_exchange_kept_comes_back_to_a_returning_app(bench: Bench) -> None:
    call_key = bench.caller()
    bench.pass_time(3)
    bench.connect()

    with pytest.raises(ExchangeRefused) as refusal:
        ring(bench, call_key)
    assert (refusal.value.code, refusal.value.is_retryable) == ("refused", True)
    bench.pass_time(20)

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)


def test_a_caller_whom_the_exchange_kept_can_be_fetched_at_once(bench: Bench) -> None:
    call_key = bench.caller()
    bench.pass_time(3)
    bench.connect()

    bench.send(ReturnToQueue, call_key)

    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)


def test_callers_of_an_app_that_cannot_save_go_the_exchanges_own_way_until_it_can(
    bench: Bench,
) -> None:
    can_work = Signal()
    can_work.set()
    bench.connect(is_well=can_work.is_set)
    call_key = waiting_caller(bench)

    def comes_to(place: Place, *, nth: int = 1) -> bool:
        bench.pass_time(0.5)
        return len(bench.ear.of(CallerPlaced, call_key=call_key, place=place)) >= nth

    can_work.clear()
    wait_until(lambda: comes_to(Place.ALONE), seconds=8, what="the exchange's own way")
    can_work.set()
    wait_until(lambda: comes_to(Place.QUEUE, nth=2), seconds=10, what="our queue again")


def test_a_talk_goes_on_while_the_app_is_away(bench: Bench) -> None:
    bench.connect()
    call_key = talking_caller(bench)
    bench.disconnect()
    bench.pass_time(10)
    bench.connect()

    assert bench.exchange.snapshot is not None
    [call] = bench.exchange.snapshot.live_calls()
    assert (call.call_key, call.place, call.phone) == (call_key, Place.TALKING, "1006")


def test_the_snapshot_equals_what_the_news_said(link: Bench) -> None:
    waiting = waiting_caller(link, from_number="15407620007")
    ringing = ringing_caller(link, "1006")
    talking = talking_caller(link, "1007")
    gone = waiting_caller(link)
    link.caller_hangs_up(gone)
    link.ear.wait_for(CallEnded, call_key=gone)

    assert link.exchange.snapshot is not None
    calls = {call.call_key: call for call in link.exchange.snapshot.live_calls()}

    assert {key: (call.place, call.phone) for key, call in calls.items()} == {
        waiting: (Place.QUEUE, None),
        ringing: (Place.RINGING, "1006"),
        talking: (Place.TALKING, "1007"),
    }
    assert calls[ringing].agent_leg_key == link.ear.of(AgentRinging, phone="1006")[0].leg_key
    for arrived in link.ear.of(CallArrived):
        call = calls.get(arrived.call_key)
        if call is not None:
            assert (call.from_number, call.dialled_number, call.boot_id) == (
                arrived.from_number,
                arrived.dialled_number,
                arrived.boot_id,
            )
            assert abs(call.invited_at - arrived.invited_at) < FINEST_SNAPSHOT


def test_no_two_events_share_a_natural_key_and_time_never_runs_back(link: Bench) -> None:
    call_key = talking_caller(link)
    link.send(KeepCaller, call_key)
    link.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.KEPT)
    link.send(ReturnToQueue, call_key)
    ring(link, call_key)
    link.ear.wait_for(AgentRinging, call_key=call_key, nth=2)
    link.caller_hangs_up(call_key)
    link.ear.wait_for(CallEnded, call_key=call_key)

    events = [piece for piece in link.ear.heard if isinstance(piece, TelephonyEvent)]
    assert len({event.natural_key for event in events}) == len(events)
    moments = [event.happened_at for event in events]
    assert moments == sorted(moments)
    assert {event.exchange_id for event in events} == {link.exchange.exchange_id}
