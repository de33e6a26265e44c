"""Hold the tiny application by the hand: what it was told, what it is wished to do."""

import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bed.bed import Bed
from tests.services.processes import DidNotHappen

ROOT = Path(__file__).resolve().parents[2]


class Refused(AssertionError):
    """The port refused a wish; `code` as in telephony/port.py."""

    def __init__(self, code: str, *, is_retryable: bool) -> None:
        super().__init__(code)
        self.code = code
        self.is_retryable = is_retryable


class Application:
    """One run of the tiny application."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.heard: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._numbers = itertools.count(1)
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, what: str, *, within: float = 3.0, **fields: Any) -> dict[str, Any]:
        """Return the first news (or question) of this kind with these fields; waits for it."""
        return self._wait(lambda one: one.get("what") == what and _has(one, fields),
                          within, f"{what} {fields}")  # fmt: skip

    def news(self, what: str, **fields: Any) -> list[dict[str, Any]]:
        """Return what was told so far."""
        with self._news:
            return [one for one in self.heard if one.get("what") == what and _has(one, fields)]

    def wish(self, verb: str, **fields: Any) -> Any:
        """Ask something of the port and return its answer; raises Refused."""
        number = next(self._numbers)
        stdin = self.process.stdin
        assert stdin is not None
        stdin.write(json.dumps({"wish": number, "verb": verb, **fields}) + "\n")
        stdin.flush()
        answer = self._wait(
            lambda one: one["said"] == "answer" and one["number"] == number,
            6.0,
            f"answer to {verb}",
        )
        if answer["refused"]:
            raise Refused(answer["refused"], is_retryable=answer["is_retryable"])
        return answer["answer"]

    def freeze(self) -> None:
        """Stop it in the middle of everything, sockets open."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it as a crash would."""
        self.process.kill()
        self.process.wait(timeout=5)

    def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        for line in stdout:
            with self._news:
                self.heard.append(json.loads(line))
                self._news.notify_all()

    def _wait(self, wanted: Any, within: float, what: str) -> dict[str, Any]:
        ends = time.monotonic() + within
        with self._news:
            while True:
                for one in self.heard:
                    if wanted(one):
                        return one
                if not self._news.wait(ends - time.monotonic()):
                    raise DidNotHappen(f"not within {within} s: {what}; heard {self.heard}")


@contextmanager
def running_application(
    bed: Bed,
    *,
    intake_seconds: float = 0.0,
    action: str = "queue",
    announcement: str = "",
    url: str = "",
) -> Iterator[Application]:
    """Start the tiny application and wait until it is linked to the exchange."""
    command = [sys.executable, "-m", "tests.bed.tiny_app"]
    command += ["--exchange", f"{bed.exchange_id}={url or bed.exchange_url}"]
    command += ["--intake-seconds", str(intake_seconds), "--action", action]
    command += ["--announcement", announcement]
    with (bed.work / "tiny_app.err").open("a") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
        )
    app = Application(process)
    try:
        app.wait_for("LinkChanged", is_up=True, within=10)
        yield app
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait(timeout=5)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _has(one: dict[str, Any], fields: dict[str, Any]) -> bool:
    return all(one.get(name) == value for name, value in fields.items())
