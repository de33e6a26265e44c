"""From the caller's INVITE to the agent's, beside Asterisk's own Queue() on the same node."""

from dataclasses import replace
from pathlib import Path

from tests.bench.crowds import Crowd
from tests.bench.rows import Row, at_most, quantile
from tests.bench.stage import OUR_NUMBER, QUEUE_NUMBER, Stage, set_up
from tests.bench.wire import Wire
from tests.bench.workplace import WRAP_UP_SECONDS

AGENTS = 200
# A city's busy hour has less than the first; the others say where it ends.
RATES = (5.0, 20.0, 40.0)
SECONDS_OF_CALLS = 10.0
BEHIND_QUEUE_MS, SLOWEST_MS = 20.0, 60.0
# Busy agents come free about as often as callers arrive: shorter talks would measure another thing,
# namely the most calls a second that one machine bears.
BUSY_PER_SECOND, BUSY_TALKS, BUSY_VARIES = 10.0, 20.0, 0.1


def run(size: float, work: Path) -> list[Row]:
    """Measure free and busy; Queue() and we take turns on one stage."""
    agents = max(4, int(AGENTS * size))
    rows: list[Row] = []
    with set_up(work / "ring", agents=agents) as stage:
        for rate in RATES:
            callers = min(agents, max(4, int(rate * SECONDS_OF_CALLS)))
            rows += _free(stage, callers=callers, rate=rate)
        rows += _busy(stage, callers=agents * 3, talks=max(2.0, BUSY_TALKS * size))
    return rows


def _free(stage: Stage, *, callers: int, rate: float) -> list[Row]:
    """As many callers as agents: a free one is there for each."""
    theirs = _play(stage, QUEUE_NUMBER, callers=callers, rate=rate).ring_latencies()
    ours = _play(stage, OUR_NUMBER, callers=callers, rate=rate).ring_latencies()
    name = f"ring, agents free, {rate:g} calls/s"
    half, slowest = quantile(theirs, 0.5), quantile(theirs, 0.99)
    return [
        _all_rung(name, ours, theirs, callers=callers),
        at_most(
            f"{name}: p50",
            quantile(ours, 0.5),
            "ms",
            goal=round(half + BEHIND_QUEUE_MS, 1),
            peer=f"Queue() {half:.1f}",
        ),
        at_most(
            f"{name}: p99",
            quantile(ours, 0.99),
            "ms",
            goal=SLOWEST_MS,
            peer=f"Queue() {slowest:.1f}",
        ),
    ]


def _busy(stage: Stage, *, callers: int, talks: float) -> list[Row]:
    """Three callers for each agent: from the end of his second of wrap-up to his next INVITE."""
    crowd = Crowd(
        callers=callers,
        per_second=BUSY_PER_SECOND,
        dialled=QUEUE_NUMBER,
        talks=talks,
        varies=BUSY_VARIES,
    )
    theirs = _since_freed(stage.play(crowd))
    ours = _since_freed(stage.play(replace(crowd, dialled=OUR_NUMBER)))
    slowest = quantile(theirs, 0.99)
    return [
        at_most(
            "ring, all busy, agent freed: p99",
            quantile(ours, 0.99),
            "ms",
            goal=round(max(slowest, 0) / 10, 1),
            peer=f"Queue() {slowest:.1f}",
        ),
        Row(
            name="ring, all busy, agent freed: p50",
            value=quantile(ours, 0.5),
            unit="ms",
            peer=f"Queue() {quantile(theirs, 0.5):.1f}",
        ),
    ]


def _since_freed(heard: Wire) -> list[float]:
    """Return the waits after the wrap-up, which is the same on both sides."""
    return [after - WRAP_UP_SECONDS * 1000 for after in heard.freed_latencies()]


def _play(stage: Stage, number: str, *, callers: int, rate: float) -> Wire:
    return stage.play(
        Crowd(callers=callers, per_second=rate, dialled=number, talks=callers / rate + 2)
    )


def _all_rung(name: str, ours: list[float], theirs: list[float], *, callers: int) -> Row:
    return Row(
        name=f"{name}: callers rung",
        value=len(ours),
        unit=f"of {callers}",
        peer=f"Queue() {len(theirs)}",
        goal="all",
        ok=len(ours) == callers,
    )
