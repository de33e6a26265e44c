"""Finds processes that a test run left behind, by a mark that every child inherits."""

import os
import signal
import time
from pathlib import Path

MARK = "HOTLINE_TEST_RUN"
GRACE_SECONDS = 3.0


def left_over(run: str) -> dict[int, str]:
    """List pid and command of every other process that carries the mark of this run."""
    wanted = f"{MARK}={run}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(folder.name) == os.getpid() or _is_dead(folder):
                continue
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                found[int(folder.name)] = command.decode(errors="replace").strip()[:120]
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            continue
    return found


def settle(run: str) -> dict[int, str]:
    """Give processes a moment to end by themselves; end the rest, and tell which they were."""
    until = time.monotonic() + GRACE_SECONDS
    while (found := left_over(run)) and time.monotonic() < until:
        time.sleep(0.2)
    for pid in found:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return found


def _is_dead(folder: Path) -> bool:
    """Say whether it has ended and only waits to be reaped."""
    return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2][
        1
    ] == "Z"
