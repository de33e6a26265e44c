"""Keep one node's copies of the numbers' greetings: fetch what is new, drop what is gone.

Runs beside Asterisk, as the recording spooler does. Asks every few seconds

    GET <application>/telephony/sounds/<exchange id>?until=…&signature=…

for the list of sounds, and for each that is missing the same with `/<name>` behind the exchange
id. The signature is the hex HMAC-SHA256, keyed with the upload secret, of

    sound LF exchange id LF name (empty for the list) LF until (seconds since 1970)

A sound is written under a name of its own beside the others, compared with the length and the
SHA-256 that the list told, and only then renamed: Asterisk never plays half a file. A name says
what is in it, so a file that is there is never replaced. One that the list names no longer is
dropped after an hour, since a call may still play it. While the application cannot be reached
everything stays as it is.

The list also names the numbers, as they are delivered, whose callers hear that they are recorded.
For each there is a link to the city's own recording-notice file, under a name that the dialplan
makes of the number; so the node tells the right callers also while it is alone. Needs nothing but
Python's standard library.
"""

import argparse
import hashlib
import hmac
import http.client
import io
import json
import logging
import os
import re
import signal
import sys
import time
import urllib.request
import wave
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

log = logging.getLogger("sound_puller")

NAME = re.compile(r"greeting-[0-9]{2,16}-[0-9a-f]{12}")
NOTICE = "recording-notice"
NOTICE_OF = "notice-of-"  # and the number as it is delivered, digits only: extensions.conf
DELIVERED = re.compile(r"[0-9]{2,32}")
ENDINGS = {8000: "wav", 16000: "wav16"}  # Asterisk tells the rate of a WAV file by its ending
UNFINISHED = ".part"
VALID_SECONDS = 300
ANSWER_SECONDS = 20.0
DROPPED_AFTER = 3600.0
MOST_BYTES = 4_000_000
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


@dataclass(frozen=True, kw_only=True)
class Sound:
    """One sound of the list."""

    name: str
    sha256: str
    size: int


class NotFetched(Exception):
    """The application did not give what was asked for; it is asked again."""


def address_of(name: str, errand: Errand, *, now: float) -> str:
    """Return the signed address of a sound, or of the list for an empty name."""
    until = str(int(now + VALID_SECONDS))
    said = "\n".join(["sound", errand.exchange_id, name, until]).encode("utf-8")
    signed = hmac.new(errand.secret, said, hashlib.sha256).hexdigest()
    path = f"{errand.exchange_id}/{name}" if name else errand.exchange_id
    query = urlencode({"until": until, "signature": signed})
    return f"{errand.application}/telephony/sounds/{path}?{query}"


def fetch(name: str, errand: Errand) -> bytes:
    """Return what is at an address. Raises NotFetched."""
    address = address_of(name, errand, now=time.time())
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            content: bytes = answer.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException) as why:
        raise NotFetched(f"{name or 'the list'}: {why}") from why
    return content


def read_list(content: bytes) -> list[Sound]:
    """Return the sounds that a list names; what is none of ours is left out. Raises NotFetched."""
    try:
        rows = json.loads(content)["sounds"]
        named = [Sound(name=r["name"], sha256=r["sha256"], size=int(r["bytes"])) for r in rows]
    except (ValueError, KeyError, TypeError) as why:
        raise NotFetched("the list cannot be understood") from why
    return [sound for sound in named if NAME.fullmatch(sound.name)]


def read_notices(content: bytes) -> frozenset[str] | None:
    """Return the numbers whose callers are told of the recording; None: the list does not say."""
    said = json.loads(content).get("notices")
    if not isinstance(said, list):
        return None
    return frozenset(one for one in said if isinstance(one, str) and DELIVERED.fullmatch(one))


def link_notices(folder: Path, delivered: Collection[str]) -> None:
    """Have the city's notice there under the name of each of these numbers, and of no other."""
    wanted = {
        f"{NOTICE_OF}{digits}{notice.suffix}": notice.name
        for notice in folder.glob(f"{NOTICE}.*")
        for digits in delivered
    }
    for path in folder.glob(f"{NOTICE_OF}*"):
        if path.name not in wanted and path.is_symlink():
            path.unlink(missing_ok=True)
    for name, target in wanted.items():
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(target)


def bring(sound: Sound, errand: Errand) -> Path:
    """Fetch one sound and put it in its place. Raises NotFetched, OSError."""
    content = fetch(sound.name, errand)
    is_whole = len(content) == sound.size and hashlib.sha256(content).hexdigest() == sound.sha256
    if not is_whole:
        raise NotFetched(f"{sound.name}: not what the list says")
    try:
        with wave.open(io.BytesIO(content)) as file:
            ending = ENDINGS[file.getframerate()]
    except (wave.Error, EOFError, KeyError) as why:
        raise NotFetched(f"{sound.name}: no sound that Asterisk plays") from why
    path = errand.folder / f"{sound.name}.{ending}"
    unfinished = path.with_name(path.name + UNFINISHED)
    with unfinished.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.chmod(0o644)
    unfinished.rename(path)
    log.info("%s: fetched", path.name)
    return path


def names_here(folder: Path) -> dict[str, Path]:
    """Return the greetings that are in the folder, by name."""
    return {
        path.stem: path
        for ending in ENDINGS.values()
        for path in folder.glob(f"*.{ending}")
        if NAME.fullmatch(path.stem)
    }


def drop_old(
    folder: Path, wanted: Collection[str], unwanted_since: dict[str, float], *, now: float
) -> None:
    """Delete what the list has not named for an hour."""
    here = names_here(folder)
    for name in [name for name in unwanted_since if name in wanted or name not in here]:
        del unwanted_since[name]
    for name, path in here.items():
        if name in wanted:
            continue
        if now - unwanted_since.setdefault(name, now) >= DROPPED_AFTER:
            path.unlink(missing_ok=True)
            log.info("%s: dropped", path.name)


def look(errand: Errand, unwanted_since: dict[str, float], *, now: float) -> None:
    """Ask for the list and make the folder agree with it; one bad sound holds up no other."""
    try:
        content = fetch("", errand)
        sounds, notices = read_list(content), read_notices(content)
        here = names_here(errand.folder)
    except (NotFetched, OSError) as why:
        log.warning("%s", why)
        return
    for sound in sounds:
        if sound.name in here:
            continue
        try:
            bring(sound, errand)
        except (NotFetched, OSError) as why:
            log.error("%s", why)
    try:
        if notices is not None:
            link_notices(errand.folder, notices)
        drop_old(errand.folder, {sound.name for sound in sounds}, unwanted_since, now=now)
    except OSError as why:
        log.error("%s: %s", errand.folder, why)


def work(errand: Errand) -> None:
    """Look until told to stop."""
    unwanted_since: dict[str, float] = {}
    while True:
        look(errand, unwanted_since, now=time.monotonic())
        if signal.sigtimedwait(STOPS, errand.look_every):
            return


def read_arguments(arguments: Sequence[str]) -> Errand:
    """Read the command line; the secret comes from a file or from HOTLINE_UPLOAD_SECRET."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--announcements-dir", type=Path, required=True)
    parser.add_argument("--application", required=True, help="https://… of the hotline application")
    parser.add_argument("--exchange-id", required=True)
    parser.add_argument("--secret-file", type=Path)
    parser.add_argument("--look-every", type=float, default=10.0, help="seconds")
    given = parser.parse_args(arguments)
    if not re.match(r"https?://[^/]", given.application):
        parser.error("--application is an http(s) address")
    secret = os.environ.get("HOTLINE_UPLOAD_SECRET", "")
    if given.secret_file:
        secret = given.secret_file.read_text(encoding="utf-8").strip()
    if len(secret) < 16:
        parser.error("an upload secret of at least 16 characters is needed")
    return Errand(
        folder=given.announcements_dir,
        application=given.application.rstrip("/"),
        exchange_id=given.exchange_id,
        secret=secret.encode("utf-8"),
        look_every=given.look_every,
    )


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    errand = read_arguments(sys.argv[1:])
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    work(errand)
    return 0


if __name__ == "__main__":
    sys.exit(main())
