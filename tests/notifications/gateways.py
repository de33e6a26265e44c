"""Gateways of our own, on real sockets: one for HTTP, one for mail."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """An HTTP gateway; `behaviour` says how it answers from now on."""

    behaviour: str = "200"
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        """Which keys it was given, in their order."""
        return [each["Idempotency-Key"] for each in self.headers]


class Answers(BaseHTTPRequestHandler):
    """Answers as its gateway behaves; `gateway` is set on a class of its own for each."""

    gateway: Gateway

    def do_POST(self) -> None:
        """Keep what was posted and answer."""
        length = int(self.headers["Content-Length"])
        self.gateway.bodies.append(json.loads(self.rfile.read(length)))
        self.gateway.headers.append(dict(self.headers))
        getattr(self, f"_{self.gateway.behaviour}", self._status)()

    def _status(self) -> None:
        self.send_response(int(self.gateway.behaviour))
        if self.gateway.behaviour.startswith("3"):
            self.send_header("Location", f"{self.gateway.address}/elsewhere")
        self.end_headers()

    def _cut(self) -> None:
        self.connection.close()

    def _half(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"id": "4')

    def _half_head(self) -> None:
        self.connection.sendall(b"HTTP/1.1 20")

    def _drips(self) -> None:
        with suppress(OSError):
            self.connection.sendall(b"HTTP/1.1 2")
            while not self.gateway.released.wait(0.05):
                self.connection.sendall(b".")

    def _silent(self) -> None:
        self.gateway.released.wait(10)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def http_gateway() -> Iterator[Gateway]:
    """Run a gateway on a free port."""
    gateway = Gateway()
    answers = type("OurAnswers", (Answers,), {"gateway": gateway})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
    server.daemon_threads = True
    gateway.address = f"http://127.0.0.1:{server.server_address[1]}/send"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailHost:
    """A mail server; `answers` replaces what it says to a command, `""` hangs up."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@contextmanager
def mail_host() -> Iterator[MailHost]:
    """Run a mail server on a free port."""
    host = MailHost()
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _talk(host, reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def close() -> None:
        server.close()
        talks = asyncio.all_tasks() - {asyncio.current_task()}
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await server.wait_closed()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    opening = asyncio.start_server(serve, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(opening, loop).result(5)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _talk(host: MailHost, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    usual = {
        "EHLO": "250-mail.example\r\n250 AUTH PLAIN",
        "AUTH": "235 welcome",
        "DATA": "354 go on",
        "QUIT": "221 bye",
    }
    writer.write(b"220 mail.example\r\n")
    while line := await reader.readline():
        command = line.decode().strip()
        verb = command.split(" ")[0].split(":")[0].upper()
        host.commands.append(command)
        answer = host.answers.get(verb, usual.get(verb, "250 fine"))
        if not answer:
            return
        writer.write(f"{answer}\r\n".encode())
        if verb == "DATA" and answer.startswith("3"):
            host.mails.append(await _mail(reader))
            writer.write(f"{host.answers.get('.', '250 taken')}\r\n".encode())
        if verb == "QUIT":
            return


async def _mail(reader: asyncio.StreamReader) -> bytes:
    lines = []
    while (line := await reader.readline()) not in {b".\r\n", b""}:
        lines.append(line)
    return b"".join(lines)
