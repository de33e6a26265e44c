"""A second host on this machine, joined to ours by a cable that can fall silent or be pulled out.

Our side is the network namespace of the test run, where the exchange and the workstation stand.
"""

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# A block set aside for documents (RFC 5737): no real machine answers there.
OUR_ADDRESS = "203.0.113.1"
VISITOR_ADDRESS = "203.0.113.2"
_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """The host where a person sits, and the cable to us."""

    namespace: str
    cable: str

    def program(self, folder: Path, program: str) -> Path:
        """Write a script that runs `program` on that host."""
        script = folder / f"{Path(program).name}-on-{self.namespace}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.namespace} {program} "$@"\n')
        script.chmod(0o755)
        return script

    def fall_silent(self) -> None:
        """Lose every packet both ways; no side is told anything."""
        for prefix in ([], ["-n", self.namespace]):
            _run("tc", *prefix, "qdisc", "replace", "dev", self._end(prefix), "root", "tbf",
                 "rate", "8bit", "burst", "1", "latency", "1ms")  # fmt: skip

    def speak_again(self) -> None:
        """Let packets through again."""
        for prefix in ([], ["-n", self.namespace]):
            _run("tc", *prefix, "qdisc", "del", "dev", self._end(prefix), "root")

    def _end(self, prefix: list[str]) -> str:
        return "cable" if prefix else self.cable


@contextmanager
def visitor() -> Iterator[Visitor]:
    """Lay a cable to a second host, and take both away afterwards."""
    number = next(_numbers)
    namespace, cable = f"hl-visitor-{os.getpid()}-{number}", f"hl{os.getpid() % 10000}-{number}"
    _run("ip", "netns", "add", namespace)
    try:
        _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "cable",
             "netns", namespace)  # fmt: skip
        _run("ip", "address", "add", f"{OUR_ADDRESS}/30", "dev", cable)
        _run("ip", "link", "set", cable, "up")
        _run("ip", "-n", namespace, "link", "set", "lo", "up")
        _run("ip", "-n", namespace, "address", "add", f"{VISITOR_ADDRESS}/30", "dev", "cable")
        _run("ip", "-n", namespace, "link", "set", "cable", "up")
        yield Visitor(namespace=namespace, cable=cable)
    finally:
        _run("ip", "netns", "delete", namespace)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=10)
