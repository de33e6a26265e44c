"""A document is looked at in a process of its own, with limits on time and memory.

It can be made so that whoever reads it never comes to its end. That may cost one upload; it takes
no time and no memory from those who work.
"""

import resource
import signal
import subprocess
import sys
from pathlib import Path

from app.handling import document_checks
from app.handling.attachment_refusals import (
    ContentUnfit,
    DocumentTooLarge,
    FileActive,
    FileBroken,
    FileLocked,
    ScannerDown,
)

SECONDS = 10
"""Of work, on a machine that does other things besides."""
PATIENCE = 3 * SECONDS
MOST_MEMORY = 1024 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
SAID: dict[int, type[ContentUnfit]] = {
    41: FileActive, 42: FileBroken, 43: FileLocked, 44: DocumentTooLarge,
}  # fmt: skip
"""By which number the other process says why a document is not kept."""
STOPPED = frozenset({-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV})


def pdf(content: bytes) -> bytes:
    """Return a document as it may be kept.

    Raises what `document_checks.pdf` raises, DocumentTooLarge also after too much time or memory,
    ScannerDown where nobody could be asked.
    """
    command = [sys.executable, "-m", "app.handling.document_apart", str(SECONDS)]
    try:
        said = subprocess.run(  # noqa: S603 - our own program, no shell
            command, input=content, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=PATIENCE, cwd=ROOT, env={}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise DocumentTooLarge from None
    except OSError as why:
        raise ScannerDown from why
    if said.returncode == 0:
        return said.stdout
    if said.returncode in STOPPED:
        raise DocumentTooLarge
    raise SAID.get(said.returncode, ScannerDown)


def main(seconds: int) -> int:
    """Look at the document that is given, and give what of it is kept."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    try:
        kept = document_checks.pdf(sys.stdin.buffer.read())
    except ContentUnfit as why:
        return next(number for number, kind in SAID.items() if isinstance(why, kind))
    sys.stdout.buffer.write(kept)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
