"""Many WebSockets in one thread, and no more: what is measured is the server, not its clients."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TEXT, CLOSE = 1, 8  # RFC 6455, 5.2

Heard = Callable[[str], None]


@dataclass(kw_only=True)
class RawSocket:
    """One open connection; `heard` gets every text as it arrives."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: Heard
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    async def listen(self) -> None:
        """Read frames until the far side is gone."""
        try:
            while True:
                text = await read_text(self.reader)
                if text is not None:
                    self.heard(text)
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    def say(self, text: str) -> None:
        """Send a text, masked as a client must."""
        body, mask = text.encode(), os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
        self.writer.write(_head(len(body), masked=True) + mask + masked)

    def close(self) -> None:
        """Drop the connection."""
        if self.task is not None:
            self.task.cancel()
        self.writer.close()


async def open_socket(address: str, path: str, heard: Heard, *, cookie: str = "") -> RawSocket:
    """Connect and shake hands. Raises ConnectionError where the server does not want us."""
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {where.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise ConnectionError(answer[:80].decode(errors="replace"))
    socket = RawSocket(reader=reader, writer=writer, heard=heard)
    socket.task = asyncio.create_task(socket.listen())
    return socket


async def read_text(reader: asyncio.StreamReader) -> str | None:
    """Read one frame of a server; None for one that carries no text.

    Raises ConnectionResetError for the one by which the server ends the connection.
    """
    first, second = await reader.readexactly(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack(">H", await reader.readexactly(2))
    elif length == 127:
        (length,) = struct.unpack(">Q", await reader.readexactly(8))
    body = await reader.readexactly(length)
    if first & 0x0F == CLOSE:
        raise ConnectionResetError
    return body.decode() if first & 0x0F == TEXT else None


def text_frame(text: str) -> bytes:
    """Return the frame in which a server sends a text."""
    body = text.encode()
    return _head(len(body), masked=False) + body


def _head(length: int, *, masked: bool) -> bytes:
    flag = 0x80 if masked else 0
    if length < 126:
        return bytes([0x81, flag | length])
    if length < 65536:
        return bytes([0x81, flag | 126]) + struct.pack(">H", length)
    return bytes([0x81, flag | 127]) + struct.pack(">Q", length)
