"""What the workstation costs when nobody calls, and while a hundred calls are recorded."""

import time
from pathlib import Path
from threading import Thread

from tests.bench.crowds import Crowd
from tests.bench.rows import Row, at_most
from tests.bench.stage import OUR_NUMBER, Stage, cpu_seconds, set_up

CALLS = 100
PER_SECOND = 10.0
TALKS = {"of three minutes": 180.0, "of half a minute": 30.0}
"""A hotline's calls last minutes. Short ones are arrivals and ends most of the time: they show what
those cost."""
JUDGED = "of three minutes"
IDLE_SECONDS = 20.0


def run(size: float, work: Path) -> list[Row]:
    """Measure without calls; then fill the lines, and measure from the first call to the last."""
    calls = max(3, int(CALLS * size))
    seconds = min(1.0, size * 5)
    with set_up(work / "recorded", agents=calls) as stage:
        idle = _while_idle(stage, seconds=IDLE_SECONDS * seconds)
        rows = [
            Row(
                name="nobody calls: CPU of the workstation",
                value=idle,
                unit="% of a core",
                peer=f"{calls} agents ready",
            )
        ]
        for length, talks in TALKS.items():
            rows.append(
                _while_recorded(stage, length, calls=calls, talks=max(3.0, talks * seconds))
            )
        recordings = len(list((stage.bed.recordings / "open").glob("*.wav")))
    wanted = calls * len(TALKS)
    return [
        *rows,
        Row(
            name="recorded calls: recordings",
            value=float(recordings),
            unit=f"of {wanted}",
            goal="all",
            ok=recordings == wanted,
        ),
    ]


def _while_recorded(stage: Stage, length: str, *, calls: int, talks: float) -> Row:
    crowd = Crowd(
        callers=calls, per_second=PER_SECOND, dialled=OUR_NUMBER, talks=talks, has_sound=True
    )
    played = Thread(target=stage.play, args=(crowd,))
    app, asterisk = cpu_seconds(stage.app), cpu_seconds(stage.asterisk)
    began = time.monotonic()
    played.start()
    played.join()
    seconds = time.monotonic() - began
    app = (cpu_seconds(stage.app) - app) / seconds * 100
    asterisk = (cpu_seconds(stage.asterisk) - asterisk) / seconds * 100
    share = 100 * app / asterisk if asterisk else float("nan")
    name, unit = f"recorded calls {length}: CPU of the workstation", "% of Asterisk's"
    peer = f"{calls} calls: ours {app:.1f} %, Asterisk {asterisk:.1f} % of a core"
    if length == JUDGED:
        return at_most(name, share, unit, goal=25, peer=peer)
    return Row(name=name, value=share, unit=unit, peer=peer)


def _while_idle(stage: Stage, *, seconds: float) -> float:
    """Return how much of a core the workstation uses while nobody calls, in percent."""
    before, began = cpu_seconds(stage.app), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(stage.app) - before) / (time.monotonic() - began) * 100
