"""The supervised link: it comes back by itself, says so, and never pretends to live."""

import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from telephony.asterisk import node_link
from telephony.asterisk.node_clock import STEP
from telephony.asterisk.provider import build
from telephony.events import LinkChanged, News, PhoneChanged
from tests.bed.fake_ami import Action, FakeAmi, fake_ami
from tests.services.processes import wait_until
from tests.telephony.node_link_bench import Listener, ask, exchange_at, linked_to, listening


@pytest.fixture
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_link, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(node_link, "STUCK_SECONDS", 0.3)
    monkeypatch.setattr(node_link, "ANSWER_SECONDS", 0.5)


def test_a_cut_link_comes_back_and_both_is_told() -> None:
    with listening() as (_exchange, fake, listener):
        fake.hang_up()
        wait_until(
            lambda: listener.links() == [True, False, True], seconds=1.5, what="the link again"
        )
        lives = {one.boot_id for one in listener.news if isinstance(one, LinkChanged)}
        assert lives == {"2026-11-23T06:00:00"}


def test_a_node_that_is_still_loading_is_no_link_yet_and_gets_no_heartbeat() -> None:
    """What is set before the dialplan is there is lost: its callers would be left alone."""
    with fake_ami() as fake:
        fake.is_booted = False
        with linked_to(fake) as (_exchange, listener):
            wait_until(lambda: "Login" in fake.names(), seconds=3, what="the log-in", pause=0.01)
            time.sleep(0.2)
            assert listener.links() == []
            assert "Setvar" not in fake.names()
            fake.boot()
            wait_until(lambda: listener.links() == [True], seconds=1, what="the link", pause=0.01)
            assert "Setvar" in fake.names()


@pytest.mark.usefixtures("_in_a_hurry")
def test_a_listener_stopped_while_the_node_loads_is_gone_before_it_has_loaded() -> None:
    with fake_ami() as fake:
        fake.is_booted = False
        stream = exchange_at(fake.port).stream
        assert stream is not None
        old = Listener()
        thread = threading.Thread(target=stream.listen, args=(old.tell, ask))
        thread.start()
        wait_until(lambda: "Login" in fake.names(), seconds=20, what="the log-in", pause=0.01)

        stream.stop()
        thread.join(timeout=node_link.BOOT_SECONDS / 2)

        assert not thread.is_alive()


@pytest.mark.usefixtures("_in_a_hurry")
def test_a_second_listener_does_not_call_the_first_back_to_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first was stopped in the middle of connecting: there was nothing to close yet."""
    opened: list[str] = []
    may_open = threading.Event()
    connect = node_link.AmiConnection.connect

    def slowly(self: node_link.AmiConnection, host: str, port: int) -> None:
        opened.append(host)
        if len(opened) == 1:
            assert may_open.wait(60)
        connect(self, host, port)

    monkeypatch.setattr(node_link.AmiConnection, "connect", slowly)
    with fake_ami() as fake:
        stream = exchange_at(fake.port).stream
        assert stream is not None
        old, new = Listener(), Listener()
        first = threading.Thread(target=stream.listen, args=(old.tell, ask))
        first.start()
        wait_until(lambda: bool(opened), seconds=20, what="the first connects", pause=0.01)
        stream.stop()
        second = threading.Thread(target=stream.listen, args=(new.tell, ask))
        second.start()
        try:
            # its port is still held by the first: so it is there, and has begun
            wait_until(lambda: stream._stopped.is_set() is False, seconds=20, what="the second")  # type: ignore[attr-defined]
            may_open.set()

            wait_until(lambda: new.links() == [True], seconds=20, what="the second's link")
            first.join(timeout=20)
            assert not first.is_alive()
            assert old.links() == []
        finally:
            may_open.set()
            stream.stop()
            first.join(timeout=20)
            second.join(timeout=20)


def test_the_heartbeat_is_told_in_the_nodes_own_time_and_at_once() -> None:
    with listening() as (_exchange, fake, _listener):
        beats = [one for one in fake.actions if one.get("Variable") == "HL_HEARTBEAT"]
        assert [one["Value"] for one in beats] == ["1795400000"]
        assert "Channel" not in beats[0]


@pytest.mark.usefixtures("_in_a_hurry")
def test_a_node_that_no_longer_answers_is_a_lost_link() -> None:
    answered: list[int] = []

    def once(fake: FakeAmi, action: dict[str, str]) -> None:
        if not answered:
            answered.append(1)
            fake.answer(action, "Ping: Pong", "Timestamp: 1795400000.0")

    with listening({"Ping": once}) as (_exchange, _fake, listener):
        wait_until(lambda: False in listener.links(), seconds=3, what="the loss")
        lost = next(one for one in listener.news if isinstance(one, LinkChanged) and not one.is_up)
        assert "heartbeat" in lost.why


@pytest.mark.usefixtures("_in_a_hurry")
def test_an_application_that_works_nothing_off_does_not_pretend_to_live() -> None:
    def beats(fake: FakeAmi) -> int:
        return sum(one.get("Variable") == "HL_HEARTBEAT" for one in fake.actions)

    with listening() as (_exchange, fake, listener):
        listener.may_go.clear()
        phone_came(fake)
        wait_until(lambda: beats(fake) > 3, seconds=2, what="beats while it is only busy")
        time.sleep(0.5)
        told = beats(fake)
        time.sleep(0.5)
        assert beats(fake) == told, "nobody routes calls: the callers must be let go"
        listener.may_go.set()
        wait_until(lambda: beats(fake) > told, seconds=2, what="beats again")


def phone_came(fake: FakeAmi) -> None:
    fake.say("Event: ContactStatus", "Timestamp: 1.0", "AOR: 1006", "URI: sip:page",
             "ContactStatus: Created")  # fmt: skip


def test_events_of_the_node_are_told_in_order_and_a_broken_one_harms_nobody() -> None:
    with listening() as (_exchange, fake, listener):
        fake.say("Event: UserEvent", "UserEvent: HLCallArrived", "Uniqueid: 1.1")  # incomplete
        for number, status in enumerate(["Created", "Removed"]):
            fake.say(
                "Event: ContactStatus",
                f"Timestamp: 179540000{number}.5",
                "AOR: 1006",
                "URI: sip:page",
                f"ContactStatus: {status}",
            )
        wait_until(lambda: len(listener.news) == 3, seconds=2, what="two phone changes")
        phones = [one.is_there for one in listener.news if isinstance(one, PhoneChanged)]
        assert phones == [True, False]


@pytest.mark.usefixtures("_in_a_hurry")
def test_a_node_whose_clock_is_set_back_tells_no_old_news_and_gets_its_own_time() -> None:
    began, set_back, pings = time.monotonic(), [0.0], [0]

    def says() -> float:
        return 1795400000.0 + time.monotonic() - began - set_back[0]

    def pong(fake: FakeAmi, action: Action) -> None:
        fake.answer(action, "Ping: Pong", f"Timestamp: {says():.6f}")
        pings[0] += 1

    def contact(fake: FakeAmi, status: str) -> None:
        fake.say("Event: ContactStatus", f"Timestamp: {says():.6f}", "AOR: 1006", "URI: sip:page",
                 f"ContactStatus: {status}")  # fmt: skip

    with listening({"Ping": pong}) as (exchange, fake, listener):
        contact(fake, "Created")
        wait_until(lambda: len(listener.news) == 2, seconds=20, what="the phone came")
        set_back[0], seen = 300.0, pings[0]
        contact(fake, "Removed")
        wait_until(lambda: pings[0] >= seen + 3, seconds=20, what="the node's new time")
        contact(fake, "Created")
        wait_until(lambda: len(listener.news) == 4, seconds=20, what="it went and came")

        moments = [one.happened_at for one in listener.news if isinstance(one, PhoneChanged)]
        assert moments == sorted(moments)
        beats = [one["Value"] for one in fake.actions if one.get("Variable") == "HL_HEARTBEAT"]
        assert int(beats[-1]) < 1795400000, "the dialplan compares it with the node's own clock"
        assert exchange.clock is not None
        there = exchange.clock.time_there()
        assert there is not None
        assert there > moments[-1] - STEP


def test_the_end_of_an_older_page_is_not_the_end_of_the_phone() -> None:
    def contact(fake: FakeAmi, status: str, uri: str) -> None:
        fake.say("Event: ContactStatus", "Timestamp: 1.0", "AOR: 1006",
                 f"URI: {uri}", f"ContactStatus: {status}")  # fmt: skip

    with listening() as (_exchange, fake, listener):
        contact(fake, "NonQualified", "sip:old")
        contact(fake, "NonQualified", "sip:new")
        contact(fake, "Removed", "sip:old")
        contact(fake, "Removed", "sip:new")
        wait_until(lambda: len(listener.news) == 4, seconds=2, what="three phone changes")
        last = listener.news[-1]
        assert isinstance(last, PhoneChanged)
        assert (last.is_there, last.contact) == (False, "sip:new")


def test_a_fault_of_the_listener_does_not_end_the_news() -> None:
    with listening() as (_exchange, fake, listener):
        listener.is_broken = True
        fake.hang_up()
        wait_until(lambda: len(fake.sessions) == 2, seconds=5, what="the link again")
        listener.is_broken = False
        fake.hang_up()
        wait_until(lambda: listener.links()[-1:] == [True], seconds=5, what="news again")


def test_a_door_that_is_still_held_is_opened_as_soon_as_it_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_link, "DOOR_SECONDS", 0.05)
    with fake_ami() as fake, socket.create_server(("127.0.0.1", 0)) as holder:
        url = urlsplit(f"asterisk://hotline:some-secret@127.0.0.1:{fake.port}")
        stream = build("hy1", url, {"agi_port": str(holder.getsockname()[1])}).stream
        listener = Listener()
        assert stream is not None
        thread = threading.Thread(target=stream.listen, args=(listener.tell, ask))
        thread.start()
        time.sleep(0.2)
        assert fake.actions == [], "the node must not take us for living"
        holder.close()
        wait_until(lambda: listener.links() == [True], seconds=3, what="the link")
        stream.stop()
        thread.join(timeout=5)


@pytest.mark.parametrize("url", ["asterisk://127.0.0.1:5038", "asterisk://a:b@", "asterisk://a@b"])
def test_an_address_without_user_secret_and_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="USER:SECRET@HOST"):
        build("hy1", urlsplit(url), {})


def test_an_event_that_nobody_could_foresee_does_not_deafen_us() -> None:
    with listening() as (_exchange, fake, listener):
        fake.say("Event: ContactStatus", "Timestamp: 1e30", "AOR: 1006", "URI: sip:page",
                 "ContactStatus: Created")  # fmt: skip
        phone_came(fake)
        wait_until(lambda: len(listener.news) == 2, seconds=2, what="the phone change behind it")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.usefixtures("_in_a_hurry")
def test_a_link_whose_news_nobody_tells_any_more_is_begun_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(_message: object) -> list[News]:
        monkeypatch.undo()
        raise SystemExit  # no Exception: nothing inside the loop catches it

    with listening() as (exchange, fake, listener):
        monkeypatch.setattr(exchange.stream, "_news_of", breaks)
        phone_came(fake)
        wait_until(lambda: listener.links() == [True, False, True], seconds=5, what="a new link")
