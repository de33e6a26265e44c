"""A cable between an application and a node that a test can pull out and put back."""

import contextlib
import select
import socket
import threading


class Cable:
    """Carries TCP from a port of its own to a node's; cut, it drops all and takes nobody new."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._is_whole = True
        self._ends: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._accept, name="cable", daemon=True).start()

    def cut(self) -> None:
        """Drop whoever is connected."""
        self._is_whole = False
        ends, self._ends = self._ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Take connections again."""
        self._is_whole = True

    def close(self) -> None:
        """End it."""
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._server.accept()
            except OSError:
                return
            if not self._is_whole:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to_port), timeout=5)
            far.settimeout(None)
            self._ends += [near, far]
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, contextlib.suppress(OSError, ValueError):
            while True:
                for one in select.select([near, far], [], [])[0]:
                    sent = one.recv(65536)
                    if not sent:
                        return
                    other[one].sendall(sent)
