"""A stand-in for Twilio on this machine: signs its web requests, does what TwiML says, serves REST.

It knows only what our adapter uses, and does it as the provider's manual describes. Each call runs
in a thread of its own, as calls do. Every request it makes is kept, so that a test can send it
again, late, or changed.
"""

import itertools
import json
import re
import urllib.error
import urllib.request
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree import ElementTree

from twilio.request_validator import RequestValidator

from app.core import clock

SID, TOKEN = "AC" + "5" * 32, "the-token-of-the-stand-in"
PATIENCE_SECONDS = 8.0


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


@dataclass(frozen=True)
class Sent:
    """A web request as it was sent."""

    hook: str
    url: str
    form: dict[str, str]
    signature: str
    status: int
    answer: str


class FakeTwilio:
    """An account with callers, phones, one queue and recordings."""

    def __init__(self, *, app_base: str, exchange_id: str = "tw") -> None:
        self.hooks = f"{app_base}/telephony/hooks/{exchange_id}"
        self.phones: dict[str, str] = {}  # address → ready, busy
        self.sent: list[Sent] = []
        self.held_back: set[str] = set()  # CallStatus of agents' legs that are told later
        self.waiting_room: list[tuple[str, dict[str, str]]] = []
        self.sound = b"RIFF\x24\x00\x00\x00WAVEfmt "
        self.is_silent = False
        self._is_closed = False
        self._threads: list[Thread] = []
        self.legs: dict[str, Leg] = {}
        self.queue: dict[str, str] = {}  # name → sid
        self.members: list[str] = []
        self.recordings: dict[str, dict[str, Any]] = {}
        self.changed = Condition()
        self._numbers = itertools.count(1)
        self._signs = RequestValidator(TOKEN)
        self._server = _Rest(("127.0.0.1", 0), self)
        self._serving = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._serving.start()

    @property
    def address(self) -> str:
        return f"{SID}:{TOKEN}@127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """End every call; whoever still has something to tell the app keeps it to himself."""
        with self.changed:
            self._is_closed = True
            for leg in self.legs.values():
                leg.status = "completed" if leg.is_up else leg.status
            self.changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        self._server.shutdown()
        self._server.server_close()

    # ------------------------------------------------------------------ people

    def place_call(self, dialled: str, *, from_number: str) -> str:
        leg = self._new_leg(f"sip:{dialled}@trunk.example", f"sip:{from_number}@carrier", "inbound")
        self._start(self._live, leg, f"{self.hooks}/voice")
        return leg.sid

    def _start(self, what: Any, *said: Any) -> None:
        thread = Thread(target=what, args=said, daemon=True)
        self._threads.append(thread)
        thread.start()

    def hang_up(self, sid: str) -> None:
        self._set(self.legs[sid], "completed")

    def answer(self, sid: str) -> None:
        """The agent's phone that rings for this caller is picked up."""
        self._set(self.ringing_leg(sid), "in-progress")

    def decline(self, sid: str) -> None:
        self._set(self.ringing_leg(sid), "busy")

    def agent_hangs_up(self, sid: str) -> None:
        leg = self._leg_for(sid, "in-progress")
        assert self._wait(lambda: leg.is_talking, seconds=PATIENCE_SECONDS)
        self._set(leg, "completed")

    def ringing_leg(self, sid: str) -> Leg:
        return self._leg_for(sid, "ringing")

    def _leg_for(self, sid: str, status: str) -> Leg:
        def found() -> Leg | None:
            legs = self.legs.values()
            return next((g for g in legs if g.parent == sid and g.status == status), None)

        with self.changed:
            leg = self.changed.wait_for(found, PATIENCE_SECONDS)
        assert leg is not None, f"no {status} leg for {sid}"
        return leg

    def told(self, hook: str) -> list[Sent]:
        with self.changed:
            return [one for one in self.sent if one.hook == hook]

    def wait_for(self, hook: str, *, nth: int = 1) -> Sent:
        """Return the nth request at this hook, once it was answered."""
        with self.changed:
            found = self.changed.wait_for(lambda: len(self.told(hook)) >= nth, PATIENCE_SECONDS)
            assert found, f"no request {nth} at {hook} among {[one.hook for one in self.sent]}"
            return self.told(hook)[nth - 1]

    def let_go(self) -> None:
        """Send what was held back, late."""
        waiting, self.waiting_room = self.waiting_room, []
        self.held_back.clear()
        for url, form in waiting:
            self.post(url, form)

    # ------------------------------------------------------------------ requests to the app

    def post(self, url: str, form: dict[str, str], *, signature: str | None = None) -> Sent:
        signed = self._signs.compute_signature(url, form) if signature is None else signature
        hook = urlsplit(url).path.rpartition("/")[2]
        if self._is_closed:
            return Sent(hook, url, form, signed, 503, "")
        request = urllib.request.Request(url, data=urlencode(form).encode())  # noqa: S310
        request.add_header("X-Twilio-Signature", signed)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                status, body = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            with refused:
                status, body = refused.code, refused.read().decode()
        sent = Sent(hook, url, form, signed, status, body)
        with self.changed:
            self.sent.append(sent)
            self.changed.notify_all()
        return sent

    def form(self, leg: Leg, **more: str) -> dict[str, str]:
        """Return what every voice request says of a leg."""
        return {
            "AccountSid": SID,
            "CallSid": leg.sid,
            "From": leg.from_,
            "To": leg.to,
            "CallStatus": leg.status,
            "Direction": leg.direction,
            "ApiVersion": "2010-04-01",
            **more,
        }

    def _tell_status(self, leg: Leg, url: str) -> None:
        """Send a status callback: the ones that carry a moment and a number in their order."""
        form = self.form(
            leg,
            SequenceNumber=str(next(leg.sequence)),
            Timestamp=format_datetime(clock.now()),
            **({"ParentCallSid": leg.parent} if leg.parent else {}),
        )
        if leg.parent and leg.status in self.held_back:
            self.waiting_room.append((url, form))
        else:
            self.post(url, form)

    # ------------------------------------------------------------------ the life of a call

    def _live(self, leg: Leg, url: str) -> None:
        while url and leg.is_up:
            answer = self.post(url, self.form(leg))
            if answer.status != 200:
                break
            url = self._follow(leg, answer.answer)
        if leg.is_up:
            self._set(leg, "completed")
        self._tell_status(leg, f"{self.hooks}/status")

    def _follow(self, leg: Leg, document: str) -> str:
        """Do what a document says; return the address of the next one, or nothing."""
        for verb in ElementTree.fromstring(document):  # noqa: S314 - our own answer
            if not leg.is_up:
                return ""
            if verb.tag != "Reject":
                leg.status = "in-progress"
            url = self._do(leg, verb)
            if url or leg.redirect:
                leg.redirect, sent = "", leg.redirect
                return sent or url
        return ""

    def _do(self, leg: Leg, verb: ElementTree.Element) -> str:
        match verb.tag:
            case "Enqueue":
                return self._enqueue(leg, verb)
            case "Dial":
                return self._dial(leg, verb)
            case "Redirect":
                return verb.text or ""
            case "Reject":
                self._set(leg, "busy")
            case "Hangup":
                self._set(leg, "completed")
        return ""  # sounds take no time here

    def _enqueue(self, leg: Leg, verb: ElementTree.Element) -> str:
        with self.changed:
            self.queue.setdefault(verb.text or "", f"QU{next(self._numbers):032d}")
            self.members.append(leg.sid)
        self.post(verb.attrib["waitUrl"], self.form(leg, QueuePosition="1", QueueTime="0"))
        self._wait(lambda: bool(leg.redirect) or not leg.is_up)
        with self.changed:
            self.members.remove(leg.sid)
        result = "redirected" if leg.is_up else "hangup"
        self.post(verb.attrib["action"], self.form(leg, QueueResult=result))
        return ""

    def _dial(self, leg: Leg, verb: ElementTree.Element) -> str:
        [noun] = list(verb)
        scheme = {"Client": "client:"}.get(noun.tag, "")
        address = f"{scheme}{noun.text}"
        child = self._new_leg(address, leg.from_, "outbound-dial", parent=leg.sid)
        child.status = {"ready": "ringing", "busy": "busy"}.get(
            self.phones.get(address, ""), "failed"
        )
        tell = noun.attrib["statusCallback"]
        if child.status == "ringing":
            self._ring(leg, child, tell, seconds=float(verb.attrib["timeout"]))
        was_answered = child.status == "in-progress"
        if was_answered:
            self._talk(leg, child, tell, verb.attrib["recordingStatusCallback"])
        if leg.redirect:
            return ""  # REST sent the caller elsewhere: nobody asks what comes next
        result = "completed" if was_answered else child.status
        more = {"DialCallStatus": result, "DialCallSid": child.sid}
        answer = self.post(verb.attrib["action"], self.form(leg, **more))
        return self._follow(leg, answer.answer) if answer.status == 200 and leg.is_up else ""

    def _ring(self, leg: Leg, child: Leg, tell: str, *, seconds: float) -> None:
        self._tell_status(child, tell)
        over = self._wait(
            lambda: child.status != "ringing" or bool(leg.redirect) or not leg.is_up,
            seconds=seconds,
        )
        if not over:
            self._set(child, "no-answer")
        elif child.status == "ringing":
            self._set(child, "canceled")  # the caller went away

    def _talk(self, leg: Leg, child: Leg, tell: str, recording_hook: str) -> None:
        began = clock.now()
        self._tell_status(child, tell)
        with self.changed:
            child.is_talking = True
            self.changed.notify_all()
        self._wait(lambda: not child.is_up or bool(leg.redirect) or not leg.is_up)
        if child.is_up:
            self._set(child, "completed")
        sid = f"RE{next(self._numbers):032d}"
        when = format_datetime(began)
        self.recordings[sid] = {"sid": sid, "call_sid": leg.sid, "start_time": when}
        form = {
            "AccountSid": SID,
            "CallSid": leg.sid,
            "RecordingSid": sid,
            "RecordingStatus": "completed",
            "RecordingStartTime": when,
        }
        self._start(self.post, recording_hook, form)

    def _new_leg(self, to: str, from_: str, direction: str, *, parent: str = "") -> Leg:
        leg = Leg(f"CA{next(self._numbers):032d}", to, from_, direction, parent)
        with self.changed:
            self.legs[leg.sid] = leg
            self.changed.notify_all()
        return leg

    def _set(self, leg: Leg, status: str) -> None:
        with self.changed:
            leg.status = status
            self.changed.notify_all()

    def _wait(self, question: Any, *, seconds: float | None = None) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(question, seconds))

    # ------------------------------------------------------------------ REST

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
            sid = self.queue.setdefault(said["FriendlyName"], f"QU{next(self._numbers):032d}")
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
    (rf"{_ACCOUNT}/Queues\.json", FakeTwilio._queues),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)\.json", FakeTwilio._one_queue),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)/Members\.json", FakeTwilio._queued),
    (rf"{_ACCOUNT}/Queues/(?P<sid>\w+)/Members/(?P<call>\w+)\.json", FakeTwilio._member),
    (rf"{_ACCOUNT}/Calls\.json", FakeTwilio._calls),
    (rf"{_ACCOUNT}/Calls/(?P<sid>\w+)\.json", FakeTwilio._call),
    (rf"{_ACCOUNT}/Recordings\.json", FakeTwilio._recordings),
    (rf"{_ACCOUNT}/Recordings/(?P<sid>\w+)\.(?:json|wav)", FakeTwilio._recording),
]


def _pairs(twilio: FakeTwilio) -> list[tuple[str, str]]:
    return list(twilio.queue.items())


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

    def __init__(self, address: tuple[str, int], twilio: FakeTwilio) -> None:
        super().__init__(address, _Handler)
        self.twilio = twilio


class _Handler(BaseHTTPRequestHandler):
    server: _Rest

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        user = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if self.server.twilio.is_silent or user != f"{SID}:{TOKEN}":
            status, answer = 401 if not self.server.twilio.is_silent else 503, {"status": 401}
        else:
            said = dict(parse_qsl(parts.query)) | dict(parse_qsl(body))
            status, answer = self.server.twilio.rest(self.command, parts.path, said)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(0 if status == 204 else len(content)))
        self.end_headers()
        if status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server asks for

    def log_message(self, *_said: Any) -> None:
        """Say nothing."""
