"""What the workstation costs while a hundred calls are talked and recorded, beside Asterisk."""

import time
from pathlib import Path
from threading import Thread

from tests.bench.crowds import Crowd
from tests.bench.rows import Row, at_most
from tests.bench.stage import OUR_NUMBER, cpu_seconds, set_up

CALLS = 100
PER_SECOND = 10.0
MEASURED_SECONDS = 20.0


def run(size: float, work: Path) -> list[Row]:
    """Fill the lines, then measure from the first call to the last hang-up."""
    calls = max(3, int(CALLS * size))
    measured = max(3.0, MEASURED_SECONDS * min(1.0, size * 5))
    talks = calls / PER_SECOND + measured
    crowd = Crowd(
        callers=calls, per_second=PER_SECOND, dialled=OUR_NUMBER, talks=talks, has_sound=True
    )
    with set_up(work / "recorded", agents=calls) as stage:
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
