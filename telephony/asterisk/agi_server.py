"""The door: a FastAGI server of our own that asks the application where each new call goes.

pyst2's FastAGI cannot be imported on Python 3, and its AGI wants the main thread. The protocol is
small: header lines, an empty line, then commands that are answered one by one.
"""

import logging
import socket
import socketserver
from collections.abc import Callable, Iterable
from io import BufferedIOBase

from telephony.asterisk.ami_connection import decode_line
from telephony.asterisk.passage import read_passage
from telephony.port import Ask, IncomingCall, IntakeAction, IntakeAnswer

log = logging.getLogger(__name__)

WITHHELD = frozenset({"", "unknown", "anonymous", "restricted", "unavailable", "private"})
MOST_HEADERS = 100
READ_SECONDS = 10.0


class AgiBroken(Exception):
    """Asterisk went away in the middle, or does not speak FastAGI."""


def read_headers(lines: Iterable[str]) -> dict[str, str]:
    """Return the agi_… headers that open a request; raises AgiBroken when they do not end."""
    headers: dict[str, str] = {}
    for number, line in enumerate(lines):
        if not line:
            return headers
        if number >= MOST_HEADERS:
            break
        name, _colon, value = line.partition(":")
        headers[name.strip()] = value.strip()
    raise AgiBroken("headers without an end")


def caller_number(raw: str) -> str:
    """Return a number as delivered, or nothing when the caller withholds it."""
    return "" if raw.strip().lower() in WITHHELD else raw.strip()


def set_variable(name: str, value: str) -> str:
    """Return the command that sets a channel variable; the value is quoted."""
    clean = "".join(sign for sign in value if ord(sign) >= 32)
    quoted = clean.replace("\\", "\\\\").replace('"', '\\"')
    return f'SET VARIABLE {name} "{quoted}"'


class _Conversation(socketserver.StreamRequestHandler):
    """One call at the door, in its own thread: a slow answer keeps nobody else waiting."""

    timeout = READ_SECONDS
    server: "AgiServer"

    def handle(self) -> None:
        """Put the answer into the channel; without one the dialplan goes on by itself."""
        try:
            headers = read_headers(_lines(self.rfile))
            answer = self.server.ask(self._call(headers))
            self._command(set_variable("HL_ANNOUNCEMENT", answer.announcement))
            if answer.greeting:
                self._command(set_variable("HL_GREETING", answer.greeting))
            if answer.plays_recording_notice:
                self._command(set_variable("HL_NOTICE", "yes"))
            if answer.action is IntakeAction.FORWARD:
                self._command(set_variable("HL_FORWARD_TO", answer.forward_to))
                self._command(set_variable("HL_FORWARD_SECONDS", str(answer.ring_seconds)))
            self._command(set_variable("HL_ACTION", answer.action.value))
        except (AgiBroken, OSError) as why:
            log.warning("intake ended early: %s", why)
        except Exception:  # the application's own fault: the call goes to the fallback queue
            log.exception("intake was not answered")

    def _call(self, headers: dict[str, str]) -> IncomingCall:
        return IncomingCall(
            exchange_id=self.server.exchange_id,
            call_key=headers.get("agi_uniqueid", ""),
            from_number=caller_number(headers.get("agi_callerid", "")),
            dialled_number=headers.get("agi_arg_1") or headers.get("agi_extension", ""),
            passage=read_passage(headers.get("agi_arg_2", ""), headers.get("agi_arg_3", "")),
        )

    def _command(self, command: str) -> None:
        self.wfile.write(command.encode("utf-8") + b"\n")
        answer = decode_line(self.rfile.readline(4096))
        if not answer.startswith("200 result=1"):
            raise AgiBroken(f"answered {answer[:60]!r}")


def _lines(stream: BufferedIOBase) -> Iterable[str]:
    while raw := stream.readline(4096):
        yield decode_line(raw)
    raise AgiBroken("closed before the headers ended")


class AgiServer(socketserver.ThreadingTCPServer):
    """Listens until `shutdown()`; at most the exchange's own intake limit is waited for anyway."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self,
        address: tuple[str, int],
        *,
        exchange_id: str,
        ask: Callable[[IncomingCall], IntakeAnswer],
    ) -> None:
        self.exchange_id = exchange_id
        self.ask: Ask = ask
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Conversation)
