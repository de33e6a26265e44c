"""Child processes of tests: started in their own group, ended by id, never left over."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil

STOP_SECONDS = 15


class DidNotHappen(AssertionError):
    """Something that was waited for did not come in time."""


def start(
    command: list[str],
    *,
    log: Path,
    folder: Path | None = None,
    environment: dict[str, str] | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a command in a group of its own, its output going to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )


def stop(process: "subprocess.Popen[bytes]", *, by: signal.Signals = signal.SIGINT) -> int:
    """End a command as a person would, then with force; reap it with its whole family.

    Returns its exit code. Ctrl-C at a terminal goes to the whole group, and so does this.
    """
    family = family_of(process.pid)
    if process.poll() is None:
        os.killpg(process.pid, by)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=STOP_SECONDS)
    _gone, alive = psutil.wait_procs(family, timeout=5)
    for left in alive:
        left.kill()
    return process.returncode


def family_of(pid: int) -> list[psutil.Process]:
    """List the children of a process, and theirs, as long as they live."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def wait_until(
    happened: Callable[[], bool], *, seconds: float, what: str, pause: float = 0.1
) -> float:
    """Look until it has happened; give the seconds it took. Raises DidNotHappen with `what`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if happened():
            return time.monotonic() - began
        time.sleep(pause)
    raise DidNotHappen(f"not within {seconds} s: {what}")


def free_port() -> int:
    """Find a port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
