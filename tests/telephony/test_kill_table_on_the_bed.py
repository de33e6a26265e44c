"""Cells of the kill table on one real Asterisk: the node, the application or the line between dies.

What becomes of the ledger then is played on the simulator (tests/rehearsal/kill_table.py); here it
is heard and asked what the exchange itself does, and what it can tell whoever comes back.
"""

import contextlib
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.recordings.audio_checks import RecordingState, length_state, measure
from tests.bed.application import Application, running_application
from tests.bed.bed import MUSIC_HERTZ, Bed, running_bed
from tests.bed.bed_ports import BedPorts
from tests.bed.cable import Cable
from tests.bed.callers import citizen, desk_phone
from tests.bed.recordings import finished_recording
from tests.services.processes import wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

CALLER, AGENT, PARTY = 400, 700, 1100
PHONES = {"2001": 5070, "2002": 5072, "2003": 5074}


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    work = tmp_path_factory.mktemp("bed")
    with running_bed(work, name="kill", ports=BedPorts.of("kill"), desk_phones=PHONES) as running:
        yield running


@pytest.fixture(autouse=True)
def _an_empty_exchange_afterwards(bed: Bed) -> Iterator[None]:
    yield
    bed.end_all_calls()


@pytest.fixture
def cable(bed: Bed) -> Iterator[Cable]:
    made = Cable(bed.ports.ami)
    yield made
    made.close()


def a_waiting_call(app: Application, number: str) -> str:
    key = str(app.wait_for("CallArrived", from_number=number)["call_key"])
    app.wait_for("CallerPlaced", call_key=key, place="queue")
    return key


def ring(app: Application, key: str, phone: str) -> None:
    app.wish("RingAgent", call_key=key, phone=phone, ring_seconds=15)
    app.wait_for("AgentRinging", call_key=key, phone=phone)


def a_talking_call(app: Application, number: str, phone: str) -> str:
    key = a_waiting_call(app, number)
    ring(app, key, phone)
    app.wait_for("AgentAnswered", call_key=key)
    return key


def live(app: Application) -> dict[str, dict[str, object]]:
    return {call["call_key"]: call for call in app.wish("live_calls")}


# --- the node is killed ------------------------------------------------------------------------


def test_a_killed_node_comes_back_empty_whatever_its_calls_were_doing(bed: Bed) -> None:
    """Waiting, ringing, talking and held at once: each of them is gone, and none is made up."""
    with contextlib.ExitStack() as people, running_application(bed) as app:
        people.enter_context(desk_phone(bed, rings=0.1, hertz=AGENT))
        people.enter_context(desk_phone(bed, port=5072, rings=None))
        people.enter_context(desk_phone(bed, port=5074, rings=0.1))
        keys = []
        for number, phone in (("1", "2001"), ("2", "2003")):
            people.enter_context(citizen(bed, dialled="12315", number=f"1390000010{number}"))
            keys.append(a_talking_call(app, f"1390000010{number}", phone))
        app.wish("HoldCaller", call_key=keys[1], phone="2003", order_id=11)
        app.wait_for("CallerHeld", call_key=keys[1])
        for number in ("3", "4"):
            people.enter_context(citizen(bed, dialled="12315", number=f"1390000010{number}"))
            keys.append(a_waiting_call(app, f"1390000010{number}"))
        ring(app, keys[2], "2002")
        assert [live(app)[key]["place"] for key in keys] == ["talking", "held", "ringing", "queue"]
        first = app.wait_for("LinkChanged", is_up=True)["boot_id"]
        time.sleep(1.1)  # a life is named by the second of its start

        bed.stop(by=signal.SIGKILL)
        app.wait_for("LinkChanged", is_up=False)
        bed.start()

        wait_until(
            lambda: len(app.news("LinkChanged", is_up=True)) == 2, seconds=10, what="the link again"
        )
        assert app.news("LinkChanged", is_up=True)[-1]["boot_id"] != first
        assert live(app) == {}
        assert app.news("CallEnded") == [], "a crash says nothing"
    with running_application(bed) as app, citizen(bed, dialled="12315", number="13900000105"):
        a_waiting_call(app, "13900000105")


# --- the application is killed -----------------------------------------------------------------


def test_a_ring_outlives_the_application_and_the_talk_is_found_by_the_next(bed: Bed) -> None:
    with contextlib.ExitStack() as people:
        with running_application(bed) as app:
            desk = people.enter_context(desk_phone(bed, rings=1.5, hertz=AGENT))
            caller = people.enter_context(citizen(bed, dialled="12315", number="13900000111"))
            key = a_waiting_call(app, "13900000111")
            ring(app, key, "2001")
            app.kill()
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)

        with running_application(bed) as app:
            found = live(app)[key]
            assert (found["place"], found["phone"]) == ("talking", "2001")
            app.wish("HangUp", call_key=key)
            assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "app"


def test_three_talk_on_without_the_application_and_are_found_as_three(bed: Bed) -> None:
    with contextlib.ExitStack() as people:
        with running_application(bed) as app:
            desk = people.enter_context(desk_phone(bed, rings=0.1, hertz=AGENT))
            colleague = people.enter_context(desk_phone(bed, port=5072, rings=0.1, hertz=PARTY))
            caller = people.enter_context(citizen(bed, dialled="12315", number="13900000112"))
            key = a_talking_call(app, "13900000112", "2001")
            target = {"kind": "phone", "address": "2002"}
            ask = {"call_key": key, "phone": "2001", "ring_seconds": 5}
            app.wish("CallParty", **ask, target=target, order_id=21)
            app.wait_for("PartyAnswered", call_key=key, order_id=21)
            app.wish("JoinParties", call_key=key, phone="2001", order_id=22)
            app.wait_for("PartiesJoined", call_key=key)
            caller.ear.hears(PARTY)
            app.kill()
        for ear, hertz in ((caller.ear, AGENT), (caller.ear, PARTY), (desk.ear, PARTY),
                           (colleague.ear, CALLER)):  # fmt: skip
            ear.hears(hertz)

        with running_application(bed) as app:
            found = live(app)[key]
            assert (found["place"], found["phone"]) == ("talking", "2001")
            assert [(p["order_id"], p["is_talking"]) for p in found["parties"]] == [(21, True)]  # type: ignore[attr-defined]
            app.wish("LeaveToParties", call_key=key, phone="2001", order_id=23)
            assert app.wait_for("AgentGone", call_key=key)["reason"] == "transferred"
            caller.ear.hears(PARTY)


def test_a_talk_that_ends_while_the_application_is_dead_leaves_nothing_but_its_recording(
    bed: Bed,
) -> None:
    with contextlib.ExitStack() as people:
        with running_application(bed) as app:
            desk = people.enter_context(desk_phone(bed, rings=0.1, hertz=AGENT))
            caller = people.enter_context(citizen(bed, dialled="12315", number="13900000113"))
            key = a_talking_call(app, "13900000113", "2001")
            caller.ear.hears(AGENT)
            app.kill()
        desk.hang_up()
        assert caller.wait_for_end() == 0

        with running_application(bed) as app:
            assert live(app) == {}
    finished_recording(bed, key)


# --- the line between is cut -------------------------------------------------------------------


def through(cable: Cable, bed: Bed) -> str:
    return bed.exchange_url.replace(f":{bed.ports.ami}", f":{cable.port}")


def comes_back(app: Application) -> None:
    wait_until(
        lambda: len(app.news("LinkChanged", is_up=True)) == 2, seconds=10, what="the link again"
    )


def test_a_line_cut_while_a_phone_rings_loses_neither_the_ring_nor_its_answer(
    bed: Bed, cable: Cable
) -> None:
    with (
        running_application(bed, url=through(cable, bed)) as app,
        desk_phone(bed, rings=1.0, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000121") as caller,
    ):
        key = a_waiting_call(app, "13900000121")
        ring(app, key, "2001")
        cable.cut()
        app.wait_for("LinkChanged", is_up=False)
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)

        cable.mend()
        comes_back(app)

        assert app.news("AgentAnswered") == [], "it was told to nobody"
        assert (live(app)[key]["place"], live(app)[key]["phone"]) == ("talking", "2001")
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)


def test_a_line_cut_while_two_talk_and_one_waits_harms_neither(bed: Bed, cable: Cable) -> None:
    with (
        running_application(bed, url=through(cable, bed)) as app,
        desk_phone(bed, rings=0.1, hertz=AGENT),
        citizen(bed, dialled="12315", number="13900000122") as talker,
        citizen(bed, dialled="12333", number="13900000123") as waiter,
    ):
        talking = a_talking_call(app, "13900000122", "2001")
        waiting = a_waiting_call(app, "13900000123")
        began = time.monotonic()
        cable.cut()
        app.wait_for("LinkChanged", is_up=False)
        waiter.ear.hears(MUSIC_HERTZ)

        cable.mend()
        comes_back(app)

        talker.ear.hears(AGENT)
        assert talker.ear.longest_gap(began) < 0.5
        assert live(app)[talking]["place"] == "talking"
        assert live(app)[waiting]["place"] in {"queue", "alone"}


# --- the disk of the node is full --------------------------------------------------------------


@pytest.fixture
def tiny_disk(bed: Bed) -> Iterator[Path]:
    """Put a disk of 200 kB under the recordings: twelve seconds of talk."""
    folder = bed.home / "recordings"
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k,mode=0777", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        for name in ("open", "outgoing"):
            (folder / name).mkdir()
            (folder / name).chmod(0o777)
        yield folder
    finally:
        bed.end_all_calls()
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def test_a_full_disk_costs_the_recording_its_end_and_nobody_his_call(
    bed: Bed, tiny_disk: Path
) -> None:
    ballast = tiny_disk / "ballast"
    ballast.write_bytes(bytes(150_000))
    with (
        running_application(bed) as app,
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000131", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000131", "2001")
        began = time.monotonic()
        opened = tiny_disk / "open" / f"{bed.exchange_id}_{key}_1.wav"
        wait_until(lambda: _is_full(tiny_disk), seconds=8, what="a full disk")
        wait_until(lambda: time.monotonic() - began > 6, seconds=8, what="talk beyond it")
        assert opened.exists()
        caller.ear.hears(AGENT)
        desk.ear.hears(CALLER)
        desk.hang_up()
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
        talked = time.monotonic() - began
    short = finished_recording(bed, key)
    assert judged(short, talked) is RecordingState.SHORT, "what was lost is told by its length"

    ballast.unlink()
    short.unlink()  # as the spooler does once it is brought
    with (
        running_application(bed) as app,
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000132") as caller,
    ):
        key = a_talking_call(app, "13900000132", "2001")
        began = time.monotonic()
        caller.ear.hears(AGENT, piece=1.0)
        desk.hang_up()
        app.wait_for("CallEnded", call_key=key)
        talked = time.monotonic() - began
    assert judged(finished_recording(bed, key), talked) is RecordingState.OK


def judged(path: Path, talked: float) -> RecordingState:
    """Return what the application says of this piece of a talk of so many seconds."""
    sound = measure(path.read_bytes())
    return length_state(recorded_seconds=sound.seconds, talked_seconds=talked)


def _is_full(folder: Path) -> bool:
    try:
        (folder / "probe").write_bytes(bytes(4096))
    except OSError:
        return True
    finally:
        (folder / "probe").unlink(missing_ok=True)
    return False
