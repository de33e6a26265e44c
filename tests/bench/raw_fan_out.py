"""A WebSocket server that does nothing but send one text to everybody: the floor of any fan-out.

A process of its own, as the workstation is. Each line of standard input is a text to send; it
answers with the moment of sending.
"""

import asyncio
import base64
import hashlib
import sys
import time

from tests.bench.raw_sockets import text_frame

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


async def main() -> None:
    """Serve until standard input ends."""
    everybody: list[asyncio.StreamWriter] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(
            line.split(": ", 1)[1] for line in asked.split("\r\n") if "Sec-WebSocket-Key" in line
        )
        digest = hashlib.sha1((key + MAGIC).encode(), usedforsecurity=False).digest()
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        everybody.append(writer)

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    _say(str(server.sockets[0].getsockname()[1]))
    while line := await asyncio.to_thread(sys.stdin.readline):
        frame = text_frame(line.rstrip("\n"))
        began = time.time()
        for writer in everybody:
            writer.write(frame)
        _say(repr(began))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - told to the bench


if __name__ == "__main__":
    asyncio.run(main())
