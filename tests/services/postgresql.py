"""A PostgreSQL of the tests' own: a fresh cluster in a temporary folder, gone afterwards.

PostgreSQL refuses to run as root, so root lends it the system's `postgres` account. It listens on
a Unix socket only: no port to collide on, and reachable from inside a network namespace.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

START_SECONDS = 30
ENOUGH_MEMORY = 4 * 1024**3  # bytes
# Nothing here has to survive a power cut.
QUICK = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class NoPostgreSQL(RuntimeError):
    """PostgreSQL is not installed, or did not start."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server: where its socket stands and which process to end."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    keeps_commits: bool = False  # what was committed outlives a crash of the server

    @property
    def admin_url(self) -> str:
        """Give the address of the database from which others are made."""
        return address_of("postgres", folder=self.folder)


def address_of(database: str, *, folder: Path) -> str:
    """Give the SQLAlchemy address of one database behind the socket in `folder`."""
    return f"postgresql+psycopg://postgres@/{database}?host={folder}"


def programs() -> Path | None:
    """Find the folder that holds `initdb` and `postgres`; None when it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def start_cluster(*, keeps_commits: bool = False) -> Cluster:
    """Make a cluster and wait until it answers. Raises NoPostgreSQL, saying why."""
    where = programs()
    if where is None:
        raise NoPostgreSQL("the programs of PostgreSQL are not installed")
    folder = Path(tempfile.mkdtemp(prefix="hotline-pg-", dir=_quick_folder()))
    account = _account_to_lend()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    _make(where, folder=folder, account=account)
    process = _launch(where, folder=folder, account=account, keeps_commits=keeps_commits)
    cluster = Cluster(folder=folder, process=process, keeps_commits=keeps_commits)
    _wait_until_it_answers(cluster)
    return cluster


def _quick_folder() -> str:
    """Give memory where there is enough of it: each test has a database of some 700 files."""
    memory = Path("/dev/shm")  # noqa: S108 - the cluster makes a folder of its own in it
    is_there = memory.is_dir() and shutil.disk_usage(memory).free > ENOUGH_MEMORY
    return str(memory) if is_there else "/tmp"  # noqa: S108


def stop_cluster(cluster: Cluster) -> None:
    """End the server with all its connections and remove the folder."""
    cluster.process.send_signal(signal.SIGINT)  # PostgreSQL's "fast": cuts clients off
    try:
        cluster.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        cluster.process.send_signal(signal.SIGQUIT)
        cluster.process.wait(timeout=10)
    shutil.rmtree(cluster.folder, ignore_errors=True)


def crash_cluster(cluster: Cluster) -> None:
    """Let the server go down at once, with all its connections, as in a power cut of its own."""
    cluster.process.send_signal(
        signal.SIGQUIT
    )  # PostgreSQL's "immediate": it recovers at its start
    cluster.process.wait(timeout=10)


def freeze_cluster(cluster: Cluster) -> None:
    """Stop the server in its tracks, every process of it: its sockets stand open and say nothing.

    So it is with a virtual machine that is being moved, or a disk that has stopped answering.
    """
    _signal(cluster, signal.SIGSTOP)


def thaw_cluster(cluster: Cluster) -> None:
    """Let a frozen server go on as if nothing had been; harmless where it was not frozen."""
    _signal(cluster, signal.SIGCONT)


def _signal(cluster: Cluster, what: signal.Signals) -> None:
    """The server first: while it stands still it begins nobody new."""
    server = psutil.Process(cluster.process.pid)
    server.send_signal(what)
    for process in server.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # whoever served a client that left ends by himself
            process.send_signal(what)


def start_again(cluster: Cluster) -> Cluster:
    """Start a server that has crashed, on its own data. Raises NoPostgreSQL."""
    where = programs()
    if where is None:
        raise NoPostgreSQL("the programs of PostgreSQL are not installed")
    keeps = cluster.keeps_commits
    process = _launch(where, folder=cluster.folder, account=_account_to_lend(), keeps_commits=keeps)
    again = Cluster(folder=cluster.folder, process=process, keeps_commits=keeps)
    _wait_until_it_answers(again)
    return again


def _account_to_lend() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError as missing:
        raise NoPostgreSQL("there is no account `postgres` to run it as") from missing


def _make(where: Path, *, folder: Path, account: pwd.struct_passwd | None) -> None:
    command = [str(where / "initdb"), "--pgdata", str(folder / "data"), "--username", "postgres"]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    made = subprocess.run(command, capture_output=True, cwd=folder, **_as(account))
    if made.returncode:
        raise NoPostgreSQL(made.stderr.decode(errors="replace"))


def _launch(
    where: Path, *, folder: Path, account: pwd.struct_passwd | None, keeps_commits: bool
) -> "subprocess.Popen[bytes]":
    command = [str(where / "postgres"), "-D", str(folder / "data")]
    command += ["-c", f"unix_socket_directories={folder}"]
    settings = {**QUICK, "synchronous_commit": "on"} if keeps_commits else QUICK
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **_as(account)
        )


def _as(account: pwd.struct_passwd | None) -> dict[str, int | list[int]]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _wait_until_it_answers(cluster: Cluster) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if cluster.process.poll() is not None:
            raise NoPostgreSQL((cluster.folder / "log").read_text(errors="replace"))
        try:
            psycopg.connect(host=str(cluster.folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    stop_cluster(cluster)
    raise NoPostgreSQL(f"no answer within {START_SECONDS} s")
