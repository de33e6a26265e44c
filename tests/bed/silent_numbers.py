"""Everybody behind the carrier who can be called, without a voice: rings and picks up."""

import contextlib
import re
import secrets
import socket
import threading

from tests.bed.bed import CARRIER, OUTSIDE_PORT
from tests.bed.silent_caller import COPIED

PICKS_UP_SECONDS = 0.3


class SilentNumbers:
    """Answers calls to the outside; a number in `let_ring` is never picked up."""

    def __init__(self) -> None:
        self.let_ring: set[str] = set()
        self._ringing: dict[str, str] = {}  # Call-ID → the INVITE that has no answer yet
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((CARRIER, OUTSIDE_PORT))
        self._hearing = threading.Thread(target=self._hear, name="silent-numbers", daemon=True)
        self._hearing.start()

    def close(self) -> None:
        """Be gone."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._hearing.join(timeout=2)  # while it hears, the address is taken
        self._socket.close()

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                said, sender = self._socket.recvfrom(65536)
                if not said:
                    return  # closed
                self._understand(said.decode(errors="replace"), sender)

    def _understand(self, said: str, sender: tuple[str, int]) -> None:
        method, call = said.split(" ", 1)[0], _call_id(said)
        if method == "INVITE":
            self._invited(said, call, sender)
        elif method == "CANCEL":
            self._reply(said, "200 OK", sender)
            with self._lock:
                invite = self._ringing.pop(call, "")
            if invite:
                self._reply(invite, "487 Request Terminated", sender)
        elif method not in ("ACK", "SIP/2.0"):
            self._reply(said, "200 OK", sender)

    def _invited(self, invite: str, call: str, sender: tuple[str, int]) -> None:
        with self._lock:
            if call in self._ringing:
                return  # the same INVITE once more
            self._ringing[call] = invite
        self._reply(invite, "180 Ringing", sender)
        number = re.match(r"INVITE sip:([^@]+)@", invite)
        if number is None or number[1] not in self.let_ring:
            timer = threading.Timer(PICKS_UP_SECONDS, self._pick_up, (call, sender))
            timer.daemon = True
            timer.start()

    def _pick_up(self, call: str, sender: tuple[str, int]) -> None:
        with self._lock:
            invite = self._ringing.pop(call, "")
        if invite:
            self._reply(invite, "200 OK", sender, body=_answer())

    def _reply(self, request: str, status: str, sender: tuple[str, int], *, body: str = "") -> None:
        lines = [f"SIP/2.0 {status}"]
        for line in request.split("\r\n\r\n", 1)[0].split("\r\n")[1:]:
            name = line.partition(":")[0].lower()
            if name in COPIED:
                is_untagged = name == "to" and ";tag=" not in line
                lines.append(f"{line};tag={_tag_of(request)}" if is_untagged else line)
        lines.append(f"Contact: <sip:somebody@{CARRIER}:{OUTSIDE_PORT}>")
        lines += ["Content-Type: application/sdp"] if body else []
        lines.append(f"Content-Length: {len(body)}")
        with contextlib.suppress(OSError):
            self._socket.sendto("\r\n".join([*lines, "", body]).encode(), sender)


def _call_id(said: str) -> str:
    found = re.search(r"(?im)^Call-ID: *(\S+)", said)
    return found[1] if found else ""


def _tag_of(request: str) -> str:
    """Return the same tag for every answer to one call."""
    return _call_id(request)[:8] or secrets.token_hex(4)


def _answer() -> str:
    lines = ["v=0", f"o=- 1 1 IN IP4 {CARRIER}", "s=-", f"c=IN IP4 {CARRIER}", "t=0 0",
             "m=audio 39996 RTP/AVP 8", "a=rtpmap:8 PCMA/8000"]  # fmt: skip
    return "\r\n".join([*lines, ""])
