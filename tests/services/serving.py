"""One process of the workstation as gunicorn runs it, beside others on the same database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.desk_client import is_answering
from tests.services.processes import family_of, free_port, start, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, kw_only=True)
class Serving:
    """A running process and where its pages are."""

    address: str
    process: "subprocess.Popen[bytes]"

    def kill(self) -> None:
        """Kill it with its whole family, as a crash or a lost machine would."""
        self._tell_family(signal.SIGKILL)
        self.process.wait(timeout=5)

    def freeze(self) -> None:
        """Stop it with its whole family in the middle of everything, connections open."""
        self._tell_family(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._tell_family(signal.SIGCONT)

    def _tell_family(self, what: signal.Signals) -> None:
        for pid in [self.process.pid, *(child.pid for child in family_of(self.process.pid))]:
            os.kill(pid, what)


@contextmanager
def serving(
    environment: Mapping[str, str], folder: Path, *, name: str, sockets: int = 20
) -> Iterator[Serving]:
    """Run one process on a port of its own, and end it. Each socket of a page has a thread."""
    port = free_port()
    command = [str(BIN / "gunicorn"), "-k", "gthread", "-w", "1", "--threads", str(sockets)]
    command += [
        "--worker-connections",
        str(sockets + 20),
        "--no-control-socket",
        "--graceful-timeout",
        "1",
    ]
    command += ["-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    running = start(
        command,
        folder=ROOT,
        log=folder / f"{name}.log",
        environment={**environment, "PORT": str(port)},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(is_answering(address), seconds=60, what="the process answers")
        yield Serving(address=address, process=running)
    finally:
        stop(running)
