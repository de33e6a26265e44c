"""A person at a desk without a browser: signs in over HTTP, hears facts over Socket.IO."""

import http.cookiejar
import json
import re
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import socketio

Fact = dict[str, Any]


class NotLetIn(AssertionError):
    """The sign-in page did not let this person in."""


class DeskClient:
    """One signed-in person, as the server sees a page of the desk."""

    def __init__(self, address: str, *, timeout: float = 20.0) -> None:
        self.address = address.rstrip("/")
        self.timeout = timeout
        self.facts: list[Fact] = []
        self.hello: dict[str, Any] | None = None
        self.newest = 0  # how far the numbers of this desk have come, as its server says
        self._news = threading.Condition()
        self._cookies = http.cookiejar.CookieJar()
        self._token = ""
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=trusting),
            urllib.request.HTTPCookieProcessor(self._cookies),
        )
        self._socket = socketio.Client(reconnection=False, ssl_verify=False)
        self._socket.on("hello", self._on_hello)
        self._socket.on("facts", self._on_facts)
        self._socket.on("newest", self._on_newest)

    def sign_in(self, work_number: str, *, password: str) -> None:
        """Sign in through the page. Raises NotLetIn."""
        page = self.get("/sign-in")
        form = {"work_number": work_number, "password": password, "csrf_token": token_in(page)}
        landed = self._open("/sign-in", urllib.parse.urlencode(form).encode())
        if "/sign-in" in landed.geturl():
            raise NotLetIn(work_number)
        self._token = token_in(self.get("/account"))

    def get(self, path: str) -> str:
        """Ask for a page or JSON; give its text."""
        with self._open(path) as answer:
            return str(answer.read().decode())

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON as the page does; give what came back, None for an empty answer."""
        with self._open(path, json.dumps(body).encode(), content_type="application/json") as answer:
            text = answer.read().decode()
        return json.loads(text) if text else None

    def post_form(self, path: str, fields: dict[str, str]) -> None:
        """Send a form as a plain page does."""
        form = urllib.parse.urlencode({**fields, "csrf_token": self._token}).encode()
        with self._open(path, form) as answer:
            answer.read()

    def open_desk(self) -> dict[str, Any]:
        """Connect the socket as an open desk does, then load the snapshot."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)
        self._socket.connect(
            self.address,
            headers={"Cookie": cookies},
            transports=["websocket"],
            wait_timeout=int(self.timeout),
        )
        snapshot: dict[str, Any] = json.loads(self.get("/desk/snapshot"))
        return snapshot

    def wait_for(self, name: str, *, seconds: float) -> Fact:
        """Wait for the first fact of this name and give its body. Raises AssertionError."""
        until = time.monotonic() + seconds
        with self._news:
            while not (found := [fact for fact in self.facts if fact["name"] == name]):
                left = until - time.monotonic()
                names = [fact["name"] for fact in self.facts]
                assert left > 0, f"no {name} within {seconds} s; heard {names}"
                self._news.wait(timeout=left)
        return dict(found[0]["body"])

    def close(self) -> None:
        """Close the desk."""
        if self._socket.connected:
            self._socket.disconnect()
        self._opener.close()

    def _on_hello(self, body: dict[str, Any]) -> None:
        self.hello = body

    def _on_newest(self, body: dict[str, int]) -> None:
        self.newest = body["number"]

    def _on_facts(self, facts: list[Fact]) -> None:
        with self._news:
            self.facts += facts
            self._news.notify_all()

    def _open(
        self, path: str, body: bytes | None = None, *, content_type: str | None = None
    ) -> Any:
        headers = {"Accept": "text/html", "Referer": f"{self.address}/"}
        if content_type:
            headers |= {"Content-Type": content_type, "Accept": "application/json"}
        if self._token and body is not None:
            headers["X-CSRFToken"] = self._token
        asked = urllib.request.Request(f"{self.address}{path}", data=body, headers=headers)  # noqa: S310 - our own server
        return self._opener.open(asked, timeout=self.timeout)


def token_in(page: str) -> str:
    """Find the CSRF token in a page."""
    found = re.search(r'name="csrf-token"[^>]*content="([^"]+)"', page) or re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', page
    )
    assert found, "this page carries no CSRF token"
    return found[1]


def is_answering(address: str) -> Callable[[], bool]:
    """Make a question whether a server answers at this address."""

    def ask() -> bool:
        client = DeskClient(address, timeout=3)
        try:
            client.get("/healthz")
        except (urllib.error.URLError, OSError):
            return False
        finally:
            client.close()
        return True

    return ask
