"""An AMI that misbehaves on order: answers late, mixed up, never, or says poisonous things."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Reply = Callable[["FakeAmi", dict[str, str]], None]


class FakeAmi:
    """Takes connections and answers each action by the script, or politely when it has none."""

    def __init__(self, script: dict[str, Reply], *, greeting: bytes) -> None:
        self.actions: list[dict[str, str]] = []
        self.connections: list[socket.socket] = []
        self._script = script
        self._greeting = greeting
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def say(self, *lines: str) -> None:
        """Send one message to the newest connection."""
        self.say_raw("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n")

    def say_raw(self, sent: bytes) -> None:
        """Send bytes as they are."""
        self.connections[-1].sendall(sent)

    def answer(self, action: dict[str, str], *lines: str, response: str = "Success") -> None:
        """Answer one action."""
        self.say(f"Response: {response}", f"ActionID: {action['ActionID']}", *lines)

    def hang_up(self) -> None:
        """Drop the newest connection."""
        self.connections[-1].shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Drop everything."""
        self._server.close()
        for connection in self.connections:
            connection.close()

    def names(self) -> list[str]:
        """Return the names of the actions so far."""
        return [action.get("Action", "") for action in self.actions]

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._server.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.sendall(self._greeting)
            with connection.makefile("rb") as lines:
                action: dict[str, str] = {}
                for raw in lines:
                    line = raw.decode().rstrip("\r\n")
                    if line:
                        name, _, value = line.partition(": ")
                        action[name] = value
                    else:
                        self.actions.append(action)
                        self._script.get(action["Action"], _politely)(self, action)
                        action = {}
        except OSError:
            return


def _politely(fake: FakeAmi, action: dict[str, str]) -> None:
    match action["Action"]:
        case "Ping":
            fake.answer(action, "Ping: Pong", "Timestamp: 1795400000.500000")
        case "CoreStatus":
            fake.answer(action, "CoreStartupDate: 2026-11-23", "CoreStartupTime: 06:00:00")
        case "PJSIPShowAors":
            fake.answer(action, "EventList: start")
            fake.say(
                "Event: AorListComplete", f"ActionID: {action['ActionID']}", "EventList: Complete"
            )
        case _:
            fake.answer(action)


@contextmanager
def fake_ami(
    script: dict[str, Reply] | None = None,
    *,
    greeting: bytes = b"Asterisk Call Manager/11.0.0\r\n",
) -> Iterator[FakeAmi]:
    """Give a listening fake, and close it."""
    fake = FakeAmi(script or {}, greeting=greeting)
    try:
        yield fake
    finally:
        fake.close()
