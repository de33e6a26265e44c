"""A workstation on the quiet simulator and browsers that look at it, one person each."""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    expect,
    sync_playwright,
)

from app.accounts.service import DEMO_PASSWORD
from tests.services.demo_city import copy_demo_city
from tests.services.desk_client import is_answering
from tests.services.processes import free_port, start, stop, wait_until

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SEAT = {"width": 1366, "height": 768}
PATIENCE_MS = 15_000
MINUTE, SIGN_INS_A_MINUTE = 61.0, 9
HAS_FAILED = pytest.StashKey[bool]()
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a workstation on a demo city of its own, where calls come only when they are placed."""
    folder = tmp_path_factory.mktemp("workstation")
    port = free_port()
    environment = {
        **os.environ,
        "SITE_MODE": "demo",
        "INSTANCE_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/hotline.db",
        "EXCHANGES": "sim=simulator://quiet",
        "RING_SECONDS": "30",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    copy_demo_city(folder)
    command = [str(BIN / "gunicorn"), "-k", "gthread", "-w", "1", "--threads", "40"]
    command += ["--worker-connections", "40", "--no-control-socket", "--graceful-timeout", "1"]
    command += ["-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{port}", "wsgi:app"]
    process = start(command, folder=ROOT, log=folder / "server.log", environment=environment)
    where = f"http://127.0.0.1:{port}"
    try:
        wait_until(is_answering(where), seconds=60, what="the workstation answers")
        yield where
    finally:
        stop(process)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one browser for all pages."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """Collect what pages complain about: scripts that failed, and what the policy refused."""
    return []


@pytest.fixture(scope="module")
def signed_in() -> dict[str, list[float]]:
    """Keep when each person signed in, to stay below the limit of ten a minute."""
    return defaultdict(list)


def _wait_for_a_place(moments: list[float]) -> None:
    recent = [moment for moment in moments if time.monotonic() - moment < MINUTE]
    if len(recent) >= SIGN_INS_A_MINUTE:
        time.sleep(MINUTE - (time.monotonic() - recent[-SIGN_INS_A_MINUTE]))
    moments.append(time.monotonic())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember that a test has failed, for what its pages showed to be told."""
    report = yield
    item.stash[HAS_FAILED] = item.stash.get(HAS_FAILED, False) or report.failed
    return report


@pytest.fixture
def open_page(
    request: pytest.FixtureRequest,
    browser: Browser,
    address: str,
    complaints: list[str],
    signed_in: dict[str, list[float]],
) -> Iterator[Callable[..., Page]]:
    """Open a page for a person in a window of its own: `open_page("1006", "/desk")`."""
    contexts = []

    def open_one(work_number: str, path: str = "/", *, locale: str = "zh-CN") -> Page:
        context = browser.new_context(viewport=SEAT, locale=locale, timezone_id="Asia/Shanghai")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if line.type == "error" else None
        )
        _wait_for_a_place(signed_in[work_number])
        _sign_in(page, address, work_number, to=path)
        return page

    yield open_one
    for context in contexts:
        if request.node.stash.get(HAS_FAILED, False):
            _tell_what_is_shown(context)
        context.close()


def _tell_what_is_shown(context: BrowserContext) -> None:
    """Print, beside the failure, what stood on the pages: a sentence there often says why."""
    for page in context.pages:
        with suppress(Error):  # the page itself may be what failed
            shown = page.locator("body").aria_snapshot(timeout=2000)
            print(f"\n{page.url}\n{shown}")  # noqa: T201


@pytest.fixture(scope="module")
def panel(browser: Browser, address: str, signed_in: dict[str, list[float]]) -> Iterator[Page]:
    """Give the simulator's panel, from where calls are placed."""
    context = browser.new_context(viewport=SEAT, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    _wait_for_a_place(signed_in["1001"])
    _sign_in(page, address, "1001", to="/simulator")
    yield page
    context.close()


@pytest.fixture
def place_call(panel: Page, address: str) -> Iterator[Callable[..., None]]:
    """Let somebody call: `place_call("12315", "15413221632")`; he hangs up when the test ends."""

    def place(dialled: str, from_number: str) -> None:
        panel.goto(f"{address}/simulator")
        panel.locator("[name=dialled]").select_option(dialled)
        panel.locator("[name=from_number]").fill(from_number)
        panel.locator("[name=from_number]").press("Enter")
        expect(panel.get_by_text(dialled).first).to_be_visible()

    yield place
    _let_all_hang_up(panel, address)


@pytest.fixture
def hang_up(panel: Page, address: str) -> Callable[[], None]:
    """Let everybody who calls hang up, whether he was answered or not."""
    return lambda: _let_all_hang_up(panel, address)


def _let_all_hang_up(panel: Page, address: str) -> None:
    panel.goto(f"{address}/simulator")
    callers = panel.locator("form[action$='/calls/hang-up'] button")
    while still := callers.count():
        callers.first.click()
        expect(callers).not_to_have_count(still)


def _sign_in(page: Page, address: str, work_number: str, *, to: str) -> None:
    """Sign in and come out at an address, without passing by a desk that would open on the way."""
    page.goto(f"{address}/sign-in" + (f"?{urlencode({'next': to})}" if to != "/" else ""))
    page.fill("#work_number", work_number)
    page.fill("#password", DEMO_PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
