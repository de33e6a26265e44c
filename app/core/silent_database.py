"""Gives up a PostgreSQL that stands still with its sockets open.

A server that is stopped, moved to another machine, or waits for a dead disk says nothing; its
kernel still takes what we send. Keepalives and `tcp_user_timeout` then see a healthy line, and the
server's own limits (`database_limits`) stand still with it. So whoever waits looks at the clock: a
thread on which callers wait gives up by itself; any other asks, beside his statement, whether the
server still takes connections, and waits on as long as it does.

What is given up may have been saved all the same, as with a server that crashes in a commit.
"""

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from app.core import database_limits

R = TypeVar("R")

HURRIED_SECONDS = database_limits.STATEMENT_MILLISECONDS / 1000 + 2
"""A server that lives ends a hurried statement sooner by itself, and says so."""
LOOK_SECONDS = 10.0
PROBE_SECONDS = 3
INTERVAL_SECONDS = 0.1


class WatchedConnection(psycopg.Connection[Any]):
    """A connection on which nobody waits for ever."""

    _how: dict[str, Any]

    @classmethod
    def to(cls, *how: Any, **named: Any) -> "WatchedConnection":
        """Connect, and remember how: to ask whether the server lives takes another connection."""
        made = cls.connect(*how, **named)
        made._how = named
        return made

    def wait(
        self,
        gen: Generator[Any, Any, R],
        interval: float = INTERVAL_SECONDS,
        timeout: float | None = None,
    ) -> R:
        """Wait for the server; raises psycopg.OperationalError where it has fallen silent."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        return super().wait(self._watched(gen), interval)

    def _watched(self, gen: Generator[Any, Any, R]) -> Generator[Any, Any, R]:
        is_hurried = database_limits.is_hurried()
        patience = HURRIED_SECONDS if is_hurried else LOOK_SECONDS
        until = time.monotonic() + patience
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > until:
                    if is_hurried or not self._does_server_live():
                        self.pgconn.finish()
                        raise psycopg.OperationalError("the database has fallen silent")
                    until = time.monotonic() + patience
                wanted = gen.send(ready)
        except StopIteration as done:
            through: R = done.value
            return through

    def _does_server_live(self) -> bool:
        """Say whether it answers anybody, be it by refusing him."""
        try:
            psycopg.connect(**{**self._how, "connect_timeout": PROBE_SECONDS}).close()
        except errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            return True
        return True
