"""One AMI connection: pyst2's Manager with a transport that can be trusted.

pyst2 0.5.1 reads byte by byte, gives answers to whichever thread asks first, waits without limit,
takes a caller's display name for a status list, dies on repeated headers and cannot connect twice.
What is kept of it: the message classes and the names of its actions. A connection object is used
once; whoever wants to reconnect builds a new one.
"""

import itertools
import logging
import queue
import re
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asterisk.manager import Manager, ManagerException, ManagerMsg

log = logging.getLogger(__name__)

MOST_EVENTS_WAITING = 100_000
LONGEST_LINE = 64 * 1024
MOST_LINES = 10_000  # of one message
ONE_READ = 1 << 16
NOT_SET = "(null)"  # how a Status entry shows a variable that the channel does not have

_BLANK_LINE = re.compile(rb"\n\r?\n")

Headers = Mapping[str, Any]


class AmiLost(ManagerException):  # type: ignore[misc] # pyst2 has no types
    """The link is not up, or went away while an action waited for its answer."""


class AmiNoAnswer(AmiLost):
    """The action was sent and no answer came in time: it may or may not have happened."""


class AmiRefused(ManagerException):  # type: ignore[misc] # pyst2 has no types
    """Asterisk answered with an error; the text is Asterisk's own message."""


class Message(ManagerMsg):  # type: ignore[misc] # pyst2 has no types
    """One AMI message. `headers` holds the first of each name, `all_of` every one.

    Thousands come in a second and most of them are none of our business: what few want to know is
    worked out when it is asked for.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        # the constructor of pyst2 knows no repeated headers: it is not called
        self.response = lines
        # The first of each name is the node's own: what a caller brings along stands behind it.
        parts = [line.partition(":") for line in reversed(lines)]
        self.headers: dict[str, str] = {
            name: value.strip() for name, colon, value in parts if colon
        }

    def all_of(self, name: str) -> list[str]:
        """Return the values of a header that may come several times, in order."""
        if name not in self.headers:
            return []
        start = f"{name}:"
        return [line[len(start) :].strip() for line in self.response if line.startswith(start)]

    @property
    def event_name(self) -> str:
        """Return the event's name, or nothing for an answer."""
        return self.headers.get("Event", "")

    @cached_property
    def variables(self) -> dict[str, str]:
        """Return the channel variables that came with an event or a Status entry."""
        lines = self.all_of("ChanVariable") + self.all_of("Variable")
        pairs = dict(line.split("=", 1) for line in lines if "=" in line)
        return {name: value for name, value in pairs.items() if value != NOT_SET}


def decode_line(raw: bytes) -> str:
    """Return a line as text: UTF-8, or GB18030 as old switches of this country send names."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace").rstrip("\r\n")


def decode_message(raw: bytes) -> list[str]:
    """Return the lines of one message; what is longer than a line may be is cut off."""
    raw = raw.strip(b"\r\n")
    if len(raw) <= LONGEST_LINE:
        try:
            return raw.decode("utf-8").replace("\r\n", "\n").split("\n")
        except UnicodeDecodeError:
            pass  # one name may be of another kind than the rest: line by line
    return [decode_line(line[:LONGEST_LINE]) for line in raw.split(b"\n")]


def encode_action(headers: Headers) -> bytes:
    """Return an action as it is sent; a list becomes a repeated header.

    Refuses a line break in any value with ValueError: it would smuggle in a second action.
    """
    lines = []
    for name, value in headers.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            text = str(one)
            if any(ord(sign) < 32 for sign in name + text):
                raise ValueError(f"control character in {name}")
            lines.append(f"{name}: {text}\r\n")
    return ("".join(lines) + "\r\n").encode("utf-8")


def _cut_to_size(unfinished: bytes) -> bytes:
    """Cut what is too long for a line from a message that is still coming."""
    return b"\n".join(line[: LONGEST_LINE + 1] for line in unfinished.split(b"\n"))


@dataclass
class _Waiting:
    """An action whose answer has not come; a list is whole when its last entry says so."""

    wants_list: bool
    answer: "queue.SimpleQueue[Message | None]" = field(default_factory=queue.SimpleQueue)
    first: Message | None = None
    entries: list[Message] = field(default_factory=list)

    def take(self, message: Message) -> bool:
        """Take one message of this action; say whether the answer is whole now."""
        if message.event_name:
            self.entries.append(message)
            whole = message.headers.get("EventList") in ("Complete", "cancelled")
        else:
            self.first = message
            whole = not self.wants_list or message.headers.get("Response") == "Error"
        if whole:
            self.answer.put(self.first or message)
        return whole


class AmiConnection(Manager):  # type: ignore[misc] # pyst2 has no types
    """A link that is connected once, answers by ActionID, and says when it is lost.

    Events wait in `events` for whoever works them off; None there means that the link is gone.
    """

    def __init__(self, *, answer_seconds: float, on_lost: Callable[[str], None]) -> None:
        # the constructor of pyst2 builds its own threads and queues: it is not called
        # a simple queue hands over without a lock of Python's own: three times as many events
        self.events: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.title: str | None = None
        self.version = ""
        self._answer_seconds = answer_seconds
        self._on_lost = on_lost
        self._ids = itertools.count(1)
        self._waiting: dict[str, _Waiting] = {}
        self._sock: socket.socket | None = None
        self._write_lock = threading.Lock()
        self._up = threading.Event()
        self._booted = threading.Event()
        self._was_closed = False

    def __del__(self) -> None:
        """Do nothing: pyst2 would send Logoff here and wait for ever."""

    def connected(self) -> bool:
        """Say whether the link is up as far as the socket knows."""
        return self._up.is_set()

    def connect(self, host: str, port: int = 5038) -> None:
        """Connect and read the greeting; raises AmiLost."""
        if self._sock is not None:
            raise AmiLost("a connection object connects once")
        try:
            self._sock = socket.create_connection((host, port), self._answer_seconds)
        except OSError as why:
            raise AmiLost(str(why)) from why
        stream = self._sock.makefile("rb", 1 << 16)
        try:
            greeting = self._greeted(self._sock, stream)
        except OSError as why:
            stream.close()
            self._sock.close()
            raise AmiLost(f"no AMI greeting: {why}") from why
        self.title, self.version = (part.strip() for part in greeting.split("/", 1))
        self._up.set()
        threading.Thread(target=self._read, args=(stream,), name="ami-reader", daemon=True).start()

    def _greeted(self, sock: socket.socket, stream: Any) -> str:
        """Make the socket ready and return the greeting; raises OSError when there is none."""
        greeting = decode_line(stream.readline(LONGEST_LINE))
        if "/" not in greeting:
            raise OSError(repr(greeting[:40]))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.settimeout(None)
        # reading waits as long as it likes, writing does not: a node that reads nothing more
        # would else keep everybody who has something to say
        whole, part = divmod(self._answer_seconds, 1)
        limit = struct.pack("ll", int(whole), int(part * 1_000_000))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        return greeting

    def login(self, username: str, secret: str, *, events: str = "on") -> None:
        """Log in; raises AmiRefused."""
        self.ask({"Action": "Login", "Username": username, "Secret": secret, "Events": events})

    def wait_until_booted(self, seconds: float) -> None:
        """Wait until the node has loaded all it is made of; raises AmiLost.

        AMI answers before the dialplan is there, and a global variable that is set by then is
        taken back when it comes. A node that runs says this at every log-in.
        """
        self._booted.wait(seconds)
        if not (self._booted.is_set() and self._up.is_set()):
            raise AmiLost("the node is still loading")

    def ask(self, action: Headers) -> Message:
        """Send an action and return its answer.

        Raises AmiRefused when Asterisk says no, AmiLost when the link is gone, AmiNoAnswer when
        it is not known whether the action happened, ValueError for a line break in a value.
        """
        return self._ask(action, wants_list=False)[0]

    def ask_for_list(self, action: Headers) -> list[Message]:
        """Send an action that answers with a list; return the entries without the closing one."""
        _first, entries = self._ask(action, wants_list=True)
        return entries[:-1]

    def ask_in_turn(self, actions: Sequence[Headers]) -> None:
        """Send actions by one write and wait for all answers; a node does them in their order.

        Raises what `ask` raises, for the first that failed. Those behind it may have happened.
        """
        asked = [self._asked(action, wants_list=False) for action in actions]
        try:
            self._write(b"".join(sent for _id, sent, _waiting in asked))
            for action, (_id, _sent, waiting) in zip(actions, asked, strict=True):
                self._answer_to(action, waiting)
        finally:
            for action_id, _sent, _waiting in asked:
                self._waiting.pop(action_id, None)

    def say(self, action: Headers) -> None:
        """Send an action whose answer nobody waits for. Raises AmiLost, ValueError."""
        self._write(encode_action(action))

    def send_action(self, cdict: Headers | None = None, **headers: Any) -> Message:
        """Do what pyst2's own action methods ask for."""
        return self.ask({**(cdict or {}), **headers})

    def close(self) -> None:
        """Drop the link; nothing is said of it as lost."""
        self._was_closed = True
        self._drop()

    def cut(self) -> None:
        """Drop a link that no longer answers; it is told as lost."""
        self._drop()

    def _drop(self) -> None:
        if self._sock is not None:
            try:
                self._sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("the socket was gone already")

    def _ask(self, action: Headers, *, wants_list: bool) -> tuple[Message, list[Message]]:
        action_id, sent, waiting = self._asked(action, wants_list=wants_list)
        try:
            self._write(sent)
            return self._answer_to(action, waiting), waiting.entries
        finally:
            self._waiting.pop(action_id, None)

    def _asked(self, action: Headers, *, wants_list: bool) -> tuple[str, bytes, _Waiting]:
        """Give an action its name and a place for its answer."""
        action_id = f"a{next(self._ids)}"
        sent = encode_action({**action, "ActionID": action_id})
        waiting = self._waiting[action_id] = _Waiting(wants_list=wants_list)
        return action_id, sent, waiting

    def _answer_to(self, action: Headers, waiting: _Waiting) -> Message:
        try:
            answer = waiting.answer.get(timeout=self._answer_seconds)
        except queue.Empty:
            raise AmiNoAnswer(f"no answer to {action.get('Action')}") from None
        if answer is None:
            raise AmiNoAnswer(f"link lost during {action.get('Action')}")
        if answer.headers.get("Response") == "Error":
            raise AmiRefused(answer.headers.get("Message", ""))
        return answer

    def _write(self, sent: bytes) -> None:
        if self._sock is None or not self._up.is_set():
            raise AmiLost("not connected")
        try:
            with self._write_lock:
                self._sock.sendall(sent)
        except OSError as why:
            self._drop()  # half an action may be under way: nothing may be said after it
            raise AmiLost(str(why)) from why

    def _read(self, stream: Any) -> None:
        why = "closed by the exchange"
        try:
            self._read_messages(stream)
        except (OSError, ValueError) as fault:
            why = repr(fault)
        self._up.clear()
        self._booted.set()  # whoever waits for it has waited long enough
        stream.close()
        if self._sock is not None:
            self._sock.close()
        for waiting in list(self._waiting.values()):
            waiting.answer.put(None)
        self.events.put(None)  # never waits: the queue has no end of its own
        if not self._was_closed:
            self._on_lost(why)

    def _read_messages(self, stream: Any) -> None:
        unfinished = b""
        while piece := stream.read1(ONE_READ):
            *whole, unfinished = _BLANK_LINE.split(unfinished + piece)
            for raw in whole:
                if raw.strip(b"\r\n"):
                    self._route(Message(decode_message(raw)))
            if unfinished.count(b"\n") > MOST_LINES:
                raise ValueError("a message without an end")
            if len(unfinished) > LONGEST_LINE:
                unfinished = _cut_to_size(unfinished)

    def _route(self, message: Message) -> None:
        action_id = message.headers.get("ActionID", "")
        if message.event_name == "FullyBooted":
            self._booted.set()
            return
        # a UserEvent that an application sent carries the id of its action, perhaps another's
        is_news = message.event_name == "UserEvent"
        waiting = None if is_news else self._waiting.get(action_id)
        if waiting is not None:
            if waiting.take(message):
                self._waiting.pop(action_id, None)
        elif message.event_name:
            # so many events mean that nobody has worked for minutes: losing the link is honest,
            # losing single events is not
            if self.events.qsize() >= MOST_EVENTS_WAITING:
                raise ValueError("events pile up")
            self.events.put(message)
