"""The REST half of the stand-in for Twilio: what an account holds, and how it is asked about it."""

import itertools
import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.core import clock

SID, TOKEN = "AC" + "5" * 32, "the-token-of-the-stand-in"


@dataclass
class Leg:
    """One call of Twilio's: a caller's, or one dialled for it."""

    sid: str
    to: str
    from_: str
    direction: str
    parent: str = ""
    status: str = "ringing"
    redirect: str = ""  # where REST sends it
    is_talking: bool = False  # and the app was told, or shall be told late
    began: datetime = field(default_factory=clock.now)
    sequence: itertools.count = field(default_factory=itertools.count)  # type: ignore[type-arg]

    @property
    def is_up(self) -> bool:
        return self.status in ("queued", "initiated", "ringing", "in-progress")


class Account:
    """What an account holds, served on this machine until `close_rest`."""

    def __init__(self) -> None:
        self.changed = Condition()
        self.legs: dict[str, Leg] = {}
        self.queue: dict[str, str] = {}  # name → sid
        self.members: list[str] = []
        self.recordings: dict[str, dict[str, Any]] = {}
        self.sound = b"RIFF\x24\x00\x00\x00WAVEfmt "
        self.is_silent = False
        self.numbers = itertools.count(1)
        self._port = 0
        self.open_rest()

    @property
    def address(self) -> str:
        return f"{SID}:{TOKEN}@127.0.0.1:{self._port}"

    def open_rest(self) -> None:
        """Answer REST requests; after a cut at the same address as before."""
        self._server = _Rest(("127.0.0.1", self._port), self)
        self._port = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close_rest(self) -> None:
        """Let nobody connect any more."""
        self._server.shutdown()
        self._server.server_close()

    def rest(self, method: str, path: str, said: dict[str, str]) -> tuple[int, Any]:
        """Answer one request of ours: a status and what becomes JSON."""
        for pattern, serve in _PATHS:
            if (found := re.fullmatch(pattern, path)) is not None:
                with self.changed:
                    answer = serve(self, method, said, **found.groupdict())
                    self.changed.notify_all()
                    return answer
        return _fault(404, 20404)

    def _queues(self, method: str, said: dict[str, str]) -> tuple[int, Any]:
        if method == "POST":
            sid = self.queue.setdefault(said["FriendlyName"], f"QU{next(self.numbers):032d}")
            return 201, {"sid": sid, "friendly_name": said["FriendlyName"]}
        return 200, _listed("queues", [{"sid": s, "friendly_name": n} for n, s in _pairs(self)])

    def _one_queue(self, _method: str, _said: dict[str, str], sid: str) -> tuple[int, Any]:
        return 200, {"sid": sid}

    def _queued(self, _method: str, _said: dict[str, str], sid: str) -> tuple[int, Any]:
        assert sid in self.queue.values()
        return 200, _listed("queue_members", [{"call_sid": one} for one in self.members])

    def _member(self, _method: str, said: dict[str, str], sid: str, call: str) -> tuple[int, Any]:
        if sid not in self.queue.values() or call not in self.members or self.legs[call].redirect:
            return _fault(404, 20404)
        self.legs[call].redirect = said["Url"]
        return 200, {"call_sid": call}

    def _calls(self, _method: str, said: dict[str, str]) -> tuple[int, Any]:
        wanted = [
            leg
            for leg in self.legs.values()
            if said.get("Status", leg.status) == leg.status
            and said.get("ParentCallSid", leg.parent) == leg.parent
        ]
        return 200, _listed("calls", [_shown(leg) for leg in wanted])

    def _call(self, method: str, said: dict[str, str], sid: str) -> tuple[int, Any]:
        leg = self.legs.get(sid)
        if leg is None:
            return _fault(404, 20404)
        if method == "POST" and not leg.is_up:
            return _fault(400, 21220)
        if method == "POST" and "Url" in said:
            leg.redirect = said["Url"]
        elif method == "POST" and not (said["Status"] == "canceled" and leg.status != "ringing"):
            leg.status = said["Status"]  # "canceled" touches only what still rings
        return 200, _shown(leg)

    def _recordings(self, _method: str, said: dict[str, str]) -> tuple[int, Any]:
        rows = [r for r in self.recordings.values() if r["call_sid"] == said["CallSid"]]
        return 200, _listed("recordings", rows)

    def _recording(self, method: str, _said: dict[str, str], sid: str) -> tuple[int, Any]:
        if sid not in self.recordings:
            return _fault(404, 20404)
        if method == "DELETE":
            del self.recordings[sid]
            return 204, None
        return 200, self.sound


_ACCOUNT = rf"/2010-04-01/Accounts/{SID}"
_PATHS: list[tuple[str, Any]] = [
    (rf"{_ACCOUNT}/Queues\.json", Account._queues),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)\.json", Account._one_queue),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)/Members\.json", Account._queued),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)/Members/(?P<call>\w+)\.json", Account._member),
    (rf"{_ACCOUNT}/Calls\.json", Account._calls),
    (rf"{_ACCOUNT}/Calls/(?P<sid>\w+)\.json", Account._call),
    (rf"{_ACCOUNT}/Recordings\.json", Account._recordings),
    (rf"{_ACCOUNT}/Recordings/(?P<sid>\w+)\.(?:json|wav)", Account._recording),
]


def _pairs(account: Account) -> list[tuple[str, str]]:
    return list(account.queue.items())


def _listed(name: str, rows: list[Any]) -> dict[str, Any]:
    return {name: rows, "page": 0, "page_size": 50, "next_page_uri": None}


def _fault(status: int, code: int) -> tuple[int, Any]:
    return status, {"status": status, "code": code, "message": "no"}


def _shown(leg: Leg) -> dict[str, Any]:
    return {
        "sid": leg.sid,
        "to": leg.to,
        "from": leg.from_,
        "status": leg.status,
        "direction": leg.direction,
        "parent_call_sid": leg.parent or None,
        "date_created": format_datetime(leg.began - timedelta(microseconds=leg.began.microsecond)),
    }


class _Rest(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], account: Account) -> None:
        super().__init__(address, _Handler)
        self.account = account


class _Handler(BaseHTTPRequestHandler):
    server: _Rest

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        user = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if self.server.account.is_silent or user != f"{SID}:{TOKEN}":
            status, answer = 401 if not self.server.account.is_silent else 503, {"status": 401}
        else:
            said = dict(parse_qsl(parts.query)) | dict(parse_qsl(body))
            status, answer = self.server.account.rest(self.command, parts.path, said)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(0 if status == 204 else len(content)))
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server asks for

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""
