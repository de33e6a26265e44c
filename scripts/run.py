"""`make run`: prepares everything, starts the workstation, says where it is, stops it again.

Settings come from the environment, as docs/settings.md lists them; what is special here is that
SITE_MODE is `demo` unless it is given, and that a HOST other people can reach means https.
"""

import ctypes
import fcntl
import os
import signal
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO

from scripts import steps
from scripts.addresses import can_listen, is_every_address, is_loopback, machine_addresses
from scripts.prepare import prepare
from scripts.steps import ROOT, VENV, StepFailed, say, step

START_SECONDS = 60
STOP_SECONDS = 15
GOODBYE_SECONDS = 2  # what pages get that are still open; they come back by themselves
THREADS = 600  # a WebSocket keeps a thread for as long as its page is open
CONNECTIONS = THREADS + 400  # those above wait between two requests without a thread
Environment = dict[str, str]


def main() -> int:
    """Start, wait for Ctrl-C, stop."""
    environment = site_environment()
    host, port = environment["HOST"], int(environment["PORT"])
    if reason := can_listen(host, port):
        raise StepFailed(reason)
    instance = Path(environment["INSTANCE_DIR"])
    with _lock_file(instance) as lock:
        _alone(lock, instance=instance)
        say("12345 坐席工作台 · agent workstation")
        prepare("run")
        _certificate(environment, instance=instance)
        sign_ins = _data(environment)
        return _serve(environment, log=instance / "log" / "server.log", sign_ins=sign_ins)


def site_environment() -> Environment:
    """Give the environment of the server: what was given, and what `make run` adds."""
    environment = {name: value for name, value in os.environ.items() if value}
    environment.setdefault("SITE_MODE", "demo")
    environment.setdefault("HOST", "127.0.0.1")
    environment.setdefault("PORT", "5000")
    port = environment["PORT"]
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise StepFailed(f"PORT must be a number from 1 to 65535; it is {port!r}")
    instance = ROOT / environment.get("INSTANCE_DIR", "instance")
    environment["INSTANCE_DIR"] = str(instance)
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    environment["FLASK_APP"] = "wsgi"
    environment["PYTHONUNBUFFERED"] = "1"
    return environment


def _lock_file(instance: Path) -> IO[str]:
    try:
        instance.mkdir(parents=True, exist_ok=True)
        return (instance / "run.lock").open("a")
    except OSError as refused:
        raise StepFailed(
            f"数据目录无法写入 · INSTANCE_DIR cannot be written: {instance}: {refused.strerror}"
        ) from refused


def _alone(lock: IO[str], *, instance: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        raise StepFailed(
            f"工作台已在运行 · the workstation is running already on the data in {instance}"
        ) from taken


def _certificate(environment: Environment, *, instance: Path) -> None:
    """Take the certificate that was given, or make one when people on other machines come."""
    given = [name for name in ("TLS_CERT", "TLS_KEY") if environment.get(name)]
    for name in given:
        # Programs of ours run in the project's folder, whatever folder this was typed in.
        environment[name] = str(Path(environment[name]).expanduser().absolute())
        if not Path(environment[name]).is_file():
            raise StepFailed(f"{name}: 找不到文件 · there is no file {environment[name]}")
    if len(given) == 1:
        raise StepFailed("TLS_CERT and TLS_KEY come together")
    if given or is_loopback(environment["HOST"]):
        return
    folder = instance / "tls"
    with step("https 证书 · certificate"):
        more = [] if is_every_address(environment["HOST"]) else [environment["HOST"]]
        steps.run([VENV / "bin" / "python", "-m", "scripts.make_certificate", folder, *more])
    environment["TLS_CERT"] = str(folder / "server.crt")
    environment["TLS_KEY"] = str(folder / "server.key")


def _data(environment: Environment) -> str:
    """Bring the database up to date; give as whom people can sign in to a demonstration."""
    is_demo = environment["SITE_MODE"] == "demo"
    title = "数据库与演示城市 · database and demo city" if is_demo else "数据库 · database"
    with step(title):
        return steps.run(
            [VENV / "bin" / "python", "-m", "scripts.site_data"], environment=environment
        )


def _serve(environment: Environment, *, log: Path, sign_ins: str) -> int:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as output:
        server = subprocess.Popen(
            _command(environment),
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop it in order
            preexec_fn=_end_with_parent,
        )
    # Also where a shell started us in the background and told us to ignore Ctrl-C.
    for stop_signal in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop_signal, signal.default_int_handler)
    try:
        with step("启动 · starting"):
            _wait_until_healthy(server, environment=environment, log=log)
        _announce(environment, log=log, sign_ins=sign_ins)
        server.wait()
    except KeyboardInterrupt:
        say("\n正在停止 · stopping …")
        _stop(server)
        say("已停止，数据已保留 · stopped; the data is kept")
        return 0
    finally:
        if server.poll() is None:
            _stop(server)
    raise StepFailed(f"The server ended by itself:\n{steps.tail(log.read_text(errors='replace'))}")


def _command(environment: Environment) -> list[str]:
    host = environment["HOST"]
    shown_host = f"[{host}]" if ":" in host else host
    command = [str(VENV / "bin" / "gunicorn"), "-k", "gthread", "-w", "1"]
    command += ["--threads", str(THREADS), "--worker-connections", str(CONNECTIONS)]
    command += ["--graceful-timeout", str(GOODBYE_SECONDS), "--no-control-socket"]
    command += ["-c", "deploy/gunicorn.conf.py"]
    command += ["-b", f"{shown_host}:{environment['PORT']}"]
    if environment.get("TLS_CERT"):
        command += ["--certfile", environment["TLS_CERT"], "--keyfile", environment["TLS_KEY"]]
    return [*command, "wsgi:app"]


def _end_with_parent() -> None:
    """Ask Linux to end the server when this script is killed: nothing may stay behind."""
    with suppress(OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _wait_until_healthy(
    server: "subprocess.Popen[bytes]", *, environment: Environment, log: Path
) -> None:
    until = time.monotonic() + START_SECONDS
    address = f"{_own_address(environment)}/healthz"
    ask = _asker()
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with ask.open(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    _stop(server)
    raise StepFailed(f"The server did not come up:\n{steps.tail(log.read_text(errors='replace'))}")


def _asker() -> urllib.request.OpenerDirector:
    """Make a client for our own machine: no proxy, and no question who signed our certificate."""
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
    )


def _own_address(environment: Environment) -> str:
    host = environment["HOST"]
    return _address(environment, "127.0.0.1" if is_every_address(host) else host)


def _address(environment: Environment, host: str) -> str:
    scheme = "https" if environment.get("TLS_CERT") else "http"
    shown_host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown_host}:{environment['PORT']}"


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """End the server and its workers; with force after a while."""
    for how, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, how)
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            server.wait(timeout=seconds)
            return


def _announce(environment: Environment, *, log: Path, sign_ins: str) -> None:
    host = environment["HOST"]
    hosts = machine_addresses() if is_every_address(host) else [host]
    say("\n打开 · open")
    for one in hosts or ["127.0.0.1"]:
        say(f"    {_address(environment, one)}")
    if environment.get("TLS_CERT", "").startswith(environment["INSTANCE_DIR"]):
        authority = Path(environment["TLS_CERT"]).with_name("ca.crt")
        say(f"    浏览器信任此证书后不再警告 · trust this to end the warning: {authority}")
    if sign_ins:
        say(f"\n演示账号 · demo sign-ins\n{sign_ins.rstrip()}")
    say(f"\n日志 · log    {log}\n停止 · stop   Ctrl-C\n")


if __name__ == "__main__":
    steps.main(main)
