"""People on the telephone: citizens and desk phones played by sipp, and what reaches their ears."""

import itertools
import signal
import socket
import string
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.bed.bed import CARRIER, DESK, OUTSIDE_PORT, Bed
from tests.bed.sounds import from_alaw, make_tone, strength
from tests.services.processes import start, stop, wait_until

SCENARIOS = Path(__file__).resolve().parent / "scenarios"
HEARD = 9000.0  # our tones are 13,000 of 32,767: two thirds of the piece are filled with it
FOR_EVER = 3_600_000
PUTS_DOWN_SECONDS = 1.0
KEYS = "0123456789*#ABCD"  # by their numbers in RFC 4733
KEY_EVENTS, SOUND = 101, 8  # payload types that our people offer

_media_ports = itertools.count(40000, 10)
# Each citizen has a port of his own, beyond those where anything else stands: the nodes, desk
# phones, and at OUTSIDE_PORT whom the carrier reaches outside.
CITIZENS_PORTS = range(12_000, 16_000)
_carrier_ports = iter(CITIZENS_PORTS)


class Ear:
    """Keeps the last seconds of a-law that arrive at one address and port of lo. Needs root.

    `keys` are the keys that came as events of their own, to a phone that offers them.
    """

    def __init__(self, address: str, port: int) -> None:
        self._destination = socket.inet_aton(address)
        self._port = port
        self._packets: deque[tuple[float, bytes]] = deque(maxlen=500)
        self.keys = ""
        self._key_began = b""
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self._socket.bind(("lo", 0x0800))
        self._socket.settimeout(0.2)
        self._open = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def hears(
        self, hertz: int, *, within: float = 3.0, piece: float = 0.5, amplitude: float = HEARD
    ) -> float:
        """Wait until this tone fills one whole `piece` of seconds; return the seconds waited."""
        return wait_until(
            lambda: self.strength_now(hertz, piece) > amplitude,
            seconds=within,
            what=f"{hertz} Hz at port {self._port}",
            pause=0.05,
        )

    def strength_now(self, hertz: int, piece: float = 0.5) -> float:
        """Return the amplitude of a tone in the last `piece` of seconds."""
        since = time.monotonic() - piece
        samples = from_alaw([sound for at, sound in list(self._packets) if at >= since])
        return strength(samples, hertz) if len(samples) >= 6400 * piece else 0.0

    def longest_gap(self, since: float) -> float:
        """Return the longest time without a packet after `since` (time.monotonic)."""
        moments = [at for at, _sound in list(self._packets) if at >= since]
        return max((later - one for one, later in itertools.pairwise(moments)), default=0.0)

    def close(self) -> None:
        """Stop listening."""
        self._open = False
        self._thread.join(timeout=2)
        self._socket.close()

    def _listen(self) -> None:
        while self._open:
            try:
                packet, where = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            # lo shows each packet going out and coming in; one of them is enough
            if where[2] != socket.PACKET_OUTGOING and packet[16:20] == self._destination:
                self._keep(packet[(packet[0] & 15) * 4 :])

    def _keep(self, udp: bytes) -> None:
        port, rtp = int.from_bytes(udp[2:4], "big"), udp[8:]
        if port != self._port or len(rtp) <= 12 or rtp[0] >> 6 != 2:
            return
        if rtp[1] & 127 == SOUND:
            self._packets.append((time.monotonic(), rtp[12:]))
        elif rtp[1] & 127 == KEY_EVENTS and rtp[4:8] != self._key_began:
            # the packets of one key share its timestamp
            self._key_began = rtp[4:8]
            self.keys += KEYS[rtp[12]]


@dataclass(kw_only=True)
class Person:
    """One sipp at work."""

    process: "subprocess.Popen[bytes]"
    ear: Ear
    log: Path
    address: tuple[str, int]
    began: float = field(default_factory=time.monotonic)

    def hang_up(self) -> None:
        """Hang up an answered call: a datagram that only we send makes the scenario say BYE."""
        wait_until(
            lambda: self.was_answered, seconds=5, what="his phone knows of the answer", pause=0.02
        )
        call_id = self._call_id()
        lines = ["INFO sip:now SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-now"]
        lines += ["From: <sip:test@127.0.0.1>;tag=t", "To: <sip:now@127.0.0.1>"]
        lines += [f"Call-ID: {call_id}", "CSeq: 900 INFO", "Content-Length: 0", "", ""]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as once:
            once.sendto("\r\n".join(lines).encode(), self.address)

    def _call_id(self) -> str:
        """Say which call was answered: his own phone may learn it after the ledger has."""
        kept = self.log.parent / "call-id"
        return kept.read_text().strip() if kept.exists() else ""

    @property
    def was_answered(self) -> bool:
        """Say whether his own phone knows of an answer."""
        return bool(self._call_id())

    def freeze(self) -> None:
        """Let sound and signalling stop at once, as when a machine sleeps."""
        self.process.send_signal(signal.SIGSTOP)

    def invite(self) -> str:
        """Return the INVITE that came, word for word; nothing when none did."""
        return next(iter(self.invites()), "")

    def invites(self) -> list[str]:
        """Return every INVITE that came, word for word, in the order of their coming."""
        text = (self.log.parent / "messages").read_text(errors="replace")
        _before, *after = text.split("\nINVITE sip:")
        return [f"INVITE sip:{each.partition('-----')[0]}" for each in after]

    @property
    def is_rung(self) -> bool:
        """Say whether this phone was called at all."""
        messages = self.log.parent / "messages"
        return messages.exists() and bool(self.invite())

    @property
    def is_in_call(self) -> bool:
        """Say whether the scenario still runs."""
        return self.process.poll() is None

    def wait_for_end(self, seconds: float = 10) -> int:
        """Wait until the call is over; return sipp's verdict, 0 for as planned."""
        return self.process.wait(timeout=seconds)


@contextmanager
def citizen(
    bed: Bed,
    *,
    dialled: str,
    number: str = "13800001234",
    name: str = "",
    hertz: int = 400,
    seconds: float | None = None,
    headers: str = "",
    takes_keys: bool = False,
    max_forwards: int = 70,
) -> Iterator[Person]:
    """Let somebody call; he hangs up after `seconds` of being answered, or stays."""
    values = {
        **_keys(takes_keys=takes_keys),
        "dialled": dialled, "number": number, "name": name or number,
        "headers": f"\n{headers}" if headers else "", "max_forwards": str(max_forwards),
        "milliseconds": str(int(seconds * 1000) if seconds else FOR_EVER),
    }  # fmt: skip
    with _sipp(bed, "caller", CARRIER, next(_carrier_ports), hertz, values, calls=True) as person:
        yield person


@contextmanager
def desk_phone(
    bed: Bed,
    *,
    port: int = 5070,
    rings: float | None = 0.3,
    talks: float | None = None,
    hertz: int = 700,
) -> Iterator[Person]:
    """Stand a phone on a desk: picks up after `rings` seconds (None: never), for one call."""
    values = {
        **_keys(takes_keys=False),
        "busy_number": "none",
        "rings_milliseconds": str(int(rings * 1000) if rings is not None else FOR_EVER),
        "talks_milliseconds": str(int(talks * 1000) if talks is not None else FOR_EVER),
    }
    with _sipp(bed, "desk_phone", DESK, port, hertz, values, calls=False) as person:
        yield person


@contextmanager
def person_outside(
    bed: Bed,
    *,
    rings: float | None = 0.3,
    talks: float | None = None,
    hertz: int = 1700,
    has_early_media: bool = False,
    takes_keys: bool = False,
    busy_number: str = "",
    calls: int = 1,
) -> Iterator[Person]:
    """Let somebody behind the carrier be called: picks up after `rings` seconds (None: never).

    `has_early_media`: the carrier plays his tone before he answers. `busy_number`: under this
    number he is always busy; another call may then come. `calls`: so many people at one place.
    """
    scenario = "early_media" if has_early_media else "desk_phone"
    values = {
        **_keys(takes_keys=takes_keys),
        "busy_number": busy_number or "none",
        "rings_milliseconds": str(int(rings * 1000) if rings is not None else FOR_EVER),
        "talks_milliseconds": str(int(talks * 1000) if talks is not None else FOR_EVER),
    }
    most = max(calls, 2 if busy_number else 1)
    with _sipp(
        bed, scenario, CARRIER, OUTSIDE_PORT, hertz, values, calls=False, most=most
    ) as person:
        yield person


@contextmanager
def declining(
    bed: Bed, *, status: str = "486 Busy Here", port: int | None = None
) -> Iterator[Person]:
    """Let a desk phone, or without a port somebody behind the carrier, refuse the call."""
    address = CARRIER if port is None else DESK
    values = {"status": status}
    with _sipp(bed, "declining", address, port or OUTSIDE_PORT, 0, values, calls=False) as person:
        yield person


def _keys(*, takes_keys: bool) -> dict[str, str]:
    """Say what a phone offers for keys: events of their own, or only what is heard."""
    if not takes_keys:
        return {"key_format": "", "key_lines": ""}
    lines = f"\na=rtpmap:{KEY_EVENTS} telephone-event/8000\na=fmtp:{KEY_EVENTS} 0-15"
    return {"key_format": f" {KEY_EVENTS}", "key_lines": lines}


@contextmanager
def _sipp(
    bed: Bed,
    scenario: str,
    address: str,
    port: int,
    hertz: int,
    values: dict[str, str],
    *,
    calls: bool,
    most: int = 1,
) -> Iterator[Person]:
    media = next(_media_ports)
    folder = bed.work / f"{scenario}-{port}-{media}"
    folder.mkdir(parents=True)
    tone = make_tone(folder / "tone.al", hertz=hertz, seconds=5)
    text = (SCENARIOS / f"{scenario}.xml").read_text(encoding="utf-8")
    script = folder / "scenario.xml"
    script.write_text(
        string.Template(text).substitute(values, tone=tone, call_id_file=folder / "call-id"),
        encoding="utf-8",
    )
    ear = Ear(address, media)
    command = ["sipp", "-sf", str(script), "-i", address, "-p", str(port), "-mi", address]
    command += ["-mp", str(media), "-m", str(most), "-nostdin", "-trace_err"]
    command += ["-error_file", str(folder / "errors")]
    command += ["-trace_msg", "-message_file", str(folder / "messages")]
    command += [f"127.0.0.1:{bed.ports.sip}"] if calls else []
    process = start(command, log=folder / "out", folder=folder)
    person = Person(process=process, ear=ear, log=folder / "errors", address=(address, port))
    try:
        if not calls:
            wait_until(
                lambda: _is_bound(address, port), seconds=5, what=f"{port} bound", pause=0.02
            )
        yield person
    finally:
        process.send_signal(signal.SIGCONT)
        _put_down(person)
        stop(process, by=signal.SIGKILL)
        ear.close()


def _put_down(person: Person) -> None:
    """End the call of somebody who is taken away.

    Asterisk repeats a BYE that nobody answers for 32 s, and the next phone at the same address
    would take it for its one call.
    """
    if person.is_in_call and person.was_answered:
        person.hang_up()
        with suppress(subprocess.TimeoutExpired):
            person.wait_for_end(PUTS_DOWN_SECONDS)


def _is_bound(address: str, port: int) -> bool:
    number = int.from_bytes(socket.inet_aton(address), sys.byteorder)
    return f" {number:08X}:{port:04X} " in Path("/proc/net/udp").read_text()
