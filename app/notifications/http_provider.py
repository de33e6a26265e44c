"""Hands messages to a gateway by HTTP: one POST of JSON, judged by its status alone.

No redirect is followed: the token belongs to one address. What the gateway writes back is not read,
because it may repeat the message. The whole call ends after `timeout` seconds, however slowly the
other side drips.
"""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import SHUT_RDWR
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from app.notifications.body_template import body_of
from app.notifications.provider import NotTaken, Outgoing

AGAIN_LATER = frozenset({408, 425, 429})
"""Refusals that are about the moment and not about the message."""


class HttpProvider:
    """A gateway for one way."""

    def __init__(
        self, name: str, *, address: str, token: str, body_template: Any, timeout: float
    ) -> None:
        self.name = name
        self.patience = timeout
        self._address = urlsplit(address)
        self._token = token
        self._body_template = body_template

    def send(self, message: Outgoing) -> None:
        """Post it; raises NotTaken."""
        values = {
            "to": message.address,
            "text": message.body,
            "subject": message.subject,
            "key": message.key,
            "language": message.language,
            "channel": message.channel,
            "reply_to": message.reply_to,
        }
        content = json.dumps(body_of(self._body_template, values), ensure_ascii=False)
        status = self._post(content.encode("utf-8", "replace"), key=message.key)
        if 200 <= status < 300:
            return
        is_final = 300 <= status < 500 and status not in AGAIN_LATER
        raise NotTaken("refused" if is_final else "not-now", is_final=is_final, detail=str(status))

    def _post(self, content: bytes, *, key: str) -> int:
        connection = self._connection()
        path = self._address.path or "/"
        if self._address.query:
            path = f"{path}?{self._address.query}"
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            "Connection": "close",
            **({"Authorization": f"Bearer {self._token}"} if self._token else {}),
        }
        try:
            with _cut_off(connection, after=self.patience):
                connection.request("POST", path, body=content, headers=headers)
                return int(connection.getresponse().status)
        except (OSError, HTTPException, ValueError) as why:
            # Its words may hold the address or the text: only what sort of fault it was is kept.
            raise NotTaken("no-answer", detail=type(why).__name__[:16]) from None
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._address.scheme == "https":
            context = ssl.create_default_context()
            return HTTPSConnection(host, port, timeout=self.patience, context=context)
        return HTTPConnection(host, port, timeout=self.patience)


@contextmanager
def _cut_off(connection: HTTPConnection, *, after: float) -> Iterator[None]:
    """End the connection after so many seconds: a timeout of sockets begins anew at every byte."""

    def end() -> None:
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(SHUT_RDWR)

    timer = Timer(after, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
