"""Calls of more than two on one real Asterisk: every control order, judged by who hears whom."""

from collections.abc import Iterator

import pytest

from tests.bed.application import Application, running_application
from tests.bed.bed import MUSIC_HERTZ, Bed, BedPorts, running_bed
from tests.bed.callers import citizen, desk_phone
from tests.bed.sounds import read_wav, strength
from tests.services.processes import wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

CALLER, AGENT = 400, 700
PORTS = BedPorts(sip=5260, ami=5238, agi=4773, http=8288, tls=8289, rtp=(21000, 21999))
PHONES = {"2001": 5070, "2002": 5072, "2003": 5074, "2004": 5076}


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    work = tmp_path_factory.mktemp("bed")
    with running_bed(work, name="control", ports=PORTS, desk_phones=PHONES) as running:
        yield running


@pytest.fixture(autouse=True)
def _an_empty_exchange_afterwards(bed: Bed) -> Iterator[None]:
    yield
    bed.end_all_calls()


@pytest.fixture
def app(bed: Bed) -> Iterator[Application]:
    with running_application(bed) as application:
        yield application


def a_talking_call(app: Application, number: str, phone: str = "2001") -> str:
    key = str(app.wait_for("CallArrived", from_number=number)["call_key"])
    app.wait_for("CallerPlaced", call_key=key, place="queue")
    app.wish("RingAgent", call_key=key, phone=phone, ring_seconds=10)
    app.wait_for("AgentAnswered", call_key=key)
    return key


def test_a_held_caller_hears_music_until_the_agent_resumes_him(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, hertz=AGENT) as desk,
        citizen(bed, dialled="12315", number="13900000001", hertz=CALLER) as caller,
    ):
        key = a_talking_call(app, "13900000001")
        desk.ear.hears(CALLER)
        for order_id in (11, 13):
            app.wish("HoldCaller", call_key=key, phone="2001", order_id=order_id)
            app.wait_for("CallerHeld", call_key=key, phone="2001", order_id=order_id)
            caller.ear.hears(MUSIC_HERTZ)
            app.wish("ResumeCaller", call_key=key, phone="2001", order_id=order_id + 1)
            app.wait_for("CallerResumed", call_key=key, order_id=order_id + 1)
            caller.ear.hears(AGENT)
            desk.ear.hears(CALLER)
        desk.hang_up()
        assert app.wait_for("AgentGone", call_key=key)["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
    piece = bed.outgoing / f"{bed.exchange_id}_{key}_1.wav"
    wait_until(piece.exists, seconds=5, what="the recording")
    sound = read_wav(piece)
    assert strength(sound, AGENT) > 5000 < strength(sound, CALLER)
    assert strength(sound, MUSIC_HERTZ) < 500, "the time on hold is not in it"
