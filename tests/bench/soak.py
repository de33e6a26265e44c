"""Five calls a second for hours: does the memory of the workstation, or of Asterisk, go on growing?

`SOAK=2h` sets how long. Asterisk runs twice: as it is installed, and with MALLOC_ARENA_MAX=2, which
tells a leak from memory that the C library keeps for threads that are gone.
"""

from pathlib import Path
from threading import Event, Thread

import psutil

from tests.bench.crowds import Crowd
from tests.bench.rows import Row
from tests.bench.stage import OUR_NUMBER, Stage, set_up

PER_SECOND = 5.0
TALKS = 4.0
AGENTS = 60
MEGABYTE = 1024 * 1024
FLAT_PERCENT = 5.0
LOOKS = 40


def run(seconds: float, work: Path) -> list[Row]:
    """Soak for so long as installed, and as long again with few arenas."""
    rows = []
    for name, environment in (("", {}), (", MALLOC_ARENA_MAX=2", {"MALLOC_ARENA_MAX": "2"})):
        with set_up(work / f"soak{len(rows)}", agents=AGENTS, environment=environment) as stage:
            rows += _soak(stage, seconds, name)
    return rows


def _soak(stage: Stage, seconds: float, name: str) -> list[Row]:
    crowd = Crowd(
        callers=max(10, int(seconds * PER_SECOND)),
        per_second=PER_SECOND,
        dialled=OUR_NUMBER,
        talks=TALKS,
    )
    ours, theirs = [_megabytes(stage.app)], [_megabytes(stage.asterisk)]
    is_over = Event()

    def look() -> None:
        while not is_over.wait(max(0.5, seconds / LOOKS)):
            ours.append(_megabytes(stage.app))
            theirs.append(_megabytes(stage.asterisk))

    looking = Thread(target=look)
    looking.start()
    try:
        stage.play(crowd, patience=seconds * 1.5 + 120)
    finally:
        is_over.set()
        looking.join()
    hours = crowd.callers / PER_SECOND / 3600
    growth = _second_half(ours)
    return [
        Row(
            name=f"soak{name}: workstation, growth in the second half",
            value=growth,
            unit="%",
            peer=f"{ours[0]:.0f} to {ours[-1]:.0f} MB, {crowd.callers} calls in {hours:.2f} h",
            goal=f"<= {FLAT_PERCENT:g} % in two hours",
            ok=growth <= FLAT_PERCENT if hours >= 1 else None,
        ),
        Row(
            name=f"soak{name}: Asterisk, growth in the second half",
            value=_second_half(theirs),
            unit="%",
            peer=f"{theirs[0]:.0f} to {theirs[-1]:.0f} MB",
        ),
    ]


def _megabytes(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / MEGABYTE


def _second_half(looks: list[float]) -> float:
    """Return how many per cent the last quarter lies above the second: warming up is not growth."""
    quarter = max(1, len(looks) // 4)
    before, after = looks[quarter : 2 * quarter] or looks[:1], looks[-quarter:]
    mean_before, mean_after = sum(before) / len(before), sum(after) / len(after)
    return 100 * (mean_after / mean_before - 1)
