"""What broke other people's links to Asterisk, complaint by complaint: ours stands all of it."""

import gc
import itertools
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest

from telephony.asterisk import ami_connection
from telephony.asterisk.ami_connection import AmiConnection, AmiLost, AmiNoAnswer, AmiRefused
from tests.bed.fake_ami import (
    SECRET,
    USER,
    Action,
    FakeAmi,
    Reply,
    fake_ami,
    gone_in_the_middle,
    gone_instead,
    never,
    once,
)
from tests.services.processes import wait_until

THREADS, PINGS = 8, 500
MOST_SECONDS = 20.0  # stock pyst2 needs 23 for the 20,000 events below, on a machine without load


@contextmanager
def linked(
    script: dict[str, Reply] | None = None,
    *,
    answer_seconds: float = 2.0,
    receive_buffer: int = 0,
) -> Iterator[tuple[AmiConnection, FakeAmi, list[str]]]:
    with fake_ami(script, receive_buffer=receive_buffer) as fake:
        lost: list[str] = []
        ami = AmiConnection(answer_seconds=answer_seconds, on_lost=lost.append)
        ami.connect("127.0.0.1", fake.port)
        ami.login(USER, SECRET)
        yield ami, fake, lost
        ami.close()


def event_of(ami: AmiConnection, *, within: float = 2.0) -> dict[str, str]:
    event = ami.events.get(timeout=within)
    assert event is not None, "the link was lost"
    return event.headers


def still_answers(ami: AmiConnection) -> bool:
    return bool(ami.ask({"Action": "Ping"}).headers["Ping"] == "Pong")


# --- answers ------------------------------------------------------------------------------------


class MixedUpPost:
    """Answers in any order, a moment later, from a thread of its own."""

    def __init__(self) -> None:
        self._owed: list[Action] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._order = random.Random(5)

    def take(self, fake: FakeAmi, action: Action) -> None:
        with self._lock:
            self._owed.append(action)
            if len(self._owed) == 1:
                threading.Timer(0.001, self._answer, args=(fake,)).start()

    def _answer(self, fake: FakeAmi) -> None:
        with self._lock:
            owed, self._owed = self._owed, []
        self._order.shuffle(owed)
        for action in owed:
            fake.answer(action, "Ping: Pong", f"Of: {action['Of']}")


def test_swapped_replies_of_4000_pings_from_8_threads_not_one_went_to_the_wrong_thread() -> None:
    with linked({"Ping": MixedUpPost().take}, answer_seconds=10) as (ami, fake, _lost):

        def wrong_answers(thread: int) -> int:
            sent = [f"{thread}.{number}" for number in range(PINGS)]
            heard = [ami.ask({"Action": "Ping", "Of": one}).headers["Of"] for one in sent]
            return sum(one != other for one, other in zip(sent, heard, strict=True))

        with ThreadPoolExecutor(THREADS) as pool:
            assert sum(pool.map(wrong_answers, range(THREADS))) == 0
        assert len({action["ActionID"] for action in fake.actions}) == 1 + THREADS * PINGS


def test_an_action_id_is_never_used_twice_although_the_caller_uses_his_headers_again() -> None:
    with linked() as (ami, fake, _lost):
        headers = {"Action": "Setvar", "Variable": "A"}
        ami.send_action(headers, Value="1")
        ami.send_action(headers)
        ami.send_action(Action="Ping")
        first, second, third = fake.actions[-3:]
        assert len({first["ActionID"], second["ActionID"], third["ActionID"]}) == 3
        assert "Value" not in second
        assert "Variable" not in third
        assert headers == {"Action": "Setvar", "Variable": "A"}


@pytest.mark.parametrize("fault", [gone_instead, gone_in_the_middle])
def test_a_connection_closed_in_the_middle_of_an_answer_frees_whoever_waits(fault: Reply) -> None:
    with linked({"Redirect": fault}, answer_seconds=5) as (ami, fake, lost):
        began = time.monotonic()
        with pytest.raises(AmiNoAnswer):
            ami.ask({"Action": "Redirect"})
        assert time.monotonic() - began < 2
        wait_until(lambda: bool(lost), seconds=1, what="the loss was told", pause=0.01)
        assert fake.names().count("Redirect") == 1


def test_half_an_event_at_the_end_of_a_connection_is_no_event() -> None:
    with linked() as (ami, fake, _lost):
        fake.say_raw(b"Event: Hangup\r\nUniqueid: 1.1\r\nCau")
        fake.hang_up()
        assert ami.events.get(timeout=2) is None


def test_output_of_two_lines_is_both_lines() -> None:
    def two_lines(fake: FakeAmi, action: Action) -> None:
        fake.answer(action, "Output: System uptime", "Output: Last reload")

    with linked({"Command": two_lines}) as (ami, _fake, _lost):
        answer = ami.ask({"Action": "Command", "Command": "core show uptime"})
        assert answer.all_of("Output") == ["System uptime", "Last reload"]


# --- what arrives ---------------------------------------------------------------------------------


def test_a_caller_named_status_will_follow_freezes_nothing() -> None:
    with linked() as (ami, fake, _lost):
        fake.say("Event: Newchannel", "CallerIDName: Channel status will follow", "Uniqueid: 1.1")
        fake.say("Event: Newchannel", "CallerIDName: Response: Follows", "Uniqueid: 1.2")
        assert event_of(ami)["Uniqueid"] == "1.1"
        assert event_of(ami)["CallerIDName"] == "Response: Follows"
        assert still_answers(ami)


def test_a_name_in_gbk_is_read_and_the_next_line_too() -> None:
    with linked() as (ami, fake, _lost):
        name = "CallerIDName: 欧阳（源城区）\r\n".encode("gb18030")
        fake.say_raw(b"Event: Newchannel\r\n" + name + b"Uniqueid: 1.1\r\n\r\n")
        event = event_of(ami)
        assert (event["CallerIDName"], event["Uniqueid"]) == ("欧阳（源城区）", "1.1")


def test_a_very_long_line_is_cut_and_its_rest_is_not_taken_for_headers() -> None:
    filler = "x" * (ami_connection.LONGEST_LINE - len("AppData: "))
    with linked() as (ami, fake, _lost):
        fake.say("Event: Newexten", f"AppData: {filler}Uniqueid: forged", "Context: queue")
        # a rest that is nothing but the end of the line does not end the message either
        fake.say("Event: Newexten", f"AppData: {filler}", "Context: kept")
        first, second = event_of(ami), event_of(ami)
        assert "Uniqueid" not in first
        assert (first["Context"], second["Context"]) == ("queue", "kept")
        assert still_answers(ami)


def test_a_message_without_an_end_is_a_lost_link_and_not_a_full_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ami_connection, "MOST_LINES", 50)
    with linked() as (ami, fake, lost):
        assert still_answers(ami), "nothing that is still on its way may give it an end"
        fake.say_raw(b"More: and more\r\n" * 100)
        wait_until(lambda: bool(lost), seconds=2, what="the loss was told", pause=0.01)
        assert "without an end" in lost[0]


def test_20000_channel_events_are_read_in_seconds_although_a_poor_client_reads_byte_by_byte() -> (
    None
):
    more = "".join(f"Header{n}: some value of a channel\r\n" for n in range(18))
    flood = "".join(f"Event: E\r\n{more}Number: {n}\r\n\r\n" for n in range(20_000)).encode()
    with linked() as (ami, fake, _lost):
        began = time.monotonic()
        threading.Thread(target=fake.say_raw, args=(flood,), daemon=True).start()
        numbers = [int(event_of(ami, within=10)["Number"]) for _ in range(20_000)]
        assert numbers == list(range(20_000))
        assert time.monotonic() - began < MOST_SECONDS
        assert still_answers(ami)


def test_a_flood_that_nobody_works_off_is_bounded_and_ends_as_a_lost_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ami_connection, "MOST_EVENTS_WAITING", 500)
    with linked() as (ami, fake, lost):
        fake.say_raw(b"Event: E\r\n\r\n" * 2000)
        wait_until(lambda: bool(lost), seconds=2, what="the loss was told", pause=0.01)
        assert ami.events.qsize() <= 501
        assert not ami.connected()


def test_actions_are_answered_while_events_wait_for_a_slow_reader() -> None:
    with linked() as (ami, fake, _lost):
        fake.say_raw(b"Event: E\r\n\r\n" * 5000)
        assert still_answers(ami)
        assert ami.events.qsize() == 5000


# --- a peer that is not there ---------------------------------------------------------------------


def test_a_server_that_never_greets_is_not_waited_for_without_end() -> None:
    with fake_ami(greeting=b"") as fake:
        ami = AmiConnection(answer_seconds=0.2, on_lost=lambda _why: None)
        began = time.monotonic()
        with pytest.raises(AmiLost, match="greeting"):
            ami.connect("127.0.0.1", fake.port)
        assert time.monotonic() - began < 1


def test_a_refused_log_in_says_so_and_its_secret_is_in_no_message() -> None:
    with fake_ami() as fake:
        ami = AmiConnection(answer_seconds=1, on_lost=lambda _why: None)
        ami.connect("127.0.0.1", fake.port)
        with pytest.raises(AmiRefused, match="Authentication failed") as why:
            ami.login(USER, "a-wrong-secret")
        assert "a-wrong-secret" not in str(why.value)
        ami.close()


def test_a_peer_that_vanishes_without_a_word_is_bounded_for_every_thread_that_asks() -> None:
    with linked(answer_seconds=0.3) as (ami, fake, _lost), ThreadPoolExecutor(4) as pool:
        fake.vanish()

        def ask(_number: int) -> float:
            began = time.monotonic()
            with pytest.raises(AmiNoAnswer):
                ami.ask({"Action": "Ping"})
            return time.monotonic() - began

        assert max(pool.map(ask, range(4))) < 1.5


def test_a_peer_that_reads_nothing_more_does_not_keep_whoever_writes() -> None:
    with linked(answer_seconds=0.3, receive_buffer=4096) as (ami, fake, lost):
        fake.vanish()
        big = {"Action": "DBPut", "Val": "x" * 1_000_000}
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(AmiLost):
                ami.ask(big)
            if lost:
                break
        assert lost, "the full pipe was never noticed"
        assert time.monotonic() - began < 10
        with pytest.raises(AmiLost):
            ami.ask({"Action": "Ping"})


def test_a_reset_is_a_lost_link() -> None:
    with linked() as (ami, fake, lost):
        fake.sessions[-1].reset()
        wait_until(lambda: bool(lost), seconds=2, what="the loss was told", pause=0.01)
        assert not ami.connected()


def test_closing_while_the_peer_closes_too_raises_nothing_in_a_hundred_tries() -> None:
    for number in range(100):
        with linked() as (ami, fake, lost):
            ours = threading.Thread(target=ami.close)
            theirs = threading.Thread(target=fake.hang_up)
            for side in (ours, theirs) if number % 2 else (theirs, ours):
                side.start()
            for side in (ours, theirs):
                side.join(timeout=2)
            assert ami.events.get(timeout=2) is None
            assert len(lost) <= 1


def test_a_connection_that_is_dropped_unclosed_neither_hangs_nor_makes_a_noise() -> None:
    with fake_ami() as fake:
        ami = AmiConnection(answer_seconds=1, on_lost=lambda _why: None)
        ami.connect("127.0.0.1", fake.port)
        ami.close()
        began = time.monotonic()
        del ami
        gc.collect()
        assert time.monotonic() - began < 10, "a full collection, and no wait for an answer"
        assert fake.names() == [], "nothing was said on the way out"


def test_a_hundred_reconnects_leave_no_thread_no_socket_and_no_memory_behind() -> None:
    process = psutil.Process(os.getpid())

    def live_and_die(fake: FakeAmi, number: int) -> None:
        ended = threading.Event()
        ami = AmiConnection(answer_seconds=2, on_lost=lambda _why: ended.set())
        ami.connect("127.0.0.1", fake.port)
        if number % 4 == 3:
            with pytest.raises(AmiRefused):
                ami.login(USER, "a-wrong-secret")
            ami.close()
        else:
            ami.login(USER, SECRET)
            assert still_answers(ami)
            fake.hang_up() if number % 2 else ami.close()
        while ami.events.get(timeout=2) is not None:
            pass

    def here() -> tuple[int, int, int]:
        gc.collect()
        return threading.active_count(), process.num_fds(), process.memory_info().rss

    with fake_ami() as fake:
        for number in range(10):
            live_and_die(fake, number)
        threads, handles, memory = here()
        for number in range(100):
            live_and_die(fake, number)
        wait_until(lambda: here()[0] <= threads, seconds=5, what="no thread more than before")
        wait_until(lambda: here()[1] <= handles + 1, seconds=5, what="no socket more than before")
        assert here()[2] - memory < 4_000_000


def test_what_had_no_answer_is_asked_again_only_by_whoever_asked() -> None:
    with linked({"Redirect": once(never)}, answer_seconds=0.2) as (ami, fake, _lost):
        with pytest.raises(AmiNoAnswer):
            ami.ask({"Action": "Redirect"})
        for _ in itertools.repeat(None, 20):
            assert still_answers(ami)
        assert fake.names().count("Redirect") == 1
