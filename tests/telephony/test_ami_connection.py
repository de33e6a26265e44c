"""The AMI link against an exchange that misbehaves."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from telephony.asterisk.ami_connection import (
    AmiConnection,
    AmiLost,
    AmiNoAnswer,
    AmiRefused,
    Message,
    decode_line,
    encode_action,
)
from tests.bed.fake_ami import FakeAmi, Reply, fake_ami
from tests.services.processes import wait_until


class Link:
    """A connection and what it said when it was lost."""

    def __init__(self, fake: FakeAmi, *, answer_seconds: float = 2.0) -> None:
        self.lost: list[str] = []
        self.ami = AmiConnection(answer_seconds=answer_seconds, on_lost=self.lost.append)
        self.ami.connect("127.0.0.1", fake.port)


@contextmanager
def linked(
    script: dict[str, Reply] | None = None, *, answer_seconds: float = 2.0
) -> Iterator[tuple[Link, FakeAmi]]:
    with fake_ami(script) as fake:
        link = Link(fake, answer_seconds=answer_seconds)
        link.ami.login("hotline", "some-secret")
        yield link, fake
        link.ami.close()


def never(fake: FakeAmi, action: dict[str, str]) -> None:
    """Give no answer."""


def test_each_thread_gets_its_own_answer_although_they_come_in_any_order() -> None:
    kept: list[dict[str, str]] = []

    def reversed_pairs(fake: FakeAmi, action: dict[str, str]) -> None:
        kept.append(action)
        if len(kept) == 2:
            for one in reversed(kept):
                fake.answer(one, f"Echo: {one['Number']}")
            kept.clear()

    with linked({"Echo": reversed_pairs}) as (link, _fake), ThreadPoolExecutor(2) as pool:
        sent = [str(number) for number in range(200)]
        answers = pool.map(lambda one: link.ami.ask({"Action": "Echo", "Number": one}), sent)
        assert [answer.headers["Echo"] for answer in answers] == sent


def test_an_action_without_an_answer_does_not_wait_for_ever_and_a_late_answer_harms_nobody() -> (
    None
):
    with linked({"Never": never}, answer_seconds=0.2) as (link, fake):
        began = time.monotonic()
        with pytest.raises(AmiNoAnswer):
            link.ami.ask({"Action": "Never"})
        assert time.monotonic() - began < 1
        fake.answer(fake.actions[-1], "Too: late")
        assert link.ami.ask({"Action": "Ping"}).headers["Ping"] == "Pong"


def test_a_refusal_carries_the_exchanges_own_words() -> None:
    def refuse(fake: FakeAmi, action: dict[str, str]) -> None:
        fake.answer(action, "Message: No such channel", response="Error")

    with (
        linked({"Redirect": refuse}) as (link, _fake),
        pytest.raises(AmiRefused, match="No such channel"),
    ):
        link.ami.ask({"Action": "Redirect"})


def test_a_list_is_collected_and_an_event_in_its_middle_is_an_event() -> None:
    def a_list(fake: FakeAmi, action: dict[str, str]) -> None:
        mine = f"ActionID: {action['ActionID']}"
        fake.answer(action, "EventList: start", "Message: Channel status will follow")
        fake.say("Event: Status", mine, "Uniqueid: 1")
        fake.say("Event: Hangup", "Uniqueid: 9")
        fake.say("Event: Status", mine, "Uniqueid: 2")
        fake.say("Event: StatusComplete", mine, "EventList: Complete")

    with linked({"Status": a_list}) as (link, _fake):
        entries = link.ami.ask_for_list({"Action": "Status"})
        assert [entry.headers["Uniqueid"] for entry in entries] == ["1", "2"]
        event = link.ami.events.get(timeout=1)
        assert event is not None
        assert event.event_name == "Hangup"


@pytest.mark.parametrize(
    "poison",
    [
        "CallerIDName: Channel status will follow",
        "CallerIDName: --END COMMAND--",
        "ChanVariable: HL_OF=1",
        "a line without a colon",
        "CallerIDName: " + "长" * 500,
    ],
)
def test_what_a_caller_says_of_himself_never_stops_the_reader(poison: str) -> None:
    with linked() as (link, fake):
        fake.say("Event: NewCall", poison, poison)
        fake.say("Event: NewCall", "Number: 2")
        names = [link.ami.events.get(timeout=1) for _ in range(2)]
        assert [one.event_name for one in names if one] == ["NewCall", "NewCall"]
        assert link.ami.ask({"Action": "Ping"}).headers["Ping"] == "Pong"


def test_repeated_headers_are_all_there() -> None:
    message = Message(["Output: one", "Output: two", "ChanVariable: A=1", "ChanVariable: B=x=y"])
    assert message.all_of("Output") == ["one", "two"]
    assert message.variables == {"A": "1", "B": "x=y"}


def test_a_line_break_in_a_value_is_refused_before_anything_is_sent() -> None:
    with linked() as (link, fake):
        with pytest.raises(ValueError, match="control character"):
            link.ami.ask({"Action": "Setvar", "Value": "hi\r\nAction: Logoff"})
        assert "Setvar" not in fake.names()
    with pytest.raises(ValueError, match="control character"):
        encode_action({"Bad\nName": "x"})


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("CallerIDName: 市民反映".encode(), "CallerIDName: 市民反映"),
        ("CallerIDName: 王先生".encode("gb18030"), "CallerIDName: 王先生"),
        (b"CallerIDName: \xff\xff\r\n", "CallerIDName: \ufffd\ufffd"),
    ],
)
def test_names_are_read_in_the_encodings_that_switches_use(raw: bytes, text: str) -> None:
    assert decode_line(raw) == text


def test_a_lost_link_is_told_and_frees_whoever_waits() -> None:
    with linked({"Never": never}, answer_seconds=5) as (link, fake):
        threading.Timer(0.2, fake.hang_up).start()
        began = time.monotonic()
        with pytest.raises(AmiLost):
            link.ami.ask({"Action": "Never"})
        assert time.monotonic() - began < 2
        wait_until(lambda: bool(link.lost), seconds=1, what="the loss was told")
        assert not link.ami.connected()
        assert link.ami.events.get(timeout=1) is None
        with pytest.raises(AmiLost):
            link.ami.ask({"Action": "Ping"})


def test_a_link_that_we_close_is_not_told_as_lost() -> None:
    with linked() as (link, _fake):
        link.ami.close()
        wait_until(lambda: not link.ami.connected(), seconds=1, what="closed")
        assert link.lost == []


def test_something_that_is_no_ami_is_refused() -> None:
    with fake_ami(greeting=b"220 mail ready\r\n") as fake, pytest.raises(AmiLost, match="greeting"):
        Link(fake)


def test_many_events_keep_their_order() -> None:
    with linked() as (link, fake):
        fake.say_raw(b"".join(b"Event: E\r\nNumber: %d\r\n\r\n" % n for n in range(20_000)))
        numbers = []
        for _ in range(20_000):
            event = link.ami.events.get(timeout=5)
            assert event is not None
            numbers.append(int(event.headers["Number"]))
        assert numbers == list(range(20_000))


def test_actions_in_turn_go_out_together_and_the_first_refusal_is_told() -> None:
    def refuse(fake: FakeAmi, action: dict[str, str]) -> None:
        fake.refuse(action, "No such channel")  # type: ignore[arg-type]

    turn = [{"Action": "Echo", "Number": str(number)} for number in range(3)]
    with linked({"Redirect": refuse}) as (link, fake):
        link.ami.ask_in_turn(turn)
        with pytest.raises(AmiRefused, match="No such channel"):
            link.ami.ask_in_turn([turn[0], {"Action": "Redirect"}, turn[1]])

        told = [action.get("Number", action["Action"]) for action in fake.actions]
        assert told[1:] == ["0", "1", "2", "0", "Redirect", "1"]
        assert link.ami.ask({"Action": "Ping"}).headers["Ping"] == "Pong"


def test_a_turn_with_a_line_break_sends_nothing_of_it() -> None:
    with linked() as (link, fake):
        with pytest.raises(ValueError, match="control character"):
            link.ami.ask_in_turn([{"Action": "Ping"}, {"Action": "Ping", "Note": "a\r\nb"}])

        assert fake.names() == ["Login"]
