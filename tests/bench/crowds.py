"""Many callers and many desk phones, played by two sipps with the scenarios of the bed."""

import re
import signal
import string
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bed.bed import CARRIER, DESK, Bed
from tests.bed.callers import FOR_EVER, SCENARIOS
from tests.bed.sounds import make_tone
from tests.services.processes import start, stop

DESK_PORT = 5070
CARRIER_PORT = 5062
MEDIA_PORTS = {"caller": 42000, "desk_phone": 41000}
RINGS_SECONDS = 0.2
FIRST_DIGITS = "138"
# What the scenarios can do besides, for callers of whom only the ring counts.
PLAIN = {
    "headers": "", "max_forwards": "70", "busy_number": "none", "key_format": "", "key_lines": "",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """How many call, how fast, whom; `talks` is after how many seconds an agent hangs up.

    `varies`: by how much of it a talk is shorter or longer, evenly. Talks that all last the same
    keep the beat of the arrivals: who looks once a second is then always as early, or as late.
    """

    callers: int
    per_second: float
    dialled: str
    talks: float
    varies: float = 0.0
    has_sound: bool = False

    @property
    def longest(self) -> float:
        """Return after how many seconds everybody should be through, if nobody waits."""
        return self.callers / self.per_second + self.talks * (1 + self.varies) + RINGS_SECONDS


@contextmanager
def desk_phones(bed: Bed, crowd: Crowd) -> Iterator[None]:
    """Stand all phones on their desks: each rings, picks up, talks and hangs up."""
    values = {
        "rings_milliseconds": str(int(RINGS_SECONDS * 1000)),
        "talks_milliseconds": str(int(crowd.talks * (1 - crowd.varies) * 1000)),
    }
    with _sipp(bed, "desk_phone", (DESK, DESK_PORT), values, crowd) as process:
        _ = process
        yield


def call_in(bed: Bed, crowd: Crowd, *, patience: float) -> None:
    """Let everybody call; return when all are through, or patience is at its end."""
    values = {
        "dialled": crowd.dialled,
        "number": f"{FIRST_DIGITS}[call_number]",
        "name": f"{FIRST_DIGITS}[call_number]",
        "milliseconds": str(FOR_EVER),
    }
    with _sipp(bed, "caller", (CARRIER, CARRIER_PORT), values, crowd) as process:
        process.wait(timeout=patience)


@contextmanager
def _sipp(
    bed: Bed, scenario: str, where: tuple[str, int], values: dict[str, str], crowd: Crowd
) -> Iterator["object"]:
    address, port = where
    folder = bed.work / f"crowd-{scenario}"
    folder.mkdir(parents=True, exist_ok=True)
    tone = make_tone(folder / "tone.al", hertz=700, seconds=5)
    text = string.Template((SCENARIOS / f"{scenario}.xml").read_text("utf-8")).substitute(
        {**PLAIN, **values}, tone=tone, call_id_file=folder / "call-id"
    )
    text = re.sub(r"<exec command=.*?/>", "", text)  # a program for each call would be a load
    if crowd.varies:
        most = int(crowd.talks * crowd.varies * 2000)
        longer = f'<pause distribution="uniform" min="0" max="{most}"/>'
        text = text.replace('<recv request="INFO"', f'{longer}<recv request="INFO"', 1)
    if not crowd.has_sound:
        text = re.sub(r"<nop>.*?</nop>", "", text, flags=re.DOTALL)
        text = text.replace("[rtpstream_audio_port]", "[media_port]")
    script = folder / "scenario.xml"
    script.write_text(text, encoding="utf-8")
    command = ["sipp", "-sf", str(script), "-i", address, "-p", str(port), "-mi", address]
    command += ["-nostdin", "-trace_err", "-error_file", str(folder / "errors")]
    command += ["-mp", str(MEDIA_PORTS[scenario])]
    if scenario == "caller":
        command += ["-m", str(crowd.callers), "-l", str(crowd.callers)]
        command += ["-r", str(round(crowd.per_second * 1000)), "-rp", "1000000"]
        command += [f"127.0.0.1:{bed.ports.sip}"]
    process = start(command, log=folder / "out", folder=folder)
    try:
        yield process
    finally:
        stop(process, by=signal.SIGKILL)


def errors_of(folder: Path) -> str:
    """Return what the two sipps complained about."""
    return "".join(path.read_text() for path in folder.glob("crowd-*/errors"))
