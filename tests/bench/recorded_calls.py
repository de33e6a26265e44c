"""What the workstation costs when nobody calls, and while a hundred calls are recorded."""

import time
from pathlib import Path
from threading import Thread

from tests.bench.crowds import Crowd
from tests.bench.rows import Row, at_most
from tests.bench.stage import OUR_NUMBER, Stage, cpu_seconds, set_up

CALLS = 100
PER_SECOND = 10.0
MEASURED_SECONDS = 20.0
IDLE_SECONDS = 20.0


def run(size: float, work: Path) -> list[Row]:
    """Measure without calls; then fill the lines, and measure from the first call to the last."""
    calls = max(3, int(CALLS * size))
    measured = max(3.0, MEASURED_SECONDS * min(1.0, size * 5))
    talks = calls / PER_SECOND + measured
    crowd = Crowd(
        callers=calls, per_second=PER_SECOND, dialled=OUR_NUMBER, talks=talks, has_sound=True
    )
    with set_up(work / "recorded", agents=calls) as stage:
        idle = _while_idle(stage, seconds=IDLE_SECONDS * min(1.0, size * 5))
        played = Thread(target=stage.play, args=(crowd,))
        app, asterisk = cpu_seconds(stage.app), cpu_seconds(stage.asterisk)
        began = time.monotonic()
        played.start()
        played.join()
        seconds = time.monotonic() - began
        app = (cpu_seconds(stage.app) - app) / seconds * 100
        asterisk = (cpu_seconds(stage.asterisk) - asterisk) / seconds * 100
        recordings = len(list((stage.bed.recordings / "open").glob("*.wav")))
    share = 100 * app / asterisk if asterisk else float("nan")
    return [
        Row(
            name="nobody calls: CPU of the workstation",
            value=idle,
            unit="% of a core",
            peer=f"{calls} agents ready",
        ),
        at_most(
            "recorded calls: CPU of the workstation",
            share,
            "% of Asterisk's",
            goal=25,
            peer=f"{calls} calls: ours {app:.1f} %, Asterisk {asterisk:.1f} % of a core",
        ),
        Row(
            name="recorded calls: recordings",
            value=float(recordings),
            unit=f"of {calls}",
            goal="all",
            ok=recordings == calls,
        ),
    ]


def _while_idle(stage: Stage, *, seconds: float) -> float:
    """Return how much of a core the workstation uses while nobody calls, in percent."""
    before, began = cpu_seconds(stage.app), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(stage.app) - before) / (time.monotonic() - began) * 100
