"""A citizen without a voice: calls over UDP from the carrier's address and hangs up when told."""

import contextlib
import re
import secrets
import socket
import threading

from tests.bed.bed import CARRIER, Bed

COPIED = ("via", "from", "to", "call-id", "cseq", "record-route")


class SilentCaller:
    """One call: INVITE at once, BYE or CANCEL at `hang_up`."""

    def __init__(self, bed: Bed, *, dialled: str, number: str, patience: float | None) -> None:
        self._node = ("127.0.0.1", bed.ports.sip)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((CARRIER, 0))
        self._address = "{}:{}".format(*self._socket.getsockname())
        self._uri = f"sip:{dialled}@127.0.0.1:{bed.ports.sip}"
        self._from = f"<sip:{number}@{CARRIER}>;tag={secrets.token_hex(4)}"
        self._to = f"<{self._uri}>"
        self._call = secrets.token_hex(8)
        self._branch = f"z9hG4bK{secrets.token_hex(6)}"
        self._is_answered = self._is_over = False
        self._lock = threading.Lock()
        self._timer = threading.Timer(patience, self.hang_up) if patience is not None else None
        threading.Thread(target=self._hear, name=f"caller-{number}", daemon=True).start()
        self._send("INVITE", 1, body=self._offer())
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()

    def hang_up(self) -> None:
        """End the call in an orderly way; nothing where it is over."""
        with self._lock:
            if not self._is_over:
                self._is_over = True
                self._send("BYE", 2) if self._is_answered else self._send("CANCEL", 1)

    def close(self) -> None:
        """Be gone."""
        if self._timer is not None:
            self._timer.cancel()
        self.hang_up()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _hear(self) -> None:
        with contextlib.suppress(OSError):
            while said := self._socket.recv(65536):
                self._understand(said.decode(errors="replace"))

    def _understand(self, said: str) -> None:
        first = said.split("\r\n", 1)[0]
        if not first.startswith("SIP/2.0"):
            if first.startswith("BYE"):
                self._is_over = True
            if not first.startswith("ACK"):
                self._reply(said)
            return
        is_final = int(first.split(" ")[1]) >= 200
        if is_final and re.search(r"(?im)^CSeq: *1 INVITE", said):
            to = re.search(r"(?im)^To: *(.+?)\r?$", said)
            self._to = to[1] if to else self._to
            is_taken = first.split(" ")[1].startswith("2")
            self._send("ACK", 1)
            with self._lock:
                self._is_answered, self._is_over = is_taken, self._is_over or not is_taken

    def _send(self, method: str, number: int, *, body: str = "") -> None:
        is_of_invite = method in ("INVITE", "CANCEL")
        branch = self._branch if is_of_invite else f"z9hG4bK{secrets.token_hex(6)}"
        lines = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._address};branch={branch}",
            "Max-Forwards: 70", f"From: {self._from}", f"To: {self._to}",
            f"Call-ID: {self._call}", f"CSeq: {number} {method}",
            f"Contact: <sip:caller@{self._address}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]  # fmt: skip
        with contextlib.suppress(OSError):
            self._socket.sendto("\r\n".join([*lines, "", body]).encode(), self._node)

    def _reply(self, request: str) -> None:
        lines = [
            line
            for line in request.split("\r\n\r\n", 1)[0].split("\r\n")[1:]
            if line.partition(":")[0].lower() in COPIED
        ]
        answer = ["SIP/2.0 200 OK", *lines, "Content-Length: 0", "", ""]
        with contextlib.suppress(OSError):
            self._socket.sendto("\r\n".join(answer).encode(), self._node)

    def _offer(self) -> str:
        lines = ["v=0", f"o=- 1 1 IN IP4 {CARRIER}", "s=-", f"c=IN IP4 {CARRIER}", "t=0 0",
                 "m=audio 39998 RTP/AVP 8", "a=rtpmap:8 PCMA/8000"]  # fmt: skip
        return "\r\n".join([*lines, ""])
