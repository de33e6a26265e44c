"""A page that hears no news for a while, as if the network were slow: it acts on what it knew."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, WebSocketRoute

PINGS = ("2", "3")
"""Engine.IO's own ping and pong: without them the line would be taken for dead."""


@dataclass
class Hearing:
    """Whether news from the server reaches the page."""

    is_deaf: bool = False
    line: WebSocketRoute | None = None


def listen_through(page: Page) -> Hearing:
    """Let all news of this page pass through our hands, from its next load on."""
    hearing = Hearing()

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        hearing.line = socket

        def told(message: str | bytes) -> None:
            if not hearing.is_deaf or message in PINGS:
                socket.send(message)

        server.on_message(told)
        socket.on_message(server.send)

    page.route_web_socket(re.compile("socket.io"), route)
    page.reload()
    return hearing
