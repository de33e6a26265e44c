"""What a node, a caller or an agent may say or fail to say: the whole adapter stands it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from telephony.asterisk import node_link
from telephony.control_orders import MuteAgent, PauseRecording
from telephony.events import CallArrived, CallEnded, CallerPlaced, LinkChanged, Place
from telephony.orders import HangUp, KeepCaller, Order, RingAgent
from telephony.port import ExchangeRefused, LiveCall, PhoneSecret
from tests.bed.fake_ami import Action, FakeAmi, never, once, refusing
from tests.services.processes import wait_until
from tests.telephony.fake_node_bench import FakeNodeBench
from tests.telephony.reaching import talking_caller


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_link, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(node_link, "ANSWER_SECONDS", 0.5)


@contextmanager
def linked() -> Iterator[FakeNodeBench]:
    with FakeNodeBench() as bench:
        bench.connect()
        yield bench


@pytest.mark.parametrize(
    "name", ["Channel status will follow", "--END COMMAND--", "Response: Error", "长" * 200]
)
def test_a_caller_with_a_poisonous_display_name_is_served_like_anybody(name: str) -> None:
    with linked() as bench:
        key = bench.node.place_call("12315", number="13800000001", name=name)
        assert bench.ear.wait_for(CallArrived, call_key=key).from_name == name
        bench.ear.wait_for(CallerPlaced, call_key=key, place=Place.QUEUE)
        bench.phone_comes("1006")
        bench.send(RingAgent, key, phone="1006", ring_seconds=20)
        bench.phone_answers(key, "1006")
        (live,) = bench.exchange.snapshot.live_calls()  # type: ignore[union-attr]
        assert (live.from_name, live.place) == (name, Place.TALKING)


@pytest.mark.parametrize("phone", ["1006\r\nAction: Logoff", "1006,1007", "PJSIP/1006", ""])
def test_a_phone_that_is_no_phone_never_reaches_the_node(phone: str) -> None:
    with linked() as bench:
        key = bench.caller()
        bench.ear.wait_for(CallerPlaced, call_key=key)
        with pytest.raises(ExchangeRefused) as why:
            bench.send(RingAgent, key, phone=phone, ring_seconds=20)
        assert why.value.code == "phone-unreachable"
        assert "Logoff" not in bench.node.ami.names()


def test_a_line_break_in_a_name_or_a_key_injects_no_action() -> None:
    with linked() as bench:
        assert bench.exchange.phones is not None
        evil = "x\r\nAction: Logoff\r\n\r\n"
        bench.exchange.phones.admit(PhoneSecret(phone="1006", secret="a", display_name=evil))
        with pytest.raises(ExchangeRefused):
            bench.send(HangUp, f"1.1{evil}")
        assert "Logoff" not in bench.node.ami.names()
        assert bench.node.ami.is_joined


def test_an_order_without_an_answer_is_sent_once_also_after_the_link_is_back() -> None:
    with linked() as bench:
        key = bench.caller()
        bench.ear.wait_for(CallerPlaced, call_key=key)
        bench.node.ami.script["Hangup"] = never
        with pytest.raises(ExchangeRefused) as why:
            bench.send(HangUp, key)
        assert (why.value.code, why.value.is_retryable) == ("no-answer", False)
        bench.node.ami.hang_up()
        bench.ear.wait_for(LinkChanged, is_up=True, nth=2)
        assert bench.node.ami.names().count("Hangup") == 1


def test_a_refused_log_in_is_tried_again_until_it_is_let_in() -> None:
    with FakeNodeBench() as bench:
        log_in = bench.node.ami._log_in
        bench.node.ami.script["Login"] = once(
            refusing("Authentication failed"), then=lambda _ami, action: log_in(action)
        )
        bench.connect()
        assert bench.node.ami.names().count("Login") == 2


def test_a_new_node_that_knows_no_phone_at_all_is_linked() -> None:
    with linked() as bench:
        assert bench.exchange.snapshot is not None
        assert bench.exchange.snapshot.phones_there() == {}


def test_a_node_that_vanishes_is_a_lost_link_and_nobody_waits_longer_than_an_answer() -> None:
    with linked() as bench:
        key = bench.caller()
        bench.node.ami.vanish()
        done = threading.Event()

        def hang_up() -> None:
            with pytest.raises(ExchangeRefused):
                bench.send(HangUp, key)
            done.set()

        threading.Thread(target=hang_up, daemon=True).start()
        bench.ear.wait_for(LinkChanged, is_up=False)
        assert done.wait(2)
        bench.node.ami.reappear()


def test_a_listener_that_raises_hears_the_next_news_all_the_same() -> None:
    with FakeNodeBench() as bench:
        told, tell = [], bench.ear.tell

        def tell_badly(news: object) -> None:
            told.append(news)
            tell(news)  # type: ignore[arg-type]
            if len(told) == 2:
                raise RuntimeError("the database is away")

        bench.ear.tell = tell_badly  # type: ignore[method-assign]
        bench.connect()
        key = bench.caller()
        bench.ear.wait_for(CallerPlaced, call_key=key)
        bench.caller_hangs_up(key)
        bench.ear.wait_for(CallEnded, call_key=key)


def test_a_name_in_gbk_reaches_us_as_it_was_written() -> None:
    with linked() as bench:
        node = bench.node
        head = ["Event: UserEvent", "UserEvent: HLCallArrived", "Timestamp: 1795417117.5",
                "Uniqueid: 9.9", "ChanVariable: HL_OF=9.9", "CallerIDNum: 0762388",
                "Dialled: 12315", "Invited: 1795417117000"]  # fmt: skip
        lines = [line.encode() for line in head] + ["CallerIDName: 源城区政府".encode("gb18030")]
        node.ami.say_raw(b"\r\n".join([*lines, b"", b""]))
        assert bench.ear.wait_for(CallArrived, call_key="9.9").from_name == "源城区政府"


@pytest.mark.parametrize("hours", [-9, 0, 9])
def test_the_nodes_own_time_is_known_whatever_its_clock_says(hours: int) -> None:
    there = datetime(2026, 11, 23, 2, 0, tzinfo=UTC) + timedelta(hours=hours)

    def pong(ami: FakeAmi, action: Action) -> None:
        ami.answer(action, "Ping: Pong", f"Timestamp: {there.timestamp():.6f}")

    with FakeNodeBench() as bench:
        assert bench.exchange.clock is not None
        assert bench.exchange.clock.time_there() is None
        bench.node.ami.script["Ping"] = pong
        bench.connect()
        told = bench.exchange.clock.time_there()
        assert told is not None
        assert timedelta() <= told - there < timedelta(seconds=2)


def test_an_app_that_says_it_is_ill_sends_one_last_heartbeat_of_nothing_and_none_after() -> None:
    is_well = threading.Event()
    is_well.set()

    def beats(bench: FakeNodeBench) -> list[str]:
        return [a["Value"] for a in bench.node.ami.actions if a.get("Variable") == "HL_HEARTBEAT"]

    with FakeNodeBench() as bench:
        bench.connect(is_well=is_well.is_set)
        is_well.clear()
        wait_until(lambda: beats(bench)[-1:] == ["0"], seconds=2, what="a heartbeat of nothing")
        pings = bench.node.ami.names().count("Ping")
        wait_until(
            lambda: bench.node.ami.names().count("Ping") > pings + 3, seconds=3, what="more pings"
        )
        assert beats(bench).count("0") == 1
        assert beats(bench)[-1] == "0"
        is_well.set()
        wait_until(lambda: beats(bench)[-1] != "0", seconds=2, what="heartbeats again")


@pytest.mark.parametrize(("tries", "goes"), [(3, True), (100, False)])
def test_an_order_right_behind_another_one_waits_for_the_channel_to_arrive(
    tries: int, goes: bool
) -> None:
    asked: list[Action] = []

    def busy(ami: FakeAmi, action: Action) -> None:
        asked.append(action)
        if len(asked) > tries:
            ami.answer(action)
        else:
            ami.refuse(action, "Redirect failed, channel not up.")

    with linked() as bench:
        key = bench.caller()
        bench.ear.wait_for(CallerPlaced, call_key=key)
        bench.node.ami.script["Redirect"] = busy
        if goes:
            bench.send(KeepCaller, key)
            assert len(asked) == tries + 1
        else:
            with pytest.raises(ExchangeRefused):
                bench.send(KeepCaller, key)


@pytest.mark.parametrize(
    ("action", "order", "asked", "noted"),
    [
        ("MuteAudio", MuteAgent, {"phone": "1006", "is_muted": True}, "is_muted"),
        ("MixMonitorMute", PauseRecording, {"is_paused": True}, "is_recording_paused"),
    ],
)
def test_a_mute_that_was_cut_off_is_called_neither_and_is_tried_again_when_asked(
    action: str, order: type[Order], asked: dict[str, Any], noted: str
) -> None:
    with linked() as bench:
        key = talking_caller(bench, "1006")
        script = dict(bench.node.ami.script)
        bench.node.ami.script[action] = never

        with pytest.raises(ExchangeRefused):
            bench.send(order, key, **asked)

        assert getattr(live(bench, key), noted) is None
        bench.node.ami.script.pop(action)
        bench.node.ami.script |= script
        bench.send(order, key, **asked)
        assert getattr(live(bench, key), noted) is True
        assert bench.node.ami.names().count(action) == 2


def live(bench: FakeNodeBench, key: str) -> LiveCall:
    assert bench.exchange.snapshot is not None
    return next(call for call in bench.exchange.snapshot.live_calls() if call.call_key == key)
