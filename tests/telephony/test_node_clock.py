"""A node whose clock is set goes on telling news in the order in which it happens."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from telephony.asterisk.node_clock import NodeClock
from telephony.events import PhoneChanged
from telephony.port import LastTold
from tests.calls.line_news import TEN, Line

FIVE_MINUTES = 300.0


class Bench:
    """A node's clock and ours, both moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ours, self.theirs = 1000.0, TEN.timestamp()
        monkeypatch.setattr(time, "monotonic", lambda: self.ours)
        self.begin()
        self.ping()

    def begin(self, *, last: LastTold | None = None, boot_id: str = "life-1") -> None:
        """A process begins to listen; `last` is what the one before it was told."""
        self.clock = NodeClock()
        if last is not None:
            self.clock.go_on_after(last)
        self.clock.begin_life(boot_id)

    def pass_by(self, seconds: float) -> None:
        self.ours += seconds
        self.theirs += seconds

    def ping(self, *, takes: float = 0.0) -> datetime:
        """The node says its time, then its answer takes so long."""
        asked, said = self.ours, self.theirs
        self.pass_by(takes)
        return self.clock.ponged(said, asked_at=asked, answered_at=self.ours)

    def event(self) -> PhoneChanged:
        return PhoneChanged(
            exchange_id="hy1",
            phone="1006",
            is_there=True,
            contact="tab",
            happened_at=datetime.fromtimestamp(self.theirs, UTC),
        )

    def told(self, event: PhoneChanged | None = None) -> float:
        """How many seconds after ten this is told to have happened."""
        return (self.clock.put_right(event or self.event()).happened_at - TEN).total_seconds()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_a_clock_that_nobody_sets_is_believed(bench: Bench) -> None:
    for _ in range(3):
        bench.pass_by(2)
        assert bench.ping() == datetime.fromtimestamp(bench.theirs, UTC)

    assert bench.told() == 6
    assert bench.clock.time_there() == TEN + timedelta(seconds=6)


def test_news_after_a_clock_was_set_back_is_later_than_the_news_before(bench: Bench) -> None:
    assert bench.told() == 0

    bench.theirs -= FIVE_MINUTES
    bench.pass_by(1)
    assert bench.told() == 0, "no Ping has told yet: not before what was heard before"
    bench.pass_by(1)
    bench.ping()
    assert bench.told() == 2
    bench.pass_by(7)
    assert bench.told() == 9
    assert bench.clock.time_there() == TEN + timedelta(seconds=9)


def test_news_just_after_a_step_is_not_a_moment_before_the_last_news(bench: Bench) -> None:
    """A phone that is answered would else seem to have been answered before it rang."""
    bench.pass_by(2)
    before = bench.told()

    bench.theirs -= FIVE_MINUTES
    bench.ours += 0.2  # an answer that took its time: where in it the node said it, nobody knows
    bench.clock.ponged(bench.theirs + 0.2, asked_at=bench.ours - 0.4, answered_at=bench.ours)

    assert bench.told() >= before


def test_news_that_waited_since_before_the_clock_was_set_is_not_of_the_future(bench: Bench) -> None:
    bench.pass_by(1)
    waits = bench.event()
    bench.theirs -= FIVE_MINUTES
    bench.pass_by(1)
    bench.ping()

    assert bench.told(waits) == 1
    assert bench.told() == 2


def test_a_clock_that_is_set_right_again_is_believed_again(bench: Bench) -> None:
    bench.theirs -= FIVE_MINUTES
    bench.ping()
    bench.theirs += FIVE_MINUTES
    bench.pass_by(2)

    assert bench.ping() == datetime.fromtimestamp(bench.theirs, UTC)
    assert bench.told() == 2


def test_a_slow_answer_is_no_clock_set_back(bench: Bench) -> None:
    bench.pass_by(2)
    bench.ping(takes=4)
    bench.pass_by(2)
    bench.ping()

    assert bench.told() == 8


def test_news_of_a_time_to_come_makes_no_later_news_of_that_time(bench: Bench) -> None:
    far = bench.event()
    bench.clock.put_right(
        PhoneChanged(
            exchange_id="hy1",
            phone="1006",
            is_there=True,
            contact="tab",
            happened_at=far.happened_at + timedelta(hours=1),
        )
    )
    bench.pass_by(3)

    assert bench.told() == 3


def test_a_caller_who_arrives_after_the_clock_was_set_back_has_not_waited_minutes(
    bench: Bench,
) -> None:
    bench.theirs -= FIVE_MINUTES
    bench.ping()

    arrived = bench.clock.put_right(Line().arrived(-FIVE_MINUTES))

    assert (arrived.happened_at, arrived.invited_at) == (TEN, TEN)


def last_told(bench: Bench, *, ago: float) -> LastTold:
    """The latest that the process before this one heard, which is so long ago now."""
    moment = datetime.fromtimestamp(bench.theirs - ago, UTC)
    return LastTold(boot_id="life-1", happened_at=moment, ago=timedelta(seconds=ago))


def test_a_process_that_begins_after_the_clock_was_set_back_tells_no_old_news(
    bench: Bench,
) -> None:
    bench.pass_by(60)
    last = last_told(bench, ago=20)
    bench.theirs -= FIVE_MINUTES
    bench.begin(last=last)
    bench.pass_by(3)

    assert bench.ping() == TEN + timedelta(seconds=63)
    assert bench.told() == 63
    bench.pass_by(10)
    bench.ping()
    assert bench.told() == 73
    bench.theirs += FIVE_MINUTES
    bench.ping()
    assert bench.told() == 73, "and a clock that is set right again is believed again"


def test_a_node_that_began_a_new_life_is_believed_whatever_was_told_before(bench: Bench) -> None:
    bench.pass_by(60)
    last = last_told(bench, ago=20)
    bench.theirs -= FIVE_MINUTES
    bench.begin(last=last, boot_id="life-2")
    bench.ping()

    assert bench.told() == 60 - FIVE_MINUTES


def test_a_clock_of_ours_that_was_set_forward_meanwhile_moves_nothing(bench: Bench) -> None:
    bench.pass_by(60)
    told = last_told(bench, ago=20)
    long_ago = timedelta(seconds=20 + FIVE_MINUTES)
    bench.begin(last=LastTold(boot_id=told.boot_id, happened_at=told.happened_at, ago=long_ago))
    bench.ping()

    assert bench.told() == 60
