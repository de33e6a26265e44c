"""An AMI server of our own that misbehaves on order: late, mixed up, silent, poisonous, half gone.

It speaks the protocol as a node does: a greeting, a log-in before anything else, answers under the
ActionID of their action, lists with an end, events only to who is logged in. What it answers is a
script: one `Reply` for each name of an action. Ready faults stand at the end of this file; a whole
pretended node that carries calls is tests/bed/fake_node.py.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

USER, SECRET = "hotline", "some-secret"
GREETING = b"Asterisk Call Manager/11.0.0\r\n"
NO_LINGER = struct.pack("ii", 1, 0)  # closing resets the connection at once


class Session:
    """One connection of an application."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.is_logged_in = False
        self.may_read = threading.Event()
        self.may_read.set()
        self._writing = threading.Lock()

    def say_raw(self, sent: bytes) -> None:
        """Send bytes as they are."""
        with self._writing:
            self.connection.sendall(sent)

    def say(self, *lines: str) -> None:
        """Send one message."""
        self.say_raw("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n")

    def hang_up(self) -> None:
        """Close in an orderly way."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """Close with a reset, as a machine that was switched off and on says."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.hang_up()
        self.connection.close()


class Action(dict[str, str]):
    """What was asked, and over which session; a repeated header keeps all its values in `all`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.all: list[tuple[str, str]] = []


BOOTED = ("Event: FullyBooted", "Privilege: system,all", "Status: Fully Booted")

Reply = Callable[["FakeAmi", Action], None]


class FakeAmi:
    """Takes connections and answers each action by the script, or politely when it has none."""

    def __init__(
        self,
        script: Mapping[str, Reply],
        *,
        greeting: bytes = GREETING,
        receive_buffer: int = 0,
    ) -> None:
        self.actions: list[Action] = []
        self.sessions: list[Session] = []
        self.script: dict[str, Reply] = dict(script)
        self.accepts = threading.Event()
        self.accepts.set()
        self.is_booted = True
        self._greeting = greeting
        self._server = socket.create_server(("127.0.0.1", 0))
        if receive_buffer:
            self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.port = self._server.getsockname()[1]
        self._is_closed = False
        threading.Thread(target=self._accept, name="fake-ami", daemon=True).start()

    # ------------------------------------------------------------------ what a test says

    def say(self, *lines: str) -> None:
        """Send one message to the newest connection."""
        self.sessions[-1].say(*lines)

    def say_raw(self, sent: bytes) -> None:
        """Send bytes to the newest connection, as they are."""
        self.sessions[-1].say_raw(sent)

    def tell(self, *lines: str) -> None:
        """Send an event to everybody who is logged in; one who is gone does not matter."""
        for session in list(self.sessions):
            if session.is_logged_in:
                with contextlib.suppress(OSError):
                    session.say(*lines)

    def boot(self) -> None:
        """Have loaded everything: the dialplan's own values are there from now on."""
        self.is_booted = True
        self.tell(*BOOTED)

    def answer(self, action: Action, *lines: str, response: str = "Success") -> None:
        """Answer one action, to whoever asked it."""
        action.session.say(f"Response: {response}", f"ActionID: {action['ActionID']}", *lines)

    def refuse(self, action: Action, message: str) -> None:
        """Answer with an error."""
        self.answer(action, f"Message: {message}", response="Error")

    def answer_list(self, action: Action, entries: list[list[str]], *, ends_with: str) -> None:
        """Answer with a list of events; `ends_with` is the name of the closing one."""
        mine = f"ActionID: {action['ActionID']}"
        self.answer(action, "EventList: start", "Message: a list will follow")
        for entry in entries:
            action.session.say(entry[0], mine, *entry[1:])
        action.session.say(f"Event: {ends_with}", mine, "EventList: Complete")

    def hang_up(self) -> None:
        """Drop the newest connection."""
        self.sessions[-1].hang_up()

    def vanish(self) -> None:
        """Read and answer nothing more, and say no word of it: a machine without power."""
        for session in self.sessions:
            session.may_read.clear()

    def reappear(self) -> None:
        """Read again what was sent meanwhile."""
        for session in self.sessions:
            session.may_read.set()

    def close(self) -> None:
        """Drop everything."""
        self._is_closed = True
        self._server.close()
        self.reappear()
        for session in self.sessions:
            session.hang_up()
            session.connection.close()

    # ------------------------------------------------------------------ what a test looks at

    @property
    def is_joined(self) -> bool:
        """Say whether an application is logged in."""
        return any(session.is_logged_in for session in self.sessions)

    def names(self) -> list[str]:
        """Return the names of the actions so far."""
        return [action.get("Action", "") for action in self.actions]

    # ------------------------------------------------------------------ inside

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            if not self.accepts.is_set() or self._is_closed:
                connection.close()
                continue
            session = Session(connection)
            self.sessions.append(session)
            serve = threading.Thread(target=self._serve, args=(session,), name="fake-ami-session")
            serve.daemon = True
            serve.start()

    def _serve(self, session: Session) -> None:
        try:
            session.say_raw(self._greeting)
            with session.connection.makefile("rb") as lines:
                self._read(session, lines)
        except (OSError, ValueError):
            pass  # the application, or the test, closed it
        finally:
            session.is_logged_in = False
            session.connection.close()

    def _read(self, session: Session, lines: Iterator[bytes]) -> None:
        action = Action(session)
        for raw in lines:
            session.may_read.wait()
            line = raw.decode().rstrip("\r\n")
            if line:
                name, _, value = line.partition(": ")
                action[name] = value
                action.all.append((name, value))
            elif action:
                self._take(action)
                action = Action(session)

    def _take(self, action: Action) -> None:
        self.actions.append(action)
        name, session = action.get("Action", ""), action.session
        if name == "Login" and name not in self.script:
            self._log_in(action)
        elif not session.is_logged_in and name != "Login":
            self.refuse(action, "Permission denied")
        else:
            self.script.get(name, _politely)(self, action)

    def _log_in(self, action: Action) -> None:
        if (action.get("Username"), action.get("Secret")) != (USER, SECRET):
            self.refuse(action, "Authentication failed")
            action.session.hang_up()
            return
        self.answer(action, "Message: Authentication accepted")
        action.session.is_logged_in = True
        if self.is_booted:
            action.session.say(*BOOTED)


def _politely(fake: FakeAmi, action: Action) -> None:
    match action["Action"]:
        case "Ping":
            fake.answer(action, "Ping: Pong", "Timestamp: 1795400000.500000")
        case "CoreStatus":
            fake.answer(action, "CoreStartupDate: 2026-11-23", "CoreStartupTime: 06:00:00")
        case "PJSIPShowAors":
            fake.answer_list(action, [], ends_with="AorListComplete")
        case "Logoff":
            fake.answer(action, response="Goodbye")
            action.session.hang_up()
        case _:
            fake.answer(action)


# ---------------------------------------------------------------------- ready faults for scripts


def never(_fake: FakeAmi, _action: Action) -> None:
    """Give no answer."""


def gone_instead(fake: FakeAmi, _action: Action) -> None:
    """Hang up where an answer is due: nobody knows whether it was done."""
    fake.hang_up()


def gone_in_the_middle(_fake: FakeAmi, action: Action) -> None:
    """Say half of an answer, then hang up."""
    action.session.say_raw(f"Response: Success\r\nActionID: {action['ActionID']}\r\nMess".encode())
    action.session.hang_up()


def refusing(message: str) -> Reply:
    """Answer with an error of this text."""
    return lambda fake, action: fake.refuse(action, message)


def once(fault: Reply, *, then: Reply = _politely) -> Reply:
    """Have a fault one time, and do well from then on."""
    had: list[Action] = []

    def reply(fake: FakeAmi, action: Action) -> None:
        had.append(action)
        (fault if len(had) == 1 else then)(fake, action)

    return reply


@contextmanager
def fake_ami(
    script: Mapping[str, Reply] | None = None,
    *,
    greeting: bytes = GREETING,
    receive_buffer: int = 0,
) -> Iterator[FakeAmi]:
    """Give a listening fake, and close it."""
    fake = FakeAmi(script or {}, greeting=greeting, receive_buffer=receive_buffer)
    try:
        yield fake
    finally:
        fake.close()
