"""Bring one node's finished recordings to the application; keep each until it is there.

Runs beside Asterisk, as its user. Asterisk writes into `open/`; what it has closed is moved into
`outgoing/` by us (a program begun by Asterisk for each recording would cost the node more than the
call: each fork copies, page by page, what hundreds of threads write meanwhile). From there each
file is PUT, signed, to

    <application>/telephony/recordings/<exchange id>/<file name>

with X-Hotline-Timestamp (seconds since 1970) and X-Hotline-Signature, the hex HMAC-SHA256, keyed
with the upload secret, of

    timestamp LF exchange id LF file name LF hex SHA-256 of the body

X-Hotline-Body-Sha256 repeats that last line, so that the receiver can refuse before it reads.
A file is deleted after any 2xx answer. After an answer that no repeat can mend (4xx other than
401, 408, 409 and 429) it is moved to `refused/` for a person to look at. Everything else is
repeated for ever with growing pauses. Needs nothing but Python's standard library.
"""

import argparse
import fcntl
import hashlib
import hmac
import http.client
import logging
import os
import re
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("recording_spooler")

MENDS_ITSELF = frozenset({401, 408, 409, 429})
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.wav")
WAV_HEADER_BYTES = 44
LONGEST_PAUSE = 60.0
ANSWER_SECONDS = 30.0
# Blocked, and asked for between two looks: a handler could run while the very lock is held that it
# needs, and then the program would not end; and what is under way is always finished.
STOPS = frozenset({signal.SIGTERM, signal.SIGINT})


@dataclass(frozen=True, kw_only=True)
class Errand:
    """From where, to where, in whose name."""

    folder: Path
    application: str
    exchange_id: str
    secret: bytes
    look_every: float

    @property
    def open(self) -> Path:
        """Files that Asterisk writes, and those that it has just closed."""
        return self.folder / "open"

    @property
    def outgoing(self) -> Path:
        """Closed files that the application does not have yet."""
        return self.folder / "outgoing"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """When a file that was not taken is tried again, and how long it rests after that."""

    not_before: float
    pause: float


def signature_of(body: bytes, *, secret: bytes, timestamp: str, exchange_id: str, name: str) -> str:
    """Return the signature of one upload, hex; the receiver computes the same."""
    digest = hashlib.sha256(body).hexdigest()
    said = "\n".join([timestamp, exchange_id, name, digest]).encode("utf-8")
    return hmac.new(secret, said, hashlib.sha256).hexdigest()


def verdict_on(status: int) -> str:
    """Return what an answer means for the file: done, refused or again."""
    if 200 <= status < 300:
        return "done"
    if 400 <= status < 500 and status not in MENDS_ITSELF:
        return "refused"
    return "again"


def bring(path: Path, errand: Errand) -> str:
    """Upload one file; return done, refused or again."""
    body = path.read_bytes()
    timestamp = str(int(time.time()))
    signature = signature_of(
        body,
        secret=errand.secret,
        timestamp=timestamp,
        exchange_id=errand.exchange_id,
        name=path.name,
    )
    request = urllib.request.Request(  # noqa: S310 - read_arguments() takes http(s) only
        f"{errand.application}/telephony/recordings/{errand.exchange_id}/{path.name}",
        data=body,
        method="PUT",
        headers={
            "Content-Type": "audio/wav",
            "X-Hotline-Timestamp": timestamp,
            "X-Hotline-Signature": signature,
            "X-Hotline-Body-Sha256": hashlib.sha256(body).hexdigest(),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return verdict_on(answer.status)
    except urllib.error.HTTPError as answer:
        with answer:
            log.warning("%s: answered %s", path.name, answer.code)
            return verdict_on(answer.code)
    except (OSError, http.client.HTTPException) as why:
        log.warning("%s: not brought: %s", path.name, why)
        return "again"


def has_sound(path: Path) -> bool:
    """Say whether anything was recorded; whoever was never answered leaves a bare header."""
    return path.stat().st_size > WAV_HEADER_BYTES


def bring_all(errand: Errand, patience: dict[str, Patience], *, now: float) -> None:
    """Try each file whose time has come, oldest first; one that has to wait holds up no other."""
    for path in waiting_files(errand.outgoing):
        known = patience.get(path.name, Patience(not_before=0.0, pause=errand.look_every))
        if known.not_before > now:
            continue
        if deal_with(path, errand):
            patience.pop(path.name, None)
        else:
            patience[path.name] = Patience(
                not_before=now + known.pause, pause=min(known.pause * 2, LONGEST_PAUSE)
            )


def deal_with(path: Path, errand: Errand) -> bool:
    """Bring one file and clear it away; False: it stays, and its turn comes again.

    What the file system refuses (a full or a broken disk, a missing right) concerns this file
    only: the others are brought all the same, which is what makes room again.
    """
    try:
        verdict = bring(path, errand) if has_sound(path) else "done"
        if verdict == "done":
            path.unlink()
        elif verdict == "refused":
            refused = errand.folder / "refused"
            refused.mkdir(exist_ok=True)
            path.rename(refused / path.name)
            log.error("%s: refused, moved aside", path.name)
    except FileNotFoundError:
        return True  # somebody else took it away
    except OSError as why:
        log.error("%s: %s", path.name, why)
        return False
    return verdict != "again"


def waiting_files(folder: Path) -> list[Path]:
    """Return the files to bring, oldest first; a folder that cannot be read now has none."""
    try:
        dated = [
            (entry.stat().st_mtime, entry.name) for entry in os.scandir(folder) if entry.is_file()
        ]
    except OSError as why:
        log.error("%s: %s", folder, why)
        return []
    return [folder / name for _at, name in sorted(dated) if NAME.fullmatch(name)]


def is_closed(path: Path) -> bool:
    """Say whether nobody writes into a file: only then does the kernel lend it for reading.

    Whoever died has closed it too. Raises OSError: for files of others (unless we are root), and
    on file systems that lend nothing, as those of another machine.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)  # and gives it back
    return True


def take_up_closed(errand: Errand) -> None:
    """Move what Asterisk has closed to what is brought."""
    for path in errand.open.glob("*.wav"):
        try:
            if is_closed(path):
                path.rename(errand.outgoing / path.name)
        except OSError as why:  # looked at again
            log.warning("%s: not taken up: %s", path.name, why)


def can_tell_closed(folder: Path) -> bool:
    """Say whether this file system says what is closed; where it cannot be tried now: yes."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".probe-") as probe:
            return _is_told_as_open(Path(probe.name))
    except OSError as why:  # a full disk is emptied by going on
        log.warning("%s: not tried: %s", folder, why)
        return True


def _is_told_as_open(path: Path) -> bool:
    try:
        return not is_closed(path)
    except OSError:
        return False


def work(errand: Errand) -> None:
    """Bring files until told to stop."""
    patience: dict[str, Patience] = {}
    while True:
        take_up_closed(errand)
        bring_all(errand, patience, now=time.monotonic())
        if signal.sigtimedwait(STOPS, errand.look_every):
            return


def read_arguments(arguments: Sequence[str]) -> Errand:
    """Read the command line; the secret comes from a file or from HOTLINE_UPLOAD_SECRET."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--recordings-dir", type=Path, required=True)
    parser.add_argument("--application", required=True, help="https://… of the hotline application")
    parser.add_argument("--exchange-id", required=True)
    parser.add_argument("--secret-file", type=Path)
    parser.add_argument("--look-every", type=float, default=2.0, help="seconds")
    given = parser.parse_args(arguments)
    if not re.match(r"https?://[^/]", given.application):
        parser.error("--application is an http(s) address")
    secret = os.environ.get("HOTLINE_UPLOAD_SECRET", "")
    if given.secret_file:
        secret = given.secret_file.read_text(encoding="utf-8").strip()
    if len(secret) < 16:
        parser.error("an upload secret of at least 16 characters is needed")
    return Errand(
        folder=given.recordings_dir,
        application=given.application.rstrip("/"),
        exchange_id=given.exchange_id,
        secret=secret.encode("utf-8"),
        look_every=given.look_every,
    )


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    errand = read_arguments(sys.argv[1:])
    if not can_tell_closed(errand.open):
        log.error("%s: no local file system, so nobody knows when a file is closed", errand.open)
        return 1
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # what we were lent is wanted: we have it no more
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    work(errand)
    return 0


if __name__ == "__main__":
    sys.exit(main())
