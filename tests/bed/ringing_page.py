"""A page's phone that rings, answers and is hung up, without sound: it says so in its answer."""

import re
import secrets
import threading

from simple_websocket import ConnectionClosed

from tests.bed.bed import Bed
from tests.bed.web_phone import WebPhone
from tests.services.processes import wait_until

COPIED = ("via", "from", "to", "call-id", "cseq", "record-route")


class RingingPage(WebPhone):
    """Registers over its WebSocket, then hears what the node asks of it, in a thread."""

    def __init__(self, bed: Bed, phone: str, secret: str) -> None:
        super().__init__(bed, phone)
        self.register(secret)
        self._tag_here = secrets.token_hex(4)
        self._invite = ""
        self._is_talking = False
        self._hearing = threading.Thread(target=self._hear, name=f"page-{phone}", daemon=True)
        self._hearing.start()

    def answer(self) -> None:
        """Take the call that rings; waits for it to ring."""
        wait_until(lambda: bool(self._invite), seconds=3, what="an INVITE", pause=0.01)
        self._take()

    def close(self) -> None:
        """Drop the socket without a word."""
        super().close()
        if self._hearing is not threading.current_thread():
            self._hearing.join(timeout=2)

    def _hear(self) -> None:
        try:
            while True:
                said = self._socket.receive()
                if said:
                    self._understand(said if isinstance(said, str) else bytes(said).decode())
        except ConnectionClosed:
            return

    def _understand(self, said: str) -> None:
        method = said.split(" ", 1)[0]
        if method == "INVITE":
            self._invited(said)
        elif method == "CANCEL":
            self._reply(said, "200 OK")
            self._reply(self._invite, "487 Request Terminated")
            self._invite = ""
        elif method == "BYE":
            self._invite, self._is_talking = "", False
            self._reply(said, "200 OK")
        elif method not in ("ACK", "SIP/2.0"):
            self._reply(said, "200 OK")

    def _invited(self, invite: str) -> None:
        is_first, self._invite = not self._is_talking, invite
        if not is_first:
            self._take()  # the node changes something of a talk
            return
        self._reply(invite, "180 Ringing")
        if re.search(r"(?im)^X-Hotline-Resume: yes", invite):
            self._take()

    def _take(self) -> None:
        self._is_talking = True
        self._reply(self._invite, "200 OK", body=_silent_answer(self._invite))

    def _reply(self, request: str, status: str, *, body: str = "") -> None:
        lines = [f"SIP/2.0 {status}"]
        for line in request.split("\r\n\r\n", 1)[0].split("\r\n")[1:]:
            name = line.partition(":")[0].lower()
            if name in COPIED:
                is_untagged = name == "to" and ";tag=" not in line
                lines.append(f"{line};tag={self._tag_here}" if is_untagged else line)
        lines.append(f"Contact: {self._contact}")
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body)}")
        self._socket.send("\r\n".join([*lines, "", body]))


def _silent_answer(invite: str) -> str:
    """Return an SDP answer of a browser that sends and wants no sound."""
    mid = re.search(r"(?m)^a=mid:(\S+)", invite)
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    lines = [
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0",
        *([f"a=group:BUNDLE {mid[1]}"] if mid else []),
        "m=audio 9 UDP/TLS/RTP/SAVPF 8", *([f"a=mid:{mid[1]}"] if mid else []),
        "a=rtpmap:8 PCMA/8000", "a=inactive", "a=setup:active", "a=rtcp-mux",
        f"a=fingerprint:sha-256 {fingerprint}",
        f"a=ice-ufrag:{secrets.token_hex(4)}", f"a=ice-pwd:{secrets.token_hex(12)}",
        "a=candidate:1 1 udp 2130706431 127.0.0.1 39999 typ host",
    ]  # fmt: skip
    return "\r\n".join([*lines, ""])
