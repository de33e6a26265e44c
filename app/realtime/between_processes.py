"""Carries what screens are told to the other processes, by Redis, and lets nobody wait for it.

A Redis that is frozen or cut off answers nothing: whoever saved something, or rings a phone, must
not wait to find that out. So one thread sends; what it cannot send is let go, and pages ask for the
facts that they miss (`newest`).
"""

import logging
import queue
import socket
import time
from collections.abc import Mapping
from threading import Lock, Thread
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from socketio import RedisManager

logger = logging.getLogger(__name__)

CHANNEL = "flask-socketio"
ANSWER_SECONDS = 1.0
REST_SECONDS = 2.0
"""For so long nothing is sent to a Redis that did not answer; then one message is tried."""
MOST_WAITING = 1000


def redis_limits() -> dict[str, Any]:
    """Return how long a client of Redis waits for it: a second, once."""
    return {
        "socket_connect_timeout": ANSWER_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),
        "socket_keepalive": True,
        # whoever only listens finds in ten seconds that nobody is there any more
        "socket_keepalive_options": {
            socket.TCP_KEEPIDLE: 4,
            socket.TCP_KEEPINTVL: 2,
            socket.TCP_KEEPCNT: 3,
        },
    }


class Carrier(RedisManager):  # type: ignore[misc] # python-socketio has no types
    """Socket.IO's manager for several processes, which returns at once from whatever it publishes.

    The screens of this process are told first, in the caller's own thread: by the manager itself.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, channel=CHANNEL, redis_options=redis_limits())
        self._waiting: queue.Queue[str] = queue.Queue(maxsize=MOST_WAITING)
        self._starting = Lock()
        self._sender: Thread | None = None
        self._rests_until = 0.0
        self._let_go = 0

    def _publish(self, data: Mapping[str, Any]) -> None:
        try:
            self._waiting.put_nowait(self.json.dumps(data))
        except queue.Full:
            self._let_go += 1
        with self._starting:
            if self._sender is None or not self._sender.is_alive():
                self._sender = Thread(target=self._send, name="between-processes", daemon=True)
                self._sender.start()

    def _send(self) -> None:
        redis = Redis.from_url(self.redis_url, **redis_limits())
        while True:
            message = self._waiting.get()
            if time.monotonic() < self._rests_until:
                self._let_go += 1
                continue
            try:
                redis.publish(self.channel, message)
            except (RedisError, OSError) as why:
                self._let_go += 1
                self._rests_until = time.monotonic() + REST_SECONDS
                logger.warning("other processes are not told", extra={"why": type(why).__name__})
            else:
                self._note_that_it_works()

    def _note_that_it_works(self) -> None:
        if self._let_go:
            logger.warning("other processes are told again", extra={"missed": self._let_go})
            self._let_go = 0
