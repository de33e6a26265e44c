"""A Redis of the tests' own, on a free port of the loopback, keeping nothing."""

import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as NotYet

from tests.services.processes import free_port

START_SECONDS = 15


class NoRedis(RuntimeError):
    """Redis is not installed, or did not start."""


@dataclass(frozen=True, kw_only=True)
class RedisServer:
    """A running server and where it listens."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Give the address that clients take."""
        return f"redis://127.0.0.1:{self.port}/0"


def start_redis() -> RedisServer:
    """Start a server that keeps nothing on disk. Raises NoRedis, saying why."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("redis-server is not installed")
    folder = Path(tempfile.mkdtemp(prefix="hotline-redis-"))
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1"]
    command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    server = RedisServer(folder=folder, port=port, process=process)
    _wait_until_it_answers(server)
    return server


def stop_redis(server: RedisServer) -> None:
    """End the server and remove its folder."""
    server.process.terminate()
    try:
        server.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait(timeout=10)
    shutil.rmtree(server.folder, ignore_errors=True)


def _wait_until_it_answers(server: RedisServer) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.process.poll() is not None:
            raise NoRedis((server.folder / "log").read_text(errors="replace"))
        try:
            with Redis.from_url(server.url) as client:
                client.ping()
        except NotYet:
            time.sleep(0.05)
        else:
            return
    stop_redis(server)
    raise NoRedis(f"no answer within {START_SECONDS} s")
