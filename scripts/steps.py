"""Steps that a person watches: one line each, how long it took, and the reason when one fails."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOGS = VENV / "log"  # goes with the environment that the steps made
PATIENCE_SECONDS = 2.0
_mouth = threading.Lock()
_others_speak: list[bool] = []


class StepFailed(RuntimeError):
    """A step did not work; the text is for the person who typed the command."""


def say(line: str = "") -> None:
    """Print one line at once, also into a pipe."""
    with _mouth:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Show a step as one line, with a dot every few seconds and its time at the end.

    Inside `side_by_side()` a step gets a line for its beginning and one for its end instead.
    """
    began = time.monotonic()
    if _others_speak:
        say(f"  {title} …")
        yield
        say(f"  {title} {time.monotonic() - began:.1f} s")
        return
    over = threading.Event()
    dots = threading.Thread(target=_dots, args=(over,), daemon=True)
    sys.stdout.write(f"  {title} ")
    sys.stdout.flush()
    dots.start()
    try:
        yield
    except BaseException:
        _close(over, dots, "failed")
        raise
    _close(over, dots, f"{time.monotonic() - began:.1f} s")


def side_by_side(*lanes: Callable[[], None]) -> None:
    """Run lanes of steps at the same time; raise the first failure when all have ended."""
    failures: list[StepFailed] = []

    def walk(lane: Callable[[], None]) -> None:
        try:
            lane()
        except StepFailed as failure:
            failures.append(failure)

    threads = [threading.Thread(target=walk, args=(lane,)) for lane in lanes]
    _others_speak.append(True)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _others_speak.clear()
    if failures:
        raise failures[0]


def _dots(over: threading.Event) -> None:
    while not over.wait(PATIENCE_SECONDS):
        sys.stdout.write(".")
        sys.stdout.flush()


def _close(over: threading.Event, dots: threading.Thread, word: str) -> None:
    over.set()
    dots.join()
    sys.stdout.write(f" {word}\n")
    sys.stdout.flush()


def run(
    command: Sequence[str | Path],
    *,
    folder: Path = ROOT,
    environment: dict[str, str] | None = None,
) -> str:
    """Run a command quietly; give its output. Raises StepFailed with the end of what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = done.stdout + done.stderr
    keep_output(Path(str(command[0])).name, said)
    if done.returncode:
        raise StepFailed(f"{shown(command)}\n{tail(said)}")
    return done.stdout


def keep_output(name: str, output: str) -> None:
    """Keep what a command printed, for who wants to read all of it."""
    if VENV.is_dir():
        LOGS.mkdir(exist_ok=True)
        (LOGS / f"{name}.log").write_text(output, encoding="utf-8")


def shown(command: Sequence[str | Path]) -> str:
    """Show a command as a person would type it."""
    return "$ " + " ".join(str(part) for part in command)


def tail(output: str, *, lines: int = 25) -> str:
    """Give the last lines of an output."""
    return "\n".join(output.rstrip().splitlines()[-lines:])


def main(do: Callable[[], int]) -> None:
    """Run a script; turn its failures into sentences and an exit code."""
    try:
        code = do()
    except StepFailed as failure:
        say(f"\n{failure}\n")
        code = 1
    except KeyboardInterrupt:
        say("\n已停止 · stopped")
        code = 130
    sys.exit(code)
