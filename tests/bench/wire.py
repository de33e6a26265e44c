"""What SIP says on the wire, with the kernel's own moment of each packet."""

import ctypes
import re
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SO_TIMESTAMPNS = 35
SO_ATTACH_FILTER = 26
LARGE_BUFFER = 64 * 1024 * 1024
_USER = re.compile(rb"sip:(\d+)@")
_HEADERS = {name: re.compile(rb"\r\n" + name + rb":([^\r]*)") for name in (b"From", b"To")}


@dataclass
class Wire:
    """Moments in seconds. A caller is known by his number, an agent by his phone."""

    carrier: bytes
    desk: bytes
    called: dict[str, float] = field(default_factory=dict)  # caller's INVITE
    rang: dict[str, list[tuple[float, str]]] = field(
        default_factory=dict
    )  # caller → phone's INVITE
    freed: list[tuple[float, str]] = field(default_factory=list)  # the agent's phone hung up
    answered: set[str] = field(default_factory=set)  # caller whose phone's INVITE got its 200

    def ring_latencies(self) -> list[float]:
        """Return milliseconds from each caller's INVITE to the first phone's INVITE."""
        return [
            (self.rang[number][0][0] - began) * 1000
            for number, began in self.called.items()
            if number in self.rang
        ]

    def freed_latencies(self) -> list[float]:
        """Return milliseconds from a phone's hang-up to its next INVITE."""
        invites = sorted((at, phone) for rings in self.rang.values() for at, phone in rings)
        found = []
        for freed, phone in self.freed:
            later = next((at for at, rung in invites if rung == phone and at > freed), None)
            if later is not None:
                found.append((later - freed) * 1000)
        return found

    def order_of_rings(self) -> list[str]:
        """Return callers in the order in which a phone first rang for them."""
        return sorted(self.rang, key=lambda number: self.rang[number][0][0])

    def take(self, at: float, packet: bytes) -> None:
        """Read one IP packet."""
        if packet[9] != socket.IPPROTO_UDP:
            return
        said = packet[(packet[0] & 15) * 4 + 8 :]
        source, destination = packet[12:16], packet[16:20]
        if said.startswith(b"INVITE"):
            self._invite(at, said, source, destination)
        elif said.startswith(b"BYE") and source == self.desk:
            self.freed.append((at, _user(said, b"From")))

    def _invite(self, at: float, said: bytes, source: bytes, destination: bytes) -> None:
        number = _user(said, b"From")
        if source == self.carrier:
            self.called.setdefault(number, at)
        elif destination == self.desk:
            asked = _USER.search(said)
            phone = asked[1].decode() if asked else ""
            rings = self.rang.setdefault(number, [])
            if not rings or rings[-1][1] != phone:  # else said again
                rings.append((at, phone))


def _user(said: bytes, header: bytes) -> str:
    line = _HEADERS[header].search(said)
    found = _USER.search(line[1]) if line else None
    return found[1].decode() if found else ""


@contextmanager
def listening(*, sip_port: int, carrier: str, desk: str) -> Iterator[Wire]:
    """Hear lo until the block ends. Only the SIP of this port is copied out of the kernel."""
    wire = Wire(carrier=socket.inet_aton(carrier), desk=socket.inet_aton(desk))
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
    _only_port(ear, sip_port)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LARGE_BUFFER)
    ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    ear.bind(("lo", 0x0800))
    ear.settimeout(0.2)
    ended = threading.Event()
    thread = threading.Thread(target=_hear, args=(ear, wire, ended), daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        ended.set()
        thread.join(timeout=5)
        ear.close()


def _hear(ear: socket.socket, wire: Wire, ended: threading.Event) -> None:
    while not ended.is_set():
        try:
            packet, said, _flags, where = ear.recvmsg(4096, 64)
        except TimeoutError:
            continue
        if where[2] == socket.PACKET_OUTGOING:
            continue  # lo shows each packet going out and coming in; one of them is enough
        seconds, nanoseconds = struct.unpack("qq", said[0][2][:16])
        wire.take(seconds + nanoseconds / 1e9, packet)


def _only_port(ear: socket.socket, port: int) -> None:
    """Let the kernel drop all but UDP of this port: hold music is 50 packets a second."""
    code = [
        (0x30, 0, 0, 9),  # the protocol
        (0x15, 0, 6, socket.IPPROTO_UDP),
        (0xB1, 0, 0, 0),  # the length of the IP header
        (0x48, 0, 0, 0),  # from which port
        (0x15, 2, 0, port),
        (0x48, 0, 0, 2),  # to which port
        (0x15, 0, 1, port),
        (0x06, 0, 0, 0xFFFF),
        (0x06, 0, 0, 0),
    ]
    program = b"".join(struct.pack("HBBI", *step) for step in code)
    buffer = ctypes.create_string_buffer(program)
    asked = struct.pack("HL", len(code), ctypes.addressof(buffer))
    ear.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, asked)
