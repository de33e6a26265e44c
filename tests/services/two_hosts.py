"""Two hosts on one machine: network namespaces joined by a cable that can be pulled out.

For what only happens between machines: https for strangers, a microphone on another host, media
that must not go to the loopback. Needs root and iproute2. Nothing of it reaches a real network.
"""

import itertools
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# A block set aside for documents (RFC 5737): no real machine answers there.
SERVER_ADDRESS = "203.0.113.1"
VISITOR_ADDRESS = "203.0.113.2"
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Host:
    """One of the two: its namespace, its end of the cable, its address."""

    namespace: str
    cable: str
    address: str

    def command(self, command: Sequence[str]) -> list[str]:
        """Give the command line that runs `command` on this host."""
        return ["ip", "netns", "exec", self.namespace, *command]

    def program(self, folder: Path, program: str) -> Path:
        """Write a script that runs `program` on this host, for who wants one executable file."""
        script = folder / f"{Path(program).name}-on-{self.namespace}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.namespace} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def also_has(self, address: str) -> None:
        """Give the host one more address of its own, on its loopback."""
        _ip("-n", self.namespace, "address", "add", f"{address}/32", "dev", "lo")


@dataclass(frozen=True, kw_only=True)
class TwoHosts:
    """The host where the workstation runs, and the one where a person sits."""

    server: Host
    visitor: Host

    def cut(self) -> None:
        """Pull the cable out at the visitor's end."""
        _ip("-n", self.visitor.namespace, "link", "set", self.visitor.cable, "down")

    def mend(self) -> None:
        """Put the cable back."""
        _ip("-n", self.visitor.namespace, "link", "set", self.visitor.cable, "up")


@contextmanager
def two_hosts() -> Iterator[TwoHosts]:
    """Make the two hosts, and take them away afterwards."""
    mark = f"{os.getpid()}-{next(_numbers)}"
    pair = TwoHosts(
        server=Host(namespace=f"hl-server-{mark}", cable="cable", address=SERVER_ADDRESS),
        visitor=Host(namespace=f"hl-visitor-{mark}", cable="cable", address=VISITOR_ADDRESS),
    )
    try:
        _lay(pair)
        yield pair
    finally:
        for host in (pair.server, pair.visitor):
            _ip("netns", "delete", host.namespace, must_work=False)


def _lay(pair: TwoHosts) -> None:
    for host in (pair.server, pair.visitor):
        _ip("netns", "add", host.namespace)
        _ip("-n", host.namespace, "link", "set", "lo", "up")
    server, visitor = pair.server, pair.visitor
    _ip(
        *("-n", server.namespace, "link", "add", server.cable, "type", "veth"),
        *("peer", "name", visitor.cable, "netns", visitor.namespace),
    )
    for host in (server, visitor):
        _ip("-n", host.namespace, "address", "add", f"{host.address}/24", "dev", host.cable)
        _ip("-n", host.namespace, "link", "set", host.cable, "up")


def _ip(*words: str, must_work: bool = True) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if must_work and done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr.strip()}")
