"""Three hundred callers in a minute on twenty agents: first come, first rung, and none lost."""

from pathlib import Path

from tests.bench.crowds import Crowd
from tests.bench.rows import Row, quantile
from tests.bench.stage import OUR_NUMBER, set_up

CALLERS, SECONDS, AGENTS = 300, 60, 20
TALKS = 2.0


def run(size: float, work: Path) -> list[Row]:
    """Let them call."""
    callers, agents = max(6, int(CALLERS * size)), max(2, int(AGENTS * size))
    crowd = Crowd(callers=callers, per_second=CALLERS / SECONDS, dialled=OUR_NUMBER, talks=TALKS)
    with set_up(work / "burst", agents=agents) as stage:
        heard = stage.play(crowd, patience=callers / agents * (TALKS + 3) + 90)
        state = stage.ask()
    came = sorted(heard.called, key=heard.called.__getitem__)
    overtaken = _overtaken(came, {number: heard.rang[number][0][0] for number in heard.rang})
    waits = [wait / 1000 for wait in heard.ring_latencies()]
    return [
        Row(
            name="burst: callers who talked",
            value=float(state["talked"]),
            unit=f"of {callers}",
            peer=f"{agents} agents",
            goal="all",
            ok=state["talked"] == state["ended"] == callers,
        ),
        Row(
            name="burst: callers overtaken",
            value=float(overtaken),
            unit="callers",
            goal="0",
            ok=overtaken == 0,
        ),
        Row(name="burst: longest wait", value=quantile(waits, 1), unit="s"),
    ]


def _overtaken(came: list[str], rang: dict[str, float]) -> int:
    """Count callers for whom a phone rang later than for somebody who came after them."""
    overtaken, earliest = 0, float("inf")
    for number in reversed(came):
        moment = rang.get(number, float("inf"))
        # two agents may become free within the same moment: their INVITEs pass each other
        overtaken += moment > earliest + 0.05
        earliest = min(earliest, moment)
    return overtaken
