"""The caller's side of FastAGI: a pretended node asks the application where a call goes."""

import contextlib
import re
import socket
import threading
from collections.abc import Callable

from tests.bed.fake_calls import FakeCall

SET_VARIABLE = re.compile(r'SET VARIABLE (\w+) "(.*)"')

Said = Callable[[dict[str, str]], None]


class Door:
    """Questions on their way, each in a thread of its own, as channels are."""

    def __init__(self) -> None:
        self._open: dict[str, socket.socket] = {}
        self._bell = threading.Condition()

    def ask(self, call: FakeCall, port: int, said: Said) -> None:
        """Ask about a call; `said` is told the variables that the application set."""
        with self._bell:
            try:
                connection = socket.create_connection(("127.0.0.1", port), timeout=2)
            except OSError:
                connection = None
            if connection is not None:
                self._open[call.key] = connection
        if connection is None:
            said({})
            return
        asking = threading.Thread(target=self._ask, args=(call, connection, said), daemon=True)
        asking.start()

    def hang_up(self, call: FakeCall) -> None:
        """Wait no longer for the answer about this call."""
        with self._bell:
            connection = self._open.pop(call.key, None)
            self._bell.notify_all()
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def settle(self, seconds: float) -> None:
        """Wait, in real seconds at most so long, until no question is open."""
        with self._bell:
            self._bell.wait_for(lambda: not self._open, seconds)

    def close(self) -> None:
        """End every question."""
        with self._bell:
            for connection in self._open.values():
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _ask(self, call: FakeCall, connection: socket.socket, said: Said) -> None:
        variables: dict[str, str] = {}
        try:
            connection.settimeout(10)
            connection.sendall(
                f"agi_network: yes\nagi_request: intake\nagi_channel: {call.channel}\n"
                f"agi_uniqueid: {call.key}\nagi_callerid: {call.number or 'unknown'}\n"
                f"agi_extension: s\nagi_arg_1: {call.dialled}\n\n".encode()
            )
            with connection.makefile("rb") as commands:
                for raw in commands:
                    command = SET_VARIABLE.match(raw.decode())
                    if command:
                        variables[command[1]] = command[2]
                    connection.sendall(b"200 result=1\n")
        except OSError:
            pass
        finally:
            connection.close()
        said(variables)
        self.hang_up(call)
