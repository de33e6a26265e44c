"""The simulated exchange as a running thing: threads, links, faults, sound."""

import io
import time
import wave
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Thread
from urllib.parse import urlsplit

import pytest

from telephony.events import (
    CallArrived,
    CallEnded,
    CallerPlaced,
    LinkChanged,
    News,
    Place,
    TelephonyEvent,
)
from telephony.port import FallbackSeat, PhoneSecret
from telephony.simulator.audio import LONGEST_SECONDS, make_silence, make_talk
from telephony.simulator.engine import AlreadyListening
from telephony.simulator.faults import FaultRates, NewsPost
from telephony.simulator.provider import build, simulator_of
from telephony.simulator.settings import read_settings
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.simulator import Simulator
from tests.telephony.exchange_bench import Ear, SimulatorBench, to_the_queue

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def bench() -> Iterator[SimulatorBench]:
    with SimulatorBench() as bench:
        yield bench


def arrivals(count: int) -> list[News]:
    return [
        CallEnded(
            exchange_id="sim",
            boot_id="boot",
            call_key=f"boot.{number}",
            leg_key=f"boot.{number}",
            happened_at=EIGHT,
            cause=16,
            ended_by="caller",  # type: ignore[arg-type]
        )
        for number in range(count)
    ]


def advance_until_heard(clock: VirtualClock, ear: Ear, kind: type, **what: object) -> None:
    """Move the clock by seconds; the listening thread needs a moment of ours for each."""
    deadline = time.monotonic() + 5
    while not ear.of(kind, **what) and time.monotonic() < deadline:
        clock.advance(1)
        time.sleep(0.002)


def test_an_address_builds_a_whole_exchange() -> None:
    exchange = build("sim", urlsplit("simulator://demo?every=20"), {"every": "20"})

    assert exchange.kind == "simulator"
    assert exchange.answers_by_http
    for part in ("stream", "snapshot", "phones", "desk_phones", "fallback", "recordings"):
        assert getattr(exchange, part) is not None
    assert simulator_of(exchange) is exchange.orders


def test_it_listens_to_one_app_at_a_time(bench: SimulatorBench) -> None:
    bench.connect()

    with pytest.raises(AlreadyListening):
        bench.simulator.listen(bench.ear.tell, to_the_queue)


def test_each_simulator_is_a_life_of_its_own(bench: SimulatorBench) -> None:
    other = SimulatorBench()
    for each in (bench, other):
        each.connect()
        each.disconnect()

    first, second = (each.ear.of(LinkChanged)[0].boot_id for each in (bench, other))
    assert first != second


def test_a_restart_loses_every_call_and_begins_a_new_life(bench: SimulatorBench) -> None:
    bench.connect()
    call_key = bench.caller()
    bench.ear.wait_for(CallerPlaced, call_key=call_key)

    bench.simulator.restart()

    bench.ear.wait_for(LinkChanged, is_up=True, nth=2)
    first, second = bench.ear.of(LinkChanged, is_up=True)
    assert first.boot_id != second.boot_id
    assert bench.simulator.live_calls() == []
    assert bench.ear.of(CallEnded) == []
    assert bench.caller() != call_key


def test_news_of_a_cut_link_is_lost(bench: SimulatorBench) -> None:
    bench.connect()
    call_key = bench.caller()
    bench.ear.wait_for(CallerPlaced, call_key=call_key, place=Place.QUEUE)
    bench.cut_link()
    bench.caller_hangs_up(call_key)
    bench.mend_link()

    bench.ear.wait_for(LinkChanged, is_up=True, nth=2)
    assert bench.ear.of(CallEnded) == []
    assert bench.simulator.live_calls() == []


def test_an_app_that_could_not_take_the_news_is_told_to_look_again() -> None:
    clock = VirtualClock(EIGHT)
    simulator = Simulator("sim", read_settings("quiet", {}), clock=clock)
    ear = Ear()

    def tell(news: Sequence[News]) -> None:
        if any(isinstance(piece, CallArrived) for piece in news):
            raise RuntimeError("the database is away")
        ear.tell(news)

    thread = Thread(target=simulator.listen, args=(tell, to_the_queue), daemon=True)
    thread.start()
    ear.wait_for(LinkChanged, is_up=True)
    simulator.place_call("12315")
    advance_until_heard(clock, ear, LinkChanged, is_up=False)

    ear.wait_for(LinkChanged, is_up=True, nth=2)
    simulator.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_it_stops_quickly_and_costs_nothing_while_nothing_happens() -> None:
    simulator = Simulator("sim", read_settings("quiet", {}))
    ear = Ear()
    thread = Thread(target=simulator.listen, args=(ear.tell, to_the_queue), daemon=True)
    thread.start()
    ear.wait_for(LinkChanged, is_up=True)
    simulator.place_call("12315", patience=600)

    work = time.process_time()
    time.sleep(0.3)
    work = time.process_time() - work
    begun = time.monotonic()
    simulator.stop()
    thread.join(5)

    assert not thread.is_alive()
    assert time.monotonic() - begun < 0.5
    assert work < 0.15


def test_real_time_brings_what_falls_due() -> None:
    simulator = Simulator("sim", read_settings("quiet", {}))
    ear = Ear()
    thread = Thread(target=simulator.listen, args=(ear.tell, to_the_queue), daemon=True)
    thread.start()

    call_key = simulator.place_call("12315", patience=0.2)

    ended = ear.wait_for(CallEnded, call_key=call_key)
    arrived = ear.wait_for(CallArrived, call_key=call_key)
    assert timedelta(seconds=0.2) <= ended.happened_at - arrived.happened_at
    simulator.stop()
    thread.join(5)


def test_calls_arrive_by_themselves_once_a_phone_is_there() -> None:
    clock = VirtualClock(EIGHT)
    simulator = Simulator("sim", read_settings("demo", {}), clock=clock)
    simulator.use_numbers(["12333"], known_callers=["15400000001"])
    ear = Ear()
    thread = Thread(target=simulator.listen, args=(ear.tell, to_the_queue), daemon=True)
    thread.start()
    clock.advance(120)
    ear.wait_for(LinkChanged, is_up=True)
    assert ear.of(CallArrived) == []

    simulator.admit(PhoneSecret(phone="1006", secret="-", display_name="-"))
    simulator.set_phone_there("1006", True)
    advance_until_heard(clock, ear, CallArrived)

    assert ear.wait_for(CallArrived).dialled_number == "12333"
    simulator.stop()
    thread.join(5)


def test_the_panel_sees_live_calls_first_and_then_the_ended(bench: SimulatorBench) -> None:
    bench.connect()
    gone, live = bench.caller(), bench.caller()
    bench.caller_hangs_up(gone)

    recent = bench.simulator.recent()

    assert [(call.call_key, call.is_up) for call in recent] == [(live, True), (gone, False)]


def test_seats_are_mirrored_for_the_time_without_the_app(bench: SimulatorBench) -> None:
    assert bench.exchange.fallback is not None
    bench.exchange.fallback.mirror([FallbackSeat(phone="1006", is_paused=False)])
    bench.exchange.fallback.mirror([FallbackSeat(phone="1007", is_paused=True)])

    assert bench.simulator.mirrored_seats() == [FallbackSeat(phone="1007", is_paused=True)]


def test_many_threads_may_order_and_ask_at_once(bench: SimulatorBench) -> None:
    bench.connect()

    def call_and_hang_up() -> None:
        for _ in range(25):
            key = bench.simulator.place_call("12315")
            bench.simulator.live_calls()
            bench.simulator.caller_hangs_up(key)

    threads = [Thread(target=call_and_hang_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    bench.ear.wait_for(CallEnded, nth=200)
    keys = Counter(e.natural_key for e in bench.ear.heard if isinstance(e, TelephonyEvent))
    assert set(keys.values()) == {1}


# --- faults -----------------------------------------------------------------------------------


def test_without_faults_news_arrives_once_and_in_order() -> None:
    post = NewsPost(seed=1)
    news = arrivals(50)

    post.send(news, EIGHT)

    assert post.take(EIGHT) == news
    assert post.take(EIGHT) == []


def test_faults_lose_double_and_delay_as_much_as_asked() -> None:
    post = NewsPost(seed=1)
    post.rates = FaultRates(drop=0.2, double=0.3, delay=0.5, delay_seconds=4)
    post.send(arrivals(1000), EIGHT)

    at_once = post.take(EIGHT)
    late = post.take(EIGHT + timedelta(seconds=4))

    times = Counter(e.natural_key for e in [*at_once, *late] if isinstance(e, TelephonyEvent))
    assert 750 <= len(times) <= 850
    assert 180 <= sum(count == 2 for count in times.values()) <= 300
    assert len(late) > 400
    assert post.next_arrival() is None


def test_the_state_of_a_link_is_never_lost() -> None:
    post = NewsPost(seed=1)
    post.rates = FaultRates(drop=1.0)
    link = LinkChanged(exchange_id="sim", boot_id="b", is_up=True, why="-", happened_at=EIGHT)

    post.send([link], EIGHT)

    assert post.take(EIGHT) == [link]


# --- sound ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [0.0, 0.5, 7.25, 61])
def test_a_talk_sounds_for_as_long_as_it_lasted(seconds: float) -> None:
    with wave.open(io.BytesIO(make_talk(seconds))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        assert sound.getnframes() == round(seconds * 8000)


def test_a_talk_has_two_voices_and_pauses() -> None:
    with wave.open(io.BytesIO(make_talk(4))) as sound:
        samples = array("h", sound.readframes(sound.getnframes()))

    assert max(samples) > 4000
    assert set(samples[13_600:15_500]) == {0}
    assert make_talk(2) != make_silence(2)


def test_a_very_long_talk_is_cut() -> None:
    with wave.open(io.BytesIO(make_talk(10_000))) as sound:
        assert sound.getnframes() == LONGEST_SECONDS * 8000
