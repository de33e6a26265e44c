"""What the stories of call control share: tones, phones, and calls brought to where they begin."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bed.application import Application
from tests.bed.bed import Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bed.callers import Person
from tests.bed.recordings import finished_recording
from tests.bed.sounds import read_wav, strength
from tests.services.processes import wait_until

CALLER, AGENT, PARTY, SUPERVISOR, OUTSIDE = 400, 700, 1100, 1600, 2100
PORTS = BedPorts.of("control")
_calls_out = itertools.count(1)
PHONES = {"2001": 5070, "2002": 5072, "2003": 5074, "2004": 5076}


@contextmanager
def running_control_bed(work: Path) -> Iterator[Bed]:
    """Start the Asterisk of these tests, with four desk phones of fixed address."""
    with running_bed(work, name="control", ports=PORTS, desk_phones=PHONES) as bed:
        yield bed


def a_talking_call(app: Application, number: str, phone: str = "2001") -> str:
    key = str(app.wait_for("CallArrived", from_number=number)["call_key"])
    app.wait_for("CallerPlaced", call_key=key, place="queue")
    app.wish("RingAgent", call_key=key, phone=phone, ring_seconds=10)
    app.wait_for("AgentAnswered", call_key=key, within=9)
    return key


def call_out(
    app: Application, number: str, *, shown: str = "12315", ring_seconds: int = 10,
    order_id: int = 900,
) -> str:  # fmt: skip
    """Let the agent of 2001 call a citizen; return the call's key."""
    key = f"out-1795400000.{next(_calls_out)}"
    app.wish(
        "CallOut", call_key=key, phone="2001", number=number, shown_number=shown,
        ring_seconds=ring_seconds, order_id=order_id,
    )  # fmt: skip
    return key


def a_citizen_called(app: Application, number: str, *, order_id: int = 900) -> str:
    """Let the agent of 2001 call a citizen who answers; return the call's key."""
    key = call_out(app, number, order_id=order_id)
    app.wait_for("CitizenAnswered", call_key=key, within=6)
    return key


def phone(address: str) -> dict[str, str]:
    return {"kind": "phone", "address": address}


def outside(number: str, shown: str = "") -> dict[str, str]:
    return {"kind": "number", "address": number, "shown_number": shown}


def does_not_hear(person: Person, hertz: int) -> None:
    """Say that a tone is away from somebody's ear, once it has gone."""
    wait_until(
        lambda: person.ear.strength_now(hertz) < 600, seconds=3, what=f"no {hertz} Hz", pause=0.05
    )


def recorded(bed: Bed, key: str, piece: int = 1) -> list[int]:
    return list(read_wav(finished_recording(bed, key, piece)))


def the_recorder_writes_on(bed: Bed, key: str, *, seconds: float) -> None:
    """Wait until this much more time is in the open file."""
    path = bed.home / "recordings" / "open" / f"{bed.exchange_id}_{key}_1.wav"
    size = path.stat().st_size + int(16_000 * seconds)
    wait_until(lambda: path.stat().st_size > size, seconds=5, what="more of the recording")


def tenths_with(sound: list[int], hertz: int) -> int:
    """Count the tenths of a second in which a tone is heard."""
    return sum(strength(sound[at : at + 800], hertz) > 3000 for at in range(0, len(sound), 800))
