"""One real Asterisk, configured as we deploy it: calls, orders, and what happens without us."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bed.application import Application, Refused, running_application
from tests.bed.bed import (
    CALL_AGAIN_HERTZ,
    MUSIC_HERTZ,
    Bed,
    running_bed,
)
from tests.bed.callers import citizen, desk_phone
from tests.bed.recordings import finished_recording
from tests.bed.sounds import read_wav, strength
from tests.bed.web_phone import RegistrationRefused, WebPhone, web_phone
from tests.services.processes import wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.slow]

CALLER_HERTZ, AGENT_HERTZ, OTHER_AGENT_HERTZ = 400, 700, 1100
SOONEST_QUEUE = 2.5  # seconds from INVITE, or from the application's death, to Queue()


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    with running_bed(tmp_path_factory.mktemp("bed")) as running:
        yield running


@pytest.fixture(autouse=True)
def _an_empty_exchange_afterwards(bed: Bed) -> Iterator[None]:
    yield
    bed.end_all_calls()


@pytest.fixture
def app(bed: Bed) -> Iterator[Application]:
    with running_application(bed) as application:
        yield application


def in_fallback_queue(bed: Bed, callers: int = 1) -> bool:
    return bed.cli("core show channels concise").count("!Queue!hl-alone") == callers


def ring(app: Application, call_key: str, phone: str, *, seconds: int = 10, **more: object) -> None:
    app.wish("RingAgent", call_key=call_key, phone=phone, ring_seconds=seconds, **more)


def a_waiting_call(app: Application, number: str) -> str:
    arrived = app.wait_for("CallArrived", from_number=number)
    app.wait_for("CallerPlaced", call_key=arrived["call_key"], place="queue")
    return str(arrived["call_key"])


def the_recording(bed: Bed, call_key: str, segment: int = 1) -> Path:
    return finished_recording(bed, call_key, segment)


# --- with the application ------------------------------------------------------------------------


def test_a_call_is_asked_about_waits_with_music_is_answered_and_recorded(
    bed: Bed, app: Application
) -> None:
    began = time.time()
    with (
        desk_phone(bed, rings=0.3, hertz=AGENT_HERTZ) as desk,
        citizen(bed, dialled="12315", number="13800000001", name="王先生") as caller,
    ):
        asked = app.wait_for("IncomingCall", from_number="13800000001")
        assert asked["dialled_number"] == "12315"
        arrived = app.wait_for("CallArrived", from_number="13800000001")
        assert arrived["from_name"] == "王先生"
        assert abs(arrived["invited_at"] - began) < 2
        key = arrived["call_key"]
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=1)
        caller.ear.hears(MUSIC_HERTZ)

        ring(app, key, "2001")
        ringing = app.wait_for("AgentRinging", call_key=key, phone="2001")
        answered = app.wait_for("AgentAnswered", call_key=key, phone="2001")
        assert answered["leg_key"] == ringing["leg_key"] != key
        desk.ear.hears(CALLER_HERTZ)
        caller.ear.hears(AGENT_HERTZ)
        (live,) = app.wish("live_calls")
        assert (live["call_key"], live["place"], live["phone"]) == (key, "talking", "2001")
        assert live["agent_leg_key"] == ringing["leg_key"]

        app.wish("HangUp", call_key=key)
        ended = app.wait_for("CallEnded", call_key=key)
        assert (ended["ended_by"], ended["cause"]) == ("app", 16)
        assert caller.wait_for_end() == 0
    sound = read_wav(the_recording(bed, key))
    assert strength(sound, CALLER_HERTZ) > 1000
    assert strength(sound, AGENT_HERTZ) > 1000


def test_who_hung_up_is_told_as_it_was(bed: Bed, app: Application) -> None:
    with (
        desk_phone(bed, rings=0.1, talks=0.5),
        citizen(bed, dialled="12315", number="13800000002") as caller,
    ):
        key = a_waiting_call(app, "13800000002")
        ring(app, key, "2001")
        gone = app.wait_for("AgentGone", call_key=key)
        assert gone["reason"] == "hung_up"
        assert app.wait_for("CallEnded", call_key=key)["ended_by"] == "agent"
        caller.wait_for_end()
    with citizen(bed, dialled="12315", number="13800000003", seconds=0.3):
        ended = app.wait_for("CallEnded", call_key=a_waiting_call(app, "13800000003"))
        assert ended["ended_by"] == "caller"
    assert not app.news("AgentGone", call_key=ended["call_key"])


def test_a_phone_that_does_not_take_the_call_leaves_the_caller_in_the_queue(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=None),
        desk_phone(bed, port=5072, rings=None),
        citizen(bed, dialled="12333", number="13800000004") as caller,
    ):
        key = a_waiting_call(app, "13800000004")
        ring(app, key, "2001", seconds=1)
        failed = app.wait_for("RingFailed", call_key=key, counter=1)
        assert (failed["reason"], failed["phone"]) == ("no_answer", "2001")
        rang = app.wait_for("AgentRinging", call_key=key, phone="2001")
        assert failed["leg_key"] == rang["leg_key"] != key
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=2)

        ring(app, key, "2002")
        app.wait_for("AgentRinging", call_key=key, phone="2002")
        app.wish("StopRinging", call_key=key, phone="2002")
        assert app.wait_for("RingFailed", call_key=key, counter=2)["reason"] == "withdrawn"
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=3)

        ring(app, key, "1999")  # nobody has this phone
        assert app.wait_for("RingFailed", call_key=key, counter=3)["reason"] == "unreachable"
        app.wait_for("CallerPlaced", call_key=key, place="queue", counter=4)
        caller.ear.hears(MUSIC_HERTZ)
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)
    with pytest.raises(Refused) as why:
        ring(app, key, "2001")
    assert why.value.code == "no-such-call"


def test_the_answer_at_the_door_may_be_an_announcement_or_a_refusal(bed: Bed) -> None:
    with (
        running_application(bed, action="announce", announcement="number-moved") as app,
        citizen(bed, dialled="12316", number="13800000005") as caller,
    ):
        caller.ear.hears(CALL_AGAIN_HERTZ)
        assert app.wait_for("CallEnded", within=5)["ended_by"] == "exchange"
    with (
        running_application(bed, action="refuse") as app,
        citizen(bed, dialled="12316", number="13800000006"),
    ):
        assert app.wait_for("CallEnded")["cause"] == 21


def test_a_caller_whose_agent_falls_silent_hears_music_and_talks_on_with_the_same_call(
    bed: Bed, app: Application
) -> None:
    with (
        desk_phone(bed, rings=0.1) as desk,
        desk_phone(bed, port=5072, rings=0.1, hertz=OTHER_AGENT_HERTZ),
        desk_phone(bed, port=5074, rings=0.1, hertz=AGENT_HERTZ),
        citizen(bed, dialled="12315", number="13800000007") as caller,
    ):
        key = a_waiting_call(app, "13800000007")
        ring(app, key, "2001")
        app.wait_for("AgentAnswered", call_key=key)
        caller.ear.hears(AGENT_HERTZ, piece=1.0)
        desk.freeze()
        gone = app.wait_for("AgentGone", call_key=key, within=6)
        assert (gone["phone"], gone["reason"]) == ("2001", "media_lost")
        app.wait_for("CallerPlaced", call_key=key, place="kept", counter=2)
        caller.ear.hears(MUSIC_HERTZ)

        ring(app, key, "2002", resumes=True)
        app.wait_for("AgentAnswered", call_key=key, phone="2002")
        caller.ear.hears(OTHER_AGENT_HERTZ, piece=1.0)
        # the page says that its phone is lost before the sound is missed for three seconds
        app.wish("KeepCaller", call_key=key)
        gone = app.wait_for("AgentGone", call_key=key, phone="2002")
        assert gone["reason"] == "phone_lost"
        app.wait_for("CallerPlaced", call_key=key, place="kept", counter=3)
        caller.ear.hears(MUSIC_HERTZ)
        ring(app, key, "1999", resumes=True)
        app.wait_for("RingFailed", call_key=key)
        app.wait_for("CallerPlaced", call_key=key, place="kept", counter=4)
        ring(app, key, "2003", resumes=True)
        app.wait_for("AgentAnswered", call_key=key, phone="2003")
        caller.ear.hears(AGENT_HERTZ, piece=1.0)
        app.wish("HangUp", call_key=key)
        app.wait_for("CallEnded", call_key=key)
    # one file for each ring; the third rang nobody and has no sound
    for segment, hertz in {1: AGENT_HERTZ, 2: OTHER_AGENT_HERTZ, 4: AGENT_HERTZ}.items():
        sound = read_wav(the_recording(bed, key, segment))
        tenths = [sound[at : at + 800] for at in range(0, len(sound), 800)]
        assert sum(strength(tenth, hertz) > 5000 for tenth in tenths) >= 5, f"part {segment}"


# --- without the application ---------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["the door is closed", "the process stands still", "too slow"])
def test_a_call_reaches_the_fallback_queue_although_nobody_answers_at_the_door(
    bed: Bed, fault: str, record_property: Callable[[str, object], None]
) -> None:
    other_door = bed.exchange_url.replace(f"agi_port={bed.ports.agi}", "agi_port=4999")
    url = other_door if fault == "the door is closed" else ""
    slow = 8.0 if fault == "too slow" else 0.0
    with running_application(bed, url=url, intake_seconds=slow) as app:
        if fault == "the process stands still":
            app.freeze()
        began = time.monotonic()
        with citizen(bed, dialled="12329", number="13800000008") as caller:
            wait_until(lambda: in_fallback_queue(bed), seconds=5, what="Queue()", pause=0.02)
            took = time.monotonic() - began
            record_property(f"Queue() after INVITE, {fault}", f"{took:.2f} s")
            assert took < SOONEST_QUEUE
            caller.ear.hears(MUSIC_HERTZ)
            app.thaw()
            # the application lives: it gets its caller after one piece of the fallback queue
            placed = app.wait_for("CallerPlaced", place="queue", within=8)
            assert app.news("CallerPlaced", call_key=placed["call_key"], place="alone")


def test_killing_the_application_leaves_nobody_waiting_alone_and_it_adopts_them_when_it_is_back(
    bed: Bed, record_property: Callable[[str, object], None]
) -> None:
    with contextlib.ExitStack() as people:
        with running_application(bed) as app:
            people.enter_context(desk_phone(bed, rings=0.1, hertz=AGENT_HERTZ))
            talker = people.enter_context(citizen(bed, dialled="12315", number="13800000011"))
            talking = a_waiting_call(app, "13800000011")
            ring(app, talking, "2001")
            app.wait_for("AgentAnswered", call_key=talking)
            people.enter_context(citizen(bed, dialled="12333", number="13800000012"))
            waiting = a_waiting_call(app, "13800000012")
            app.kill()
            died = time.monotonic()
        wait_until(lambda: in_fallback_queue(bed), seconds=5, what="Queue()", pause=0.02)
        took = time.monotonic() - died
        record_property("Queue() after the kill", f"{took:.2f} s")
        assert took < SOONEST_QUEUE
        talker.ear.hears(AGENT_HERTZ)

        with running_application(bed) as app:
            live = {call["call_key"]: call for call in app.wish("live_calls")}
            assert live.keys() == {talking, waiting}
            assert (live[talking]["place"], live[talking]["phone"]) == ("talking", "2001")
            assert live[waiting]["place"] == "alone"
            assert live[waiting]["dialled_number"] == "12333"
            assert live[waiting]["from_number"] == "13800000012"
            with pytest.raises(Refused) as why:
                ring(app, waiting, "2002")  # the node may be ringing somebody for him
            assert why.value.is_retryable
            app.wait_for("CallerPlaced", call_key=waiting, place="queue", within=8)
            people.enter_context(desk_phone(bed, port=5072, rings=0.1))
            ring(app, waiting, "2002")
            app.wait_for("AgentAnswered", call_key=waiting)
            talker.ear.hears(AGENT_HERTZ)
            for key in (waiting, talking):
                app.wish("HangUp", call_key=key)
                app.wait_for("CallEnded", call_key=key)
            assert len(app.news("AgentRinging")) == 1, "nobody was rung twice"


def test_an_application_that_hangs_with_its_sockets_open_loses_its_callers_in_time(
    bed: Bed, record_property: Callable[[str, object], None]
) -> None:
    with (
        running_application(bed) as app,
        citizen(bed, dialled="12333", number="13800000013"),
    ):
        waiting = a_waiting_call(app, "13800000013")
        app.freeze()
        began = time.monotonic()
        wait_until(lambda: in_fallback_queue(bed), seconds=9, what="Queue()", pause=0.05)
        took = time.monotonic() - began
        record_property("Queue() after it hung", f"{took:.2f} s")
        assert took < 8
        app.thaw()
        app.wait_for("CallerPlaced", call_key=waiting, place="queue", counter=3, within=8)


def test_the_fallback_queue_rings_the_mirrored_agents_and_records(bed: Bed) -> None:
    with running_application(bed) as app:
        app.wish(
            "mirror",
            seats=[{"phone": "2001", "is_paused": True}, {"phone": "2002", "is_paused": False}],
        )
        app.wish("mirror", seats=[{"phone": "2002", "is_paused": False}])
        app.kill()
    assert "2001" not in bed.cli("queue show hl-alone")
    with (
        desk_phone(bed, port=5072, rings=0.3, hertz=AGENT_HERTZ) as desk,
        citizen(bed, dialled="12315", number="13800000021") as caller,
    ):
        desk.ear.hears(CALLER_HERTZ, within=5)
        caller.ear.hears(AGENT_HERTZ)
        with running_application(bed) as app:
            (live,) = app.wish("live_calls")
            assert (live["place"], live["phone"]) == ("talking", "2002")
            app.wish("mirror", seats=[])
            desk.freeze()
            app.wait_for("AgentGone", reason="media_lost", within=6)
            app.wait_for("CallerPlaced", place="queue", within=8)
            app.wish("HangUp", call_key=live["call_key"])
            app.wait_for("CallEnded")
    assert strength(read_wav(the_recording(bed, live["call_key"])), CALLER_HERTZ) > 1000


# --- phones in pages -----------------------------------------------------------------------------


def test_a_page_registers_with_the_newest_secret_only_and_is_told_when_it_goes(
    bed: Bed, app: Application
) -> None:
    app.wish("admit", phone="1006", secret="first-secret", display_name="李 <六>")
    with web_phone(bed, "1006", secret="first-secret"):
        there = app.wait_for("PhoneChanged", phone="1006", is_there=True)
        assert app.wish("phones_there")["1006"] == there["contact"]

        app.wish("admit", phone="1006", secret="second-secret", display_name="李六")
        page = WebPhone(bed, "1006")
        with pytest.raises(RegistrationRefused):
            page.register("first-secret")
        page.close()
        # a reload: the new page is there before the old socket is gone
        with web_phone(bed, "1006", secret="second-secret"):
            app.wait_for("PhoneChanged", phone="1006", is_there=True, within=2)
            wait_until(
                lambda: app.wish("phones_there").get("1006") not in (None, there["contact"]),
                seconds=2,
                what="the new page's registration",
            )
            assert not app.news("PhoneChanged", phone="1006", is_there=False)
        gone = app.wait_for("PhoneChanged", phone="1006", is_there=False, within=2)
        assert gone["contact"] != there["contact"]
    assert "1006" not in app.wish("phones_there")


def test_a_dismissed_phone_can_neither_register_nor_be_rung(bed: Bed, app: Application) -> None:
    app.wish("admit", phone="1007", secret="some-secret", display_name="")
    with (
        web_phone(bed, "1007", secret="some-secret"),
        citizen(bed, dialled="12315", number="13800000031"),
    ):
        app.wait_for("PhoneChanged", phone="1007", is_there=True)
        app.wish("dismiss", phone="1007")
        app.wish("dismiss", phone="1007")
        key = a_waiting_call(app, "13800000031")
        ring(app, key, "1007")
        assert app.wait_for("RingFailed", call_key=key)["reason"] == "unreachable"
        assert "1007" not in app.wish("phones_there")
    page = WebPhone(bed, "1007")
    with pytest.raises(RegistrationRefused):
        page.register("some-secret")
    page.close()


# --- the node itself -----------------------------------------------------------------------------


def test_a_restarted_node_is_a_new_life_and_the_link_comes_back_by_itself(
    bed: Bed, app: Application
) -> None:
    first = app.wait_for("LinkChanged", is_up=True)
    time.sleep(1.1)  # a life is named by the second of its start
    app.wish("admit", phone="1008", secret="some-secret", display_name="")
    bed.stop()
    app.wait_for("LinkChanged", is_up=False)
    bed.start()
    wait_until(
        lambda: len(app.news("LinkChanged", is_up=True)) == 2, seconds=10, what="the link again"
    )
    assert app.news("LinkChanged", is_up=True)[-1]["boot_id"] != first["boot_id"]
    with citizen(bed, dialled="12345", number="13800000041"):
        a_waiting_call(app, "13800000041")
    with web_phone(bed, "1008", secret="some-secret"):
        app.wait_for("PhoneChanged", phone="1008", is_there=True)


def test_the_node_starts_without_a_warning(bed: Bed) -> None:
    started = bed.log().split("modules will be loaded", 1)[1].splitlines()
    assert [line for line in started[:4] if "WARNING" in line or "ERROR" in line] == []
