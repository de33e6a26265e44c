"""A stand-in for Twilio on this machine: signs its web requests, does what TwiML says, serves REST.

It knows only what our adapter uses, and does it as the provider's manual describes. Each call runs
in a thread of its own, as calls do. Every request it makes is kept, so that a test can send it
again, late, or changed.
"""

import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import format_datetime
from threading import Thread
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from twilio.request_validator import RequestValidator

from app.core import clock
from tests.telephony.fake_twilio_rest import SID, TOKEN, Account, Leg

PATIENCE_SECONDS = 8.0


@dataclass(frozen=True)
class Sent:
    """A web request as it was sent."""

    hook: str
    url: str
    form: dict[str, str]
    signature: str
    status: int
    answer: str


class FakeTwilio(Account):
    """An account with callers, phones, one queue and recordings."""

    def __init__(self, *, app_base: str, exchange_id: str = "tw") -> None:
        super().__init__()
        self.hooks = f"{app_base}/telephony/hooks/{exchange_id}"
        self.phones: dict[str, str] = {}  # address → ready, busy
        self.sent: list[Sent] = []
        self.held_back: set[str] = set()  # CallStatus of agents' legs that are told later
        self.waiting_room: list[tuple[str, dict[str, str]]] = []
        self.sound_seconds = 0.0  # how long a <Play> or <Say> takes
        self.played: list[str] = []  # addresses and sentences, as callers heard them
        self.fetched: dict[str, bytes] = {}
        self._skipped = 0.0
        self._is_closed = False
        self._threads: list[Thread] = []
        self._signs = RequestValidator(TOKEN)

    def close(self) -> None:
        """End every call; whoever still has something to tell the app keeps it to himself."""
        with self.changed:
            self._is_closed = True
            for leg in self.legs.values():
                leg.status = "completed" if leg.is_up else leg.status
            self.changed.notify_all()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        self.close_rest()

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
        assert self._wait(lambda: leg.is_talking, until=self.now() + PATIENCE_SECONDS)
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
            if leg.redirect:  # REST was quicker: what we answered does not count any more
                leg.redirect, sent = "", leg.redirect
                return sent
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
            case "Play" | "Say":
                self._play(leg, verb)
            case "Reject":
                self._set(leg, "busy")
            case "Hangup":
                self._set(leg, "completed")
        return ""  # a pause takes no time here

    def _play(self, leg: Leg, verb: ElementTree.Element) -> None:
        said = verb.text or ""
        with self.changed:
            self.played.append(said)
        if urlsplit(said).path.startswith("/telephony/sounds/"):
            with urllib.request.urlopen(said, timeout=10) as sound:  # noqa: S310 - our own address
                self.fetched[said] = sound.read()
        until = self.now() + self.sound_seconds
        self._wait(lambda: bool(leg.redirect) or not leg.is_up, until=until)

    def _enqueue(self, leg: Leg, verb: ElementTree.Element) -> str:
        with self.changed:
            self.queue.setdefault(verb.text or "", f"QU{next(self.numbers):032d}")
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
        child.status = self._state_of_phone(address, but=child)
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

    def _state_of_phone(self, address: str, *, but: Leg) -> str:
        with self.changed:
            is_used = any(g.to == address and g.is_up and g is not but for g in self.legs.values())
        ready = "busy" if is_used else "ringing"
        return {"ready": ready, "busy": "busy"}.get(self.phones.get(address, ""), "failed")

    def _ring(self, leg: Leg, child: Leg, tell: str, *, seconds: float) -> None:
        until = self.now() + seconds
        self._tell_status(child, tell)
        over = self._wait(
            lambda: child.status != "ringing" or bool(leg.redirect) or not leg.is_up, until=until
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
        sid = f"RE{next(self.numbers):032d}"
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
        leg = Leg(f"CA{next(self.numbers):032d}", to, from_, direction, parent)
        with self.changed:
            self.legs[leg.sid] = leg
            self.changed.notify_all()
        return leg

    def _set(self, leg: Leg, status: str) -> None:
        with self.changed:
            leg.status = status
            self.changed.notify_all()

    def _wait(self, question: Any, *, until: float | None = None) -> bool:
        """Wait until the answer is yes, or until this moment of the account's own time."""
        with self.changed:
            while not question():
                left = None if until is None else until - self.now()
                if left is not None and left <= 0:
                    return False
                self.changed.wait(left)
            return True

    # ------------------------------------------------------------------ time

    def now(self) -> float:
        """Return the account's own time in seconds; it may run ahead of ours."""
        return time.monotonic() + self._skipped

    def pass_time(self, seconds: float) -> None:
        """Let this much time go by at once: phones ring out, sounds end."""
        with self.changed:
            self._skipped += seconds
            self.changed.notify_all()
