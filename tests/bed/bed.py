"""One real Asterisk for the tests, in the chroot that setup.sh built, configured as we deploy it.

    with running_bed(tmp_path) as bed:
        bed.exchange_url        # for EXCHANGES
        bed.cli("core show channels")

Also a command, for browser tests and by hand: `python -m tests.bed.bed --help`.
"""

import argparse
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bed.bed_ports import BedFailed, BedPorts
from tests.bed.sounds import make_tone
from tests.services.processes import start, stop, wait_until

HERE = Path(__file__).resolve().parent
DEPLOY = HERE.parents[1] / "deploy" / "asterisk"
CARRIER = "127.0.0.2"
DESK = "127.0.0.3"
OUTSIDE_PORT = 5099  # where the carrier takes calls to the outside
TOLD_TO_BROWSERS = "198.51.100.10"  # Asterisk offers no 127.0.0.0/8 to a browser
MUSIC_HERTZ = 950
STILL_WAITING_HERTZ = 1300
CALL_AGAIN_HERTZ = 1500
NOTICE_HERTZ = 1700
AMI_SECRET = "only-on-the-bed-5038"
AS_ITS_OWN_USER = ("-f", "-U", "asterisk", "-G", "asterisk")
UPLOAD_SECRET = "only-on-the-bed-upload-secret"
TAKEN_SECONDS = 120.0  # how long another bed of the same name is waited for


@dataclass(kw_only=True)
class Bed:
    """A started Asterisk and where its things are."""

    root: Path
    name: str
    ports: BedPorts
    work: Path
    exchange_id: str
    version: str
    bind: str = "127.0.0.1"
    certificate: Path | None = None  # folder with server.crt and server.key: phones may use wss
    carrier_tls: bool = False  # the carrier is a TLS trunk with Secure RTP; needs a certificate
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        """Everything of this Asterisk, seen from outside the chroot."""
        return self.root / "srv" / "bed" / self.name

    @property
    def inside(self) -> str:
        """The same folder as Asterisk sees it."""
        return f"/srv/bed/{self.name}"

    @property
    def _asterisk(self) -> list[str]:
        program = ["chroot", str(self.root), "/usr/sbin/asterisk"]
        return [*program, "-C", f"{self.inside}/etc/asterisk.conf"]

    @property
    def recordings(self) -> Path:
        """What Asterisk records: `open/`, and what the spooler makes of it."""
        return self.home / "recordings"

    @property
    def phone_socket(self) -> str:
        """Where a browser phone connects; on a bed for other hosts, under the page's own host."""
        host = "{host}" if self.bind == "0.0.0.0" else self.bind
        return f"ws://{host}:{self.ports.http}/ws"

    @property
    def safe_phone_socket(self) -> str:
        """Where a browser phone of an https page connects."""
        return f"wss://{{host}}:{self.ports.tls}/ws"

    @property
    def exchange_url(self) -> str:
        """What the setting EXCHANGES says of this node, without `id=`."""
        return self.exchange_url_with(self.phone_socket)

    def exchange_url_with(self, phone_socket: str) -> str:
        """Say the same with another address for the phones."""
        return (
            f"asterisk://hotline:{AMI_SECRET}@127.0.0.1:{self.ports.ami}"
            f"?agi_port={self.ports.agi}&phone_socket={phone_socket}"
            f"&upload_secret={UPLOAD_SECRET}"
        )

    def cli(self, command: str) -> str:
        """Run a command on Asterisk's own console and return what it printed."""
        done = subprocess.run(
            [*self._asterisk, "-rx", command],
            capture_output=True,
            text=True,
            timeout=10,
        )
        return done.stdout

    def start(self) -> None:
        """Start Asterisk as its own user, and return when it is fully booted."""
        if self.process is not None:
            raise BedFailed("already running")
        if taken := self.ports.taken(self.bind):
            # Asterisk would start all the same, and its phones could not be reached
            raise BedFailed(f"the bed {self.name} finds its ports taken: {taken}")
        hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self.process = start(
            ["prlimit", f"--nofile={hard_limit}", *self._asterisk, *AS_ITS_OWN_USER],
            log=self.work / "asterisk.out",
        )
        wait_until(
            lambda: "fully booted" in self.cli("core waitfullybooted"),
            seconds=20,
            what="Asterisk fully booted",
        )

    def stop(self, *, by: signal.Signals = signal.SIGTERM) -> None:
        """End Asterisk; SIGKILL is a crash."""
        if self.process is not None:
            stop(self.process, by=by)
            self.process = None

    def end_all_calls(self) -> None:
        """Hang up whatever a test left, and wait until the node is empty."""
        self.cli("channel request hangup all")
        wait_until(
            lambda: not self.cli("core show channels concise").count("PJSIP/"),
            seconds=5,
            what="an exchange without calls",
        )

    def log(self) -> str:
        """Return Asterisk's own warnings and errors."""
        path = self.home / "log" / "messages.log"
        return path.read_text(errors="replace") if path.exists() else ""


def bed_root() -> tuple[Path, str]:
    """Build the chroot if it is not there; return it and Asterisk's version. Raises BedFailed."""
    done = subprocess.run([str(HERE / "setup.sh")], capture_output=True, text=True)
    if done.returncode != 0:
        raise BedFailed(done.stderr.strip() or f"setup.sh: {done.returncode}")
    _word, root, version = done.stdout.strip().splitlines()[-1].split(" ", 2)
    return Path(root), version


def add_browser_address() -> bool:
    """In a network namespace of our own: bring lo up with the address that browsers are told.

    Returns False when this is the machine's own network, which tests do not change.
    """
    if not _is_own_network():
        return False
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(
        ["ip", "addr", "replace", f"{TOLD_TO_BROWSERS}/32", "dev", "lo"], check=True
    )  # fmt: skip
    return True


def prepare(
    bed: Bed,
    *,
    desk_phones: dict[str, int],
    alone_piece: int,
    alone_limit: int,
    secure_phones: dict[str, int] | None = None,
) -> None:
    """Write the configuration and the sounds of a bed that is not running."""
    shutil.rmtree(bed.home, ignore_errors=True)
    folders = ["etc", "lib", "log", "run", "spool", "music", "announcements", "recordings"]
    for folder in [*folders, "recordings/open", "recordings/outgoing", "lib/keys"]:
        (bed.home / folder).mkdir(parents=True)
    make_tone(bed.home / "music" / "tone.wav", hertz=MUSIC_HERTZ, seconds=30)
    said = bed.home / "announcements"
    make_tone(said / "still-waiting.wav", hertz=STILL_WAITING_HERTZ, seconds=1)
    make_tone(said / "call-again.wav", hertz=CALL_AGAIN_HERTZ, seconds=1)
    make_tone(said / "recording-notice.wav", hertz=NOTICE_HERTZ, seconds=2)
    make_tone(said / "number-moved.wav", hertz=CALL_AGAIN_HERTZ, seconds=1)
    ports = bed.ports
    options = {
        "output": bed.home / "etc", "config-dir": f"{bed.inside}/etc",
        "exchange-id": bed.exchange_id, "bind": bed.bind, "http-bind": bed.bind,
        "sip-port": ports.sip,
        "carrier": CARRIER, "carrier-out": f"{CARRIER}:{OUTSIDE_PORT}",
        "ami-port": ports.ami, "ami-secret": AMI_SECRET,
        "agi": f"127.0.0.1:{ports.agi}", "http-port": ports.http,
        "rtp": f"{ports.rtp[0]}-{ports.rtp[1]}", "ice-map": f"{TOLD_TO_BROWSERS}=127.0.0.1",
        "alone-piece": alone_piece, "alone-ring": alone_piece, "alone-limit": alone_limit,
        "recordings-dir": f"{bed.inside}/recordings", "music-dir": f"{bed.inside}/music",
        "announcements-dir": f"{bed.inside}/announcements", "lib-dir": f"{bed.inside}/lib",
        "spool-dir": f"{bed.inside}/spool", "run-dir": f"{bed.inside}/run",
        "log-dir": f"{bed.inside}/log",
    }  # fmt: skip
    options |= _tls_options(bed)
    command = [sys.executable, str(DEPLOY / "configure.py")]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    for phone, port in desk_phones.items():
        command += ["--desk-phone", f"{phone}={DESK}:{port}"]
    for phone, port in (secure_phones or {}).items():
        command += ["--secure-desk-phone", f"{phone}={DESK}:{port}"]
    command += ["--carrier-tls"] if bed.carrier_tls else []
    subprocess.run(command, check=True, capture_output=True)
    user, group = _asterisk_user(bed.root)
    for path in [bed.home, *bed.home.rglob("*")]:
        os.chown(path, user, group)


def _tls_options(bed: Bed) -> dict[str, object]:
    if bed.certificate is None:
        return {}
    for name in ("server.crt", "server.key", "ca.crt"):
        shutil.copy(bed.certificate / name, bed.home / "etc" / name)
    certificate, key = f"{bed.inside}/etc/server.crt", f"{bed.inside}/etc/server.key"
    options: dict[str, object] = {
        "tls-cert": certificate, "tls-key": key, "tls-port": bed.ports.tls,
    }  # fmt: skip
    if bed.carrier_tls:
        options |= {
            "sip-tls-cert": certificate, "sip-tls-key": key,
            "sip-tls-ca": f"{bed.inside}/etc/ca.crt", "sip-tls-port": bed.ports.sip_tls,
        }  # fmt: skip
    return options


@contextmanager
def running_bed(
    work: Path,
    *,
    name: str = "tests",
    exchange_id: str = "hy1",
    ports: BedPorts | None = None,
    desk_phones: dict[str, int] | None = None,
    alone_piece: int = 3,
    alone_limit: int = 600,
    bind: str = "127.0.0.1",
    certificate: Path | None = None,
    carrier_tls: bool = False,
    secure_phones: dict[str, int] | None = None,
) -> Iterator[Bed]:
    """Give a running Asterisk, and stop it. `name` must differ between beds at the same time."""
    root, version = bed_root()
    add_browser_address()
    bed = Bed(
        root=root, name=name, ports=ports or BedPorts.of(name), work=work, exchange_id=exchange_id,
        version=version, bind=bind, certificate=certificate, carrier_tls=carrier_tls,
    )  # fmt: skip
    phones = {"2001": 5070, "2002": 5072, "2003": 5074} if desk_phones is None else desk_phones
    with _folder_of_our_own(bed):
        prepare(
            bed,
            desk_phones=phones,
            alone_piece=alone_piece,
            alone_limit=alone_limit,
            secure_phones=secure_phones,
        )
        bed.start()
        try:
            yield bed
        finally:
            bed.stop()


@contextmanager
def _folder_of_our_own(bed: Bed) -> Iterator[None]:
    """Wait for a bed of the same name: a network of its own does not keep two out of one folder."""
    bed.home.parent.mkdir(parents=True, exist_ok=True)
    with (bed.home.parent / f"{bed.name}.lock").open("w") as lock:
        until = time.monotonic() + TAKEN_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BedFailed(f"another run has the bed {bed.name}") from None
                time.sleep(0.5)
        yield


@contextmanager
def running_spooler(bed: Bed, *, application: str, retry_seconds: float = 0.2) -> Iterator[None]:
    """Bring finished recordings of this bed to an application at this address."""
    folder = f"--recordings-dir={bed.recordings}"
    with _beside(bed, "recording_spooler", folder, application, retry_seconds):
        yield


@contextmanager
def running_puller(bed: Bed, *, application: str, retry_seconds: float = 0.2) -> Iterator[None]:
    """Fetch the numbers' greetings from an application at this address for this bed."""
    folder = f"--announcements-dir={bed.home / 'announcements'}"
    with _beside(bed, "sound_puller", folder, application, retry_seconds):
        yield


@contextmanager
def _beside(bed: Bed, script: str, folder: str, application: str, every: float) -> Iterator[None]:
    options = {"application": application, "exchange-id": bed.exchange_id, "look-every": every}
    command = [sys.executable, str(DEPLOY / f"{script}.py"), folder]
    for name, value in options.items():
        command += [f"--{name}", str(value)]
    process = start(
        command,
        log=bed.work / f"{script}.out",
        environment={**os.environ, "HOTLINE_UPLOAD_SECRET": UPLOAD_SECRET},
    )
    try:
        yield
    finally:
        stop(process, by=signal.SIGTERM)


def _asterisk_user(root: Path) -> tuple[int, int]:
    for line in (root / "etc" / "passwd").read_text().splitlines():
        name, _password, user, group, *_rest = line.split(":")
        if name == "asterisk":
            return int(user), int(group)
    raise BedFailed("the bed has no user asterisk")


def _is_own_network() -> bool:
    # a new namespace has nothing but lo; comparing /proc/self/ns/net with process 1 does not tell:
    # some containers show the same name for every namespace
    return [name for _number, name in socket.if_nameindex()] == ["lo"]


def main() -> int:
    """Run a bed until SIGINT or SIGTERM; print its addresses as one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for logs")
    parser.add_argument("--name", default="by-hand")
    parser.add_argument("--application", default="", help="bring recordings to this address")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    ended: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: ended.append(got))
    with running_bed(arguments.work, name=arguments.name) as bed:
        print(  # noqa: T201 - this is the command's answer
            json.dumps({"exchanges": f"{bed.exchange_id}={bed.exchange_url}", "home": str(bed.home),
                        "phone_socket": bed.phone_socket, "version": bed.version}),
            flush=True,
        )  # fmt: skip
        if arguments.application:
            with running_spooler(bed, application=arguments.application):
                _sleep_until(ended)
        else:
            _sleep_until(ended)
    return 0


def _sleep_until(ended: list[int]) -> None:
    while not ended:
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
