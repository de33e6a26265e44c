"""People whose telephones speak SIP over TLS and Secure RTP, which sipp of this machine cannot.

Each has a tone for a voice. What he hears is what could be decrypted *and* proved with the key that
the node told inside TLS; a packet in the open is counted and heard by nobody.
"""

import base64
import contextlib
import itertools
import re
import secrets
import socket
import ssl
import threading
import time
from collections import deque
from pathlib import Path

from tests.bed.bed import CARRIER, DESK, Bed
from tests.bed.sounds import from_alaw, make_tone, strength
from tests.bed.srtp import SUITE, NotAuthentic, SrtpKey
from tests.services.processes import wait_until

HEARD = 9000.0
PATIENCE_SECONDS = 5.0
PACKET_SECONDS, PACKET_BYTES = 0.02, 160
COPIED = ("via", "from", "to", "call-id", "cseq", "record-route")

_tones = itertools.count(1)


class SecureSound:
    """One side of the sound of a call: a key of its own, and the other side's once it is told."""

    def __init__(self, bed: Bed, *, address: str, hertz: int) -> None:
        self.inline = base64.b64encode(secrets.token_bytes(30)).decode()
        self.in_the_open = 0
        self._mine, self._theirs = SrtpKey(self.inline), None
        self._heard: deque[tuple[float, bytes]] = deque(maxlen=500)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self.address, self.port = self._socket.getsockname()
        tone = make_tone(bed.work / f"secure-{next(_tones)}.al", hertz=hertz, seconds=2)
        self._voice = tone.read_bytes()
        self._is_closed = threading.Event()

    def offer(self) -> str:
        """Return what SDP says of this side."""
        lines = ["v=0", f"o=secure 1 1 IN IP4 {self.address}", "s=-"]
        lines += [f"c=IN IP4 {self.address}", "t=0 0", f"m=audio {self.port} RTP/SAVP 8"]
        lines += ["a=rtpmap:8 PCMA/8000", f"a=crypto:1 {SUITE} inline:{self.inline}", ""]
        return "\r\n".join(lines)

    def begin(self, told: str) -> None:
        """Speak and hear as the other side's SDP says; it must promise Secure RTP."""
        media = re.search(r"^m=audio (\d+) RTP/SAVP ", told, flags=re.M)
        key = re.search(rf"^a=crypto:\d+ {SUITE} inline:(\S+)", told, flags=re.M)
        address = re.search(r"^c=IN IP4 (\S+)", told, flags=re.M)
        assert media, told
        assert key, told
        assert address, told
        self._theirs = SrtpKey(key[1])
        where = (address[1], int(media[1]))
        threading.Thread(target=self._hear, daemon=True).start()
        threading.Thread(target=self._speak, args=(where,), daemon=True).start()

    def hears(self, hertz: int, *, within: float = 3.0, piece: float = 0.5) -> None:
        """Wait until this tone fills one whole piece of what could be decrypted."""

        def is_heard() -> bool:
            since = time.monotonic() - piece
            samples = from_alaw([sound for at, sound in list(self._heard) if at >= since])
            return len(samples) >= 6400 * piece and strength(samples, hertz) > HEARD

        wait_until(is_heard, seconds=within, what=f"{hertz} Hz, decrypted", pause=0.05)

    def close(self) -> None:
        """Fall silent."""
        self._is_closed.set()
        self._socket.close()

    def _hear(self) -> None:
        assert self._theirs is not None
        with contextlib.suppress(OSError):
            while packet := self._socket.recv(2048):
                if packet[1] & 127 != 8:
                    continue  # RTCP
                try:
                    self._heard.append((time.monotonic(), self._theirs.open(packet)))
                except NotAuthentic:
                    self.in_the_open += 1

    def _speak(self, where: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            for number in itertools.count():
                if self._is_closed.wait(PACKET_SECONDS):
                    return
                at = number * PACKET_BYTES % len(self._voice)
                head = bytes([0x80, 8]) + (number & 0xFFFF).to_bytes(2, "big")
                head += (number * PACKET_BYTES).to_bytes(4, "big") + b"tone"
                packet = head + self._voice[at : at + PACKET_BYTES]
                self._socket.sendto(self._mine.protect(packet), where)


class _Wire:
    """SIP messages over one TLS connection."""

    def __init__(self, line: ssl.SSLSocket) -> None:
        self._line = line
        self._rest = b""

    def send(self, lines: list[str], *, body: str = "") -> None:
        if body:
            lines = [*lines, "Content-Type: application/sdp"]
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])
        self._line.sendall(text.encode())

    def receive(self) -> str:
        """Return the next message; empty when the connection is over."""
        while True:
            head, end, rest = self._rest.partition(b"\r\n\r\n")
            length = re.search(rb"^content-length:\s*(\d+)", head, flags=re.M | re.I)
            size = int(length[1]) if length else 0
            if end and len(rest) >= size:
                self._rest = rest[size:]
                return (head + end + rest[:size]).decode(errors="replace")
            more = self._line.recv(65536)
            if not more:
                return ""
            self._rest += more

    def answer(self, request: str, status: str, *, contact: str, body: str = "") -> None:
        """Answer a request, naming ourselves in its dialogue."""
        lines = [f"SIP/2.0 {status}"]
        for line in request.partition("\r\n\r\n")[0].split("\r\n")[1:]:
            name = line.partition(":")[0].lower()
            if name in COPIED:
                is_new = name == "to" and "tag=" not in line and not status.startswith("100")
                lines.append(line + (";tag=secure" if is_new else ""))
        self.send([*lines, f"Contact: <{contact}>"], body=body)


class SecureCaller:
    """A citizen behind a carrier whose trunk is TLS: calls at once, and is answered or refused."""

    def __init__(
        self, bed: Bed, *, dialled: str, number: str, trusts: Path, hertz: int = 400
    ) -> None:
        self.sound = SecureSound(bed, address=CARRIER, hertz=hertz)
        context = ssl.create_default_context(cafile=str(trusts))
        plain = socket.create_connection(
            ("127.0.0.1", bed.ports.sip_tls), PATIENCE_SECONDS, source_address=(CARRIER, 0)
        )
        self._line = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self._line.settimeout(PATIENCE_SECONDS)
        self._wire = _Wire(self._line)
        address = "{}:{}".format(*plain.getsockname()) if plain.fileno() >= 0 else CARRIER
        self._contact = f"sip:{number}@{address};transport=tls"
        self._uri = f"sip:{dialled}@127.0.0.1:{bed.ports.sip_tls};transport=tls"
        self._from = f"<sip:{number}@{CARRIER}>;tag={secrets.token_hex(4)}"
        self._to, self._call = f"<{self._uri}>", secrets.token_hex(8)
        self._ask("INVITE", 1, body=self.sound.offer())
        answered = self._final()
        self._to = _header(answered, "To")
        self._target = _header(answered, "Contact").strip("<>")
        self._ask("ACK", 1)
        self.sound.begin(answered)

    def close(self) -> None:
        """Hang up."""
        self._ask("BYE", 2)
        self.sound.close()
        self._line.close()

    def _final(self) -> str:
        while True:
            said = self._wire.receive()
            status = int(said.split(" ", 2)[1])
            if status >= 200:
                assert status == 200, said
                return said

    def _ask(self, method: str, number: int, *, body: str = "") -> None:
        target = self._uri if method == "INVITE" else self._target
        branch = f"z9hG4bK{secrets.token_hex(6)}"
        self._wire.send(
            [
                f"{method} {target} SIP/2.0",
                f"Via: SIP/2.0/TLS {CARRIER};branch={branch};rport",
                "Max-Forwards: 70",
                f"From: {self._from}",
                f"To: {self._to}",
                f"Call-ID: {self._call}",
                f"CSeq: {number} {method}",
                f"Contact: <{self._contact}>",
            ],
            body=body,
        )


class SecurePhone:
    """A desk phone that is reached by TLS only, and picks up at once."""

    def __init__(self, bed: Bed, *, phone: str, port: int, certificate: Path, hertz: int) -> None:
        self.sound = SecureSound(bed, address=DESK, hertz=hertz)
        self._contact = f"sip:{phone}@{DESK}:{port};transport=tls"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate / "server.crt", certificate / "server.key")
        self._door = socket.create_server((DESK, port))
        self._lines: list[ssl.SSLSocket] = []
        threading.Thread(target=self._serve, name=f"secure-{phone}", daemon=True).start()

    def close(self) -> None:
        """Be gone."""
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.sound.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _where = self._door.accept()
                threading.Thread(target=self._talk, args=(plain,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with (
            contextlib.suppress(OSError, ssl.SSLError),
            self._context.wrap_socket(plain, server_side=True) as line,
        ):
            wire = _Wire(line)
            self._lines.append(line)
            while request := wire.receive():
                match request.split(" ", 1)[0]:
                    case "INVITE":
                        wire.answer(request, "180 Ringing", contact=self._contact)
                        self.sound.begin(request)
                        offer = self.sound.offer()
                        wire.answer(request, "200 OK", contact=self._contact, body=offer)
                    case "ACK" | "SIP/2.0":
                        pass
                    case _:
                        wire.answer(request, "200 OK", contact=self._contact)


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: (.+?)\r?$", message, flags=re.M)
    assert found, message
    return found[1]
