"""People on other machines reach the workstation over https, with a certificate it made itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.processes import start, stop, wait_until
from tests.services.two_hosts import TwoHosts, two_hosts

ROOT = Path(__file__).resolve().parents[2]
PORT = 5443

pytestmark = [
    pytest.mark.setup,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("ip") is None, reason="two hosts need root and iproute2"
    ),
]

# What the visitor does: trust the authority that the server made, and nobody else.
VISIT = """
import ssl, sys, urllib.request
context = ssl.create_default_context(cafile=sys.argv[2])
ask = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
)
answer = ask.open(sys.argv[1], timeout=10)
print(answer.status, answer.headers["Content-Type"])
print(answer.headers.get_all("Set-Cookie"))
"""


@pytest.fixture(scope="module")
def hosts() -> Iterator[TwoHosts]:
    """Make two hosts that see only each other."""
    with two_hosts() as pair:
        yield pair


@pytest.fixture(scope="module")
def served(hosts: TwoHosts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run the workstation on the first host for everybody; give its instance folder."""
    folder = tmp_path_factory.mktemp("served")
    instance, log = folder / "instance", folder / "make.log"
    options = ["HOST=0.0.0.0", f"PORT={PORT}", f"INSTANCE_DIR={instance}"]
    process = start(hosts.server.command(["make", "run", *options]), folder=ROOT, log=log)
    try:
        wait_until(lambda: "Ctrl-C" in log.read_text(), seconds=90, what="the workstation is up")
        assert f"https://{hosts.server.address}:{PORT}" in log.read_text()
        yield instance
    finally:
        stop(process)


def visit(hosts: TwoHosts, *, instance: Path, path: str) -> "subprocess.CompletedProcess[str]":
    """Ask for a page from the second host."""
    address = f"https://{hosts.server.address}:{PORT}{path}"
    command = [sys.executable, "-c", VISIT, address, str(instance / "tls" / "ca.crt")]
    return subprocess.run(
        hosts.visitor.command(command), capture_output=True, text=True, timeout=30
    )


def test_a_visitor_who_trusts_the_authority_sees_the_sign_in_page(
    hosts: TwoHosts, served: Path
) -> None:
    seen = visit(hosts, instance=served, path="/sign-in")

    assert seen.returncode == 0, seen.stderr
    assert "200 text/html" in seen.stdout
    assert "Secure" in seen.stdout


def test_nobody_is_reached_through_a_cut_cable(hosts: TwoHosts, served: Path) -> None:
    hosts.cut()
    assert visit(hosts, instance=served, path="/healthz").returncode != 0

    hosts.mend()
    assert visit(hosts, instance=served, path="/healthz").returncode == 0
