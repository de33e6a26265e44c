"""Where each Asterisk of the bed listens: names of beds, and the ports that are theirs alone."""

import socket
from dataclasses import dataclass


class BedFailed(RuntimeError):
    """The bed cannot be built or Asterisk does not start; the text says which."""


BLOCKS = (
    *("tests", "control", "contract", "loops", "doctor", "journeys", "notice", "by-hand"),
    *("greetings", "secure", "kill", "journeys-2", "books", "pop"),
)
"""Names of beds, each with ports of its own: some live as long as the whole run, and tests come in
any order, so that any two may be there at once."""


@dataclass(frozen=True, kw_only=True)
class BedPorts:
    """Where one Asterisk of the bed listens; two beds at once need two sets."""

    sip: int = 5160
    ami: int = 5138
    agi: int = 4673
    http: int = 8188
    tls: int = 8189
    sip_tls: int = 5161
    rtp: tuple[int, int] = (20000, 20999)

    @classmethod
    def of(cls, name: str) -> "BedPorts":
        """Return the ports that belong to the bed of this name alone; raises BedFailed."""
        if name not in BLOCKS:
            raise BedFailed(f"the bed {name} has no ports: give it a place in BLOCKS")
        step = 100 * BLOCKS.index(name)
        return cls(
            sip=5160 + step,
            ami=5138 + step,
            agi=4673 + step,
            http=8188 + step,
            tls=8189 + step,
            sip_tls=5161 + step,
            rtp=(20000 + 10 * step, 20999 + 10 * step),
        )

    def taken(self, host: str) -> list[int]:
        """Return those of these ports on which somebody listens already."""
        asked = [(self.sip, socket.SOCK_DGRAM), (self.ami, socket.SOCK_STREAM),
                 (self.http, socket.SOCK_STREAM), (self.tls, socket.SOCK_STREAM),
                 (self.sip_tls, socket.SOCK_STREAM)]  # fmt: skip
        return [port for port, kind in asked if not _can_bind(host, port, kind)]


def _can_bind(host: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as trying:
        if kind is socket.SOCK_STREAM:
            trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
        except OSError:
            return False
    return True
