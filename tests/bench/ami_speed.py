"""How many AMI events a second are taken from the wire, and how many become our own news."""

import queue
import socket
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path

from telephony.asterisk import ami_translation
from telephony.asterisk.ami_connection import AmiConnection
from telephony.asterisk.ami_translation import Node
from tests.bench.rows import Row, at_least

RECORDED = Path(__file__).resolve().parents[1] / "telephony" / "recorded" / "one_call.ami"
NODE = Node(exchange_id="hy1", boot_id="bench")
FULL_SIZE = 100_000
ROUNDS = 3


def run(size: float) -> list[Row]:
    """Measure; the better of some rounds, because others use this machine too."""
    events = max(200, int(FULL_SIZE * size))
    taken = max(_rate(events, translate=False) for _ in range(ROUNDS))
    translated = max(_rate(events, translate=True) for _ in range(ROUNDS))
    return [
        at_least("AMI: decode and dispatch", taken, "events/s", goal=30_000),
        at_least("AMI: through translation", translated, "events/s", goal=10_000),
    ]


def _rate(events: int, *, translate: bool) -> float:
    """Let another process send a recorded call over and over; return events a second."""
    command = [sys.executable, "-m", "tests.bench.ami_speed", str(events)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdout is not None
        port = int(sender.stdout.readline())
        connection = AmiConnection(answer_seconds=10, on_lost=lambda _why: None)
        connection.connect("127.0.0.1", port)
        connection.login("bench", "bench")
        began = time.perf_counter()
        connection.ask({"Action": "Begin"})
        for _ in range(events):
            message = _next(connection.events)
            if translate:
                ami_translation.translate(message, node=NODE)
        seconds = time.perf_counter() - began
        connection.close()
    return events / seconds


def _next(events: "queue.SimpleQueue[ami_translation.Message | None]") -> ami_translation.Message:
    message = events.get(timeout=30)
    assert message is not None, "the link was lost"
    return message


def main(events: int) -> None:
    """Be the exchange: greet, take the log-in, and send when asked to begin."""
    recorded = [piece for piece in RECORDED.read_bytes().split(b"\n\n") if piece.strip()]
    pieces = [piece.strip().replace(b"\n", b"\r\n") + b"\r\n\r\n" for piece in recorded]
    told = b"".join(islice(cycle(pieces), events))
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)  # noqa: T201 - told to the other process
        connection, _address = server.accept()
        with connection, connection.makefile("rb") as asked:
            connection.sendall(b"Asterisk Call Manager/11.0.0\r\n")
            for answer in (b"", told):
                _answer(connection, asked)
                connection.sendall(answer)
            asked.read()


def _answer(connection: socket.socket, asked: object) -> None:
    for line in asked:  # type: ignore[attr-defined]
        if line.startswith(b"ActionID"):
            action_id = line.strip()
        elif not line.strip():
            connection.sendall(b"Response: Success\r\n" + action_id + b"\r\n\r\n")
            return


if __name__ == "__main__":
    main(int(sys.argv[1]))
