"""Stories told to the simulator: read strictly, played to the second, the same for one seed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from telephony.events import (
    AgentAnswered,
    AgentGone,
    CallEnded,
    CallerPlaced,
    EndedBy,
    LinkChanged,
    News,
    PartyLost,
    PhoneChanged,
    Place,
    RingFailed,
    RingFailure,
    TelephonyEvent,
)
from telephony.orders import RingAgent
from telephony.port import ExchangeRefused, FallbackSeat
from telephony.simulator.agents import Habits
from telephony.simulator.faults import FaultRates
from telephony.simulator.settings import SimulatorSettings
from telephony.simulator.sim_clock import VirtualClock
from telephony.simulator.stepped import SteppedSimulator
from telephony.simulator.story import StoryFault, Turn, read_story
from tests.telephony.exchange_bench import to_the_queue

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
A_MORNING = """
# Two agents; the first one misses, loses his phone, and comes back.
seed 7
0:00  8001 is there
0:00  8002 is there
0:01  8001 misses
0:01  8001 answers after 3s
0:05  15407620001 calls 12315, waits 60s, talks 90s
0:06  15407620002 calls 12333, waits 4s
0:50  8001 loses the phone for 4s
1:20  15407620001 hangs up
"""


class SmallApp:
    """Rings the first phone for whoever waits: enough of an app to play a story through."""

    def __init__(self, story: str, *, faults: FaultRates | None = None, seed: int = 7) -> None:
        self.clock = VirtualClock(EIGHT)
        settings = SimulatorSettings(seed=seed)
        self.simulator = SteppedSimulator("sim", settings, clock=self.clock)
        if faults is not None:
            self.simulator.set_faults(faults)
        self.heard: list[News] = []
        self._orders = 0
        self.simulator.play(read_story(story))
        self.simulator.connect(to_the_queue)

    def play(self, seconds: int, *, serves: str = "8001") -> None:
        until = self.clock.now() + timedelta(seconds=seconds)
        while self.clock.now() < until:
            for piece in self.simulator.take():
                self.heard.append(piece)
                if isinstance(piece, CallerPlaced) and piece.place is not Place.ALONE:
                    self._ring(piece, serves)
            self.clock.advance(0.5)

    def _ring(self, placed: CallerPlaced, phone: str) -> None:
        self._orders += 1
        resumes = placed.place is Place.KEPT
        with suppress(ExchangeRefused):  # gone already, or one of the faults that were asked for
            self.simulator.send(
                RingAgent(
                    order_id=self._orders,
                    call_key=placed.call_key,
                    phone=phone,
                    ring_seconds=10,
                    resumes=resumes,
                )
            )

    def of(self, kind: type[News]) -> list[News]:
        return [piece for piece in self.heard if isinstance(piece, kind)]


def test_a_story_is_played_to_the_second() -> None:
    app = SmallApp(A_MORNING)

    app.play(120)

    first = [
        (type(piece).__name__, (piece.happened_at - EIGHT).total_seconds())
        for piece in app.of(TelephonyEvent)
        if isinstance(piece, TelephonyEvent) and piece.call_key.endswith(".1")
    ]
    # He rings 8001 from 0:05, who misses it; at the second ring he answers after three seconds.
    assert first[:6] == [
        ("CallArrived", 5.0),
        ("CallerPlaced", 5.0),
        ("AgentRinging", 5.0),
        ("RingFailed", 15.0),
        ("CallerPlaced", 15.0),
        ("AgentRinging", 15.0),
    ]
    assert ("AgentAnswered", 18.0) in first
    assert ("AgentGone", 50.0) in first
    assert [when for name, when in first if name == "CallEnded"] == [80.0]


def test_a_caller_whose_patience_ends_hangs_up_by_himself() -> None:
    app = SmallApp(A_MORNING)

    app.play(30)

    [ended] = app.of(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.happened_at, ended.ended_by) == (EIGHT + timedelta(seconds=10), EndedBy.CALLER)


def test_a_lost_phone_comes_back_by_itself() -> None:
    app = SmallApp(A_MORNING)

    app.play(70)

    moments = [
        ((piece.happened_at - EIGHT).total_seconds(), piece.is_there)
        for piece in app.of(PhoneChanged)
        if isinstance(piece, PhoneChanged) and piece.phone == "8001"
    ]
    assert moments == [(50.0, False), (54.0, True)]
    [gone] = app.of(AgentGone)
    assert isinstance(gone, AgentGone)
    assert gone.reason is PartyLost.PHONE_LOST


def test_one_seed_and_one_script_give_one_stream_byte_for_byte() -> None:
    def told(seed: int) -> bytes:
        app = SmallApp(A_MORNING, faults=FaultRates.all_at(0.2), seed=seed)
        app.play(150)
        return repr(app.heard).encode()

    assert told(7) == told(7)
    assert told(7) != told(8)


def test_a_story_can_break_the_link_and_the_exchange() -> None:
    app = SmallApp("0:10 the link breaks for 5s\n0:20 the exchange restarts")

    app.play(30)

    links = [(piece.boot_id, piece.is_up) for piece in app.heard if isinstance(piece, LinkChanged)]
    assert links == [
        ("seed7-life1", True),
        ("seed7-life1", False),
        ("seed7-life1", True),
        ("seed7-life1", False),
        ("seed7-life2", True),
    ]


def test_a_story_says_which_line_it_does_not_understand() -> None:
    with pytest.raises(StoryFault, match=r"line 2: nobody understands '8001 sings'"):
        read_story("0:00 8001 is there\n0:05 8001 sings")
    with pytest.raises(StoryFault, match="line 1: a moment"):
        read_story("soon 8001 is there")


def test_a_story_knows_who_is_rung_how_often_and_how_long() -> None:
    story = read_story(
        "1:00:02 8001 misses 3 times\n0:10 8002 rejects after 2s\n0:05 withheld calls 12345"
    )

    assert [(cue.turn, cue.at.total_seconds(), cue.times) for cue in story.cues] == [
        (Turn.CALLS, 5.0, 1),
        (Turn.REJECTS, 10.0, 1),
        (Turn.MISSES, 3602.0, 3),
    ]
    assert (story.cues[0].who, story.cues[0].waits) == ("", None)


def test_an_agent_who_rejects_is_told_apart_from_one_who_misses() -> None:
    app = SmallApp("0:00 8001 is there\n0:01 8001 rejects after 2s\n0:05 15407620001 calls 12315")

    app.play(9)

    [failed] = app.of(RingFailed)
    assert isinstance(failed, RingFailed)
    assert (failed.reason, failed.happened_at) == (
        RingFailure.REJECTED,
        EIGHT + timedelta(seconds=7),
    )


def test_a_mirrored_seat_is_rung_while_the_app_is_away() -> None:
    """The complaint: seats were kept and never rung; callers left alone waited for ever."""
    app = SmallApp(
        "0:00 8001 is there\n0:00 8002 is there\n"
        "0:10 15407620001 calls 12315, waits 300s, talks 20s"
    )
    app.play(5)
    app.simulator.set_habits(Habits(answers_after=(3.0, 3.0)))
    app.simulator.mirror(
        [FallbackSeat(phone="8001", is_paused=True), FallbackSeat(phone="8002", is_paused=False)]
    )
    app.simulator.disconnect()
    app.clock.advance(60)

    told = app.simulator.news_since(EIGHT)

    answered = [piece for piece in told if isinstance(piece, AgentAnswered)]
    assert [piece.phone for piece in answered] == ["8002"]
    assert [piece.place for piece in told if isinstance(piece, CallerPlaced)] == [Place.ALONE]
    assert isinstance(told[-2], CallEnded)


def test_a_seat_that_does_not_answer_alone_leaves_the_caller_to_the_next_one() -> None:
    app = SmallApp(
        "0:00 8001 is there\n0:00 8002 is there\n0:10 15407620001 calls 12315\n"
        "0:10 8002 answers after 1s"
    )
    app.play(5)
    seats = [FallbackSeat(phone=phone, is_paused=False) for phone in ("8001", "8002")]
    app.simulator.mirror(seats)
    app.simulator.disconnect()
    app.clock.advance(60)

    told = app.simulator.news_since(EIGHT)

    [failed] = [piece for piece in told if isinstance(piece, RingFailed)]
    [answered] = [piece for piece in told if isinstance(piece, AgentAnswered)]
    assert (failed.phone, answered.phone) == ("8001", "8002")
    assert failed.happened_at < answered.happened_at
