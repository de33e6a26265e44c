"""https and wss: somebody on another machine signs in, answers, and both hear each other."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.bed.bed import Bed, running_spooler
from tests.bed.callers import citizen
from tests.journeys.conftest import AGENT_HERTZ, PROJECT
from tests.journeys.desk_page import Desk, chromium
from tests.journeys.network import OUR_ADDRESS, visitor
from tests.services.processes import free_port, start, stop, wait_until

pytestmark = [pytest.mark.asterisk, pytest.mark.browser, pytest.mark.slow]


def test_a_browser_on_another_host_answers_over_https_and_wss(
    playwright: Playwright,
    agents_voice: Path,
    bed: Bed,
    demo_city: Path,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copy(demo_city, instance / "hotline.db")
    log, port = tmp_path / "make.log", free_port()
    options = {
        "HOST": "0.0.0.0",
        "PORT": port,
        "INSTANCE_DIR": instance,
        "TLS_CERT": certificate / "server.crt",
        "TLS_KEY": certificate / "server.key",
        "EXCHANGES": f"{bed.exchange_id}={bed.exchange_url_with(bed.safe_phone_socket)}",
    }
    # The node's spooler trusts whoever made the certificate, as its operator would tell it to.
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "ca.crt"))
    command = ["make", "run", *(f"{name}={value}" for name, value in options.items())]
    with visitor() as cable, make_run(command, log=log):
        wait_until(
            lambda: f"https://{OUR_ADDRESS}:{port}" in log.read_text(),
            seconds=180,  # it installs, builds and seeds; how long that takes is judged elsewhere
            what="make run says where it is",
        )
        with (
            chromium(
                playwright,
                voice=agents_voice,
                program=cable.program(tmp_path, "/usr/bin/chromium"),
            ) as browser,
            running_spooler(bed, application=f"https://127.0.0.1:{port}"),
        ):
            context = browser.new_context(
                locale="zh-CN", permissions=["microphone"], ignore_https_errors=True
            )
            desk = Desk(context.new_page(), f"https://{OUR_ADDRESS}:{port}")
            desk.sign_in("1006")
            desk.wait_for_phone()

            with citizen(bed, dialled="12315") as caller:
                desk.wait_for("p.session === 'ringing'")
                desk.page.get_by_test_id("answer").click()
                desk.wait_until_talking()
                caller.ear.hears(AGENT_HERTZ)
                desk.wait_for("d.stats().energy > 0")
                desk.page.get_by_test_id("hang-up").click()
                desk.wait_for("s.presence.state === 'wrap_up'")
            desk.wait_for("s.call.recordings.length === 1", seconds=15)
            cookies = {cookie["name"]: cookie for cookie in context.cookies()}
            assert cookies["hotline_session"]["secure"]
    bed.end_all_calls()


@contextmanager
def make_run(command: list[str], *, log: Path) -> Iterator[None]:
    """Run the project's own command, and stop it as a person does."""
    running = start(command, folder=PROJECT, log=log)
    try:
        yield
    finally:
        stop(running)
