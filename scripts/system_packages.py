"""Debian packages that tests need, installed in one call when we may; nothing of them starts."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import steps
from scripts.steps import StepFailed, step

NEEDED = {
    "chromium": "the browser of the page tests",
    "fonts-noto-cjk": "Chinese letters on its pictures",
    "sip-tester": "callers and desk phones (sipp)",
    "sox": "measuring and making sound",
    "debootstrap": "the folder that Asterisk runs in",
    "iproute2": "networks of our own for tests",
    "postgresql": "the second database",
    "redis-server": "facts between several processes",
}
DO_NOT_START = Path("/usr/sbin/policy-rc.d")


def missing() -> list[str]:
    """List the packages that are not installed."""
    return [name for name in NEEDED if not _is_installed(name)]


def install() -> None:
    """Install what is missing. Only root may; raises StepFailed when it does not work."""
    names = missing()
    if not names:
        return
    with step(f"系统软件 · Debian packages: {', '.join(names)}"), _nothing_starts():
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        steps.run(["apt-get", "update", "-qq"], environment=quiet)
        steps.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names],
            environment=quiet,
        )
    if left := missing():
        raise StepFailed(f"apt-get did not install: {', '.join(left)}")


def may_install() -> bool:
    """Say whether packages can be installed here at all."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _is_installed(name: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f=${Status}", name], capture_output=True, text=True, check=False
    )
    return asked.stdout == "install ok installed"


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """Keep Debian from starting the servers that it installs: tests start their own."""
    if DO_NOT_START.exists():
        yield
        return
    DO_NOT_START.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    DO_NOT_START.chmod(0o755)
    try:
        yield
    finally:
        DO_NOT_START.unlink()
