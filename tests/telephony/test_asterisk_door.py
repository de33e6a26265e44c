"""The door for new calls: FastAGI as Asterisk speaks it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from telephony.asterisk.agi_server import AgiServer, caller_number, set_variable
from telephony.port import Ask, IncomingCall, IntakeAction, IntakeAnswer, Passage

REQUEST = (
    "agi_network: yes\nagi_network_script: intake\nagi_uniqueid: 1795417117.0\n"
    "agi_callerid: 13800001234\nagi_extension: s\nagi_arg_1: 12315\n\n"
)


@contextmanager
def open_door(ask: Ask) -> Iterator[tuple[str, int]]:
    server = AgiServer(("127.0.0.1", 0), exchange_id="hy1", ask=ask)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield ("127.0.0.1", server.server_address[1])
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()


def call_at(address: tuple[str, int], request: str = REQUEST) -> list[str]:
    """Play Asterisk: send the headers, take each command and say yes; return the commands."""
    commands = []
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(request.encode())
        with connection.makefile("rb") as lines:
            for line in lines:
                commands.append(line.decode().strip())
                connection.sendall(b"200 result=1\n")
    return commands


def test_a_call_is_described_and_the_answer_put_into_the_channel() -> None:
    asked: list[IncomingCall] = []

    def ask(call: IncomingCall) -> IntakeAnswer:
        asked.append(call)
        return IntakeAnswer(action=IntakeAction.ANNOUNCE, announcement="number-moved")

    with open_door(ask) as address:
        commands = call_at(address)
    assert asked == [
        IncomingCall(
            exchange_id="hy1",
            call_key="1795417117.0",
            from_number="13800001234",
            dialled_number="12315",
        )
    ]
    assert commands == [
        'SET VARIABLE HL_ANNOUNCEMENT "number-moved"',
        'SET VARIABLE HL_ACTION "announce"',
    ]


def test_what_a_caller_hears_first_is_said_before_where_he_goes() -> None:
    greeted = IntakeAnswer(
        action=IntakeAction.QUEUE, greeting="greeting-12315-ab", plays_recording_notice=True
    )

    with open_door(lambda _call: greeted) as address:
        commands = call_at(address)

    assert commands[1:] == [
        'SET VARIABLE HL_GREETING "greeting-12315-ab"',
        'SET VARIABLE HL_NOTICE "yes"',
        'SET VARIABLE HL_ACTION "queue"',
    ]


def test_a_slow_answer_keeps_nobody_else_waiting() -> None:
    slow_may_go = threading.Event()

    def ask(call: IncomingCall) -> IntakeAnswer:
        if call.from_number == "110":
            slow_may_go.wait(5)
        return IntakeAnswer(action=IntakeAction.QUEUE)

    with open_door(ask) as address:
        slow = threading.Thread(
            target=call_at, args=(address, REQUEST.replace("13800001234", "110"))
        )
        slow.start()
        began = time.monotonic()
        assert call_at(address)
        assert time.monotonic() - began < 2
        slow_may_go.set()
        slow.join(timeout=5)


@pytest.mark.parametrize("request_text", ["", "agi_network: yes\n", "x\n" * 500 + "\n"])
def test_whoever_does_not_speak_fastagi_gets_no_answer_and_breaks_nothing(
    request_text: str,
) -> None:
    asked: list[IncomingCall] = []

    def ask(call: IncomingCall) -> IntakeAnswer:
        asked.append(call)
        return IntakeAnswer(action=IntakeAction.QUEUE)

    with open_door(ask) as address:
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(request_text.encode())
            connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                assert connection.recv(100) == b""
        assert not asked
        assert call_at(address)


def test_a_fault_of_the_application_sets_nothing_so_that_the_call_falls_back() -> None:
    def ask(_call: IncomingCall) -> IntakeAnswer:
        raise RuntimeError("the database is away")

    with open_door(ask) as address:
        assert call_at(address) == []


@pytest.mark.parametrize("raw", ["", "unknown", "Anonymous", " anonymous ", "Restricted"])
def test_a_withheld_number_is_empty(raw: str) -> None:
    assert caller_number(raw) == ""


def test_a_value_cannot_leave_its_quotes() -> None:
    assert set_variable("X", 'a"b\\c\nd') == 'SET VARIABLE X "a\\"b\\\\cd"'


def test_old_seats_are_named_with_the_seconds_they_ring() -> None:
    def ask(_call: IncomingCall) -> IntakeAnswer:
        return IntakeAnswer(action=IntakeAction.FORWARD, forward_to="07623339999", ring_seconds=25)

    with open_door(ask) as address:
        assert call_at(address) == [
            'SET VARIABLE HL_ANNOUNCEMENT ""',
            'SET VARIABLE HL_FORWARD_TO "07623339999"',
            'SET VARIABLE HL_FORWARD_SECONDS "25"',
            'SET VARIABLE HL_ACTION "forward"',
        ]


def test_the_way_a_call_came_is_read_from_what_the_dialplan_joined() -> None:
    asked: list[IncomingCall] = []

    def ask(call: IncomingCall) -> IntakeAnswer:
        asked.append(call)
        return IntakeAnswer(action=IntakeAction.HUMAN_FIRST)

    came_round = REQUEST.replace(
        "\n\n",
        "\nagi_arg_2: carrier\nagi_arg_3: max=65&hop=hy1%2F1.0&div=%3Csip%3A12315%40x%3E\n\n",
    )
    with open_door(ask) as address:
        call_at(address, came_round)

    assert asked[0].passage == Passage(
        trunk="carrier", hops=("hy1/1.0",), diverted_from=("12315",), max_forwards=65
    )
