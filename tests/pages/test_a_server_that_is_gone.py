"""The desk's forms while the server is really gone: finished, sealed, and uploaded once."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.service import DEMO_PASSWORD
from tests.pages.conftest import PATIENCE_MS, SEAT
from tests.services.demo_city import copy_demo_city
from tests.services.desk_client import is_answering
from tests.services.processes import free_port, start, stop, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
TYPED = "沿江路三盏路灯坏了"

READ_THE_DISK = """async () => {
  const opened = indexedDB.open('hotline-vault');
  const database = await new Promise((resolve) => {
    opened.onsuccess = () => resolve(opened.result);
  });
  if (!database.objectStoreNames.contains('kept')) return [[], []];
  const all = (store, ask) => new Promise((resolve) => {
    const request = database.transaction(store).objectStore(store)[ask]();
    request.onsuccess = () => resolve(request.result);
  });
  const kept = await all('kept', 'getAll');
  const keys = await all('keys', 'getAll');
  const text = (bytes) => new TextDecoder().decode(bytes);
  database.close();
  return [kept.map((one) => text(one.data)), keys.map((one) => one.extractable)];
}"""


class OwnServer:
    """A workstation that can be taken away and brought back at the same address."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._environment = {
            **os.environ,
            "SITE_MODE": "demo",
            "INSTANCE_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/hotline.db",
            "EXCHANGES": "sim=simulator://quiet",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
        }
        copy_demo_city(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it, and wait until it answers."""
        command = [str(BIN / "gunicorn"), "-k", "gthread", "-w", "1", "--threads", "20"]
        command += ["--worker-connections", "40", "--no-control-socket", "--graceful-timeout", "1"]
        command += ["-c", "deploy/gunicorn.conf.py", "-b", f"127.0.0.1:{self.port}", "wsgi:app"]
        log = self._folder / "server.log"
        self._process = start(command, folder=ROOT, log=log, environment=self._environment)
        wait_until(is_answering(self.address), seconds=60, what="the workstation answers")

    def end(self) -> None:
        """Take it away."""
        if self._process is not None:
            stop(self._process)
        self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnServer]:
    own = OwnServer(tmp_path)
    own.begin()
    yield own
    own.end()


@pytest.fixture
def open_at(browser: Browser, server: OwnServer) -> Iterator[Callable[[str, str], Page]]:
    contexts = []

    def open_one(work_number: str, path: str) -> Page:
        context = browser.new_context(viewport=SEAT, locale="zh-CN", timezone_id="Asia/Shanghai")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{server.address}/sign-in")
        page.fill("#work_number", work_number)
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"{server.address}{path}")
        return page

    yield open_one
    for context in contexts:
        context.close()


def test_a_ticket_is_finished_without_a_server_and_uploaded_once(
    server: OwnServer, open_at: Callable[[str, str], Page]
) -> None:
    desk = open_at("1006", "/desk")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")
    panel = open_at("1001", "/simulator")
    panel.locator("[name=dialled]").select_option("12345")
    panel.locator("[name=from_number]").fill("15400000021")
    panel.locator("[name=from_number]").press("Enter")
    desk.get_by_test_id("answer").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    desk.keyboard.press("F3")
    desk.locator("#ticket-county").select_option("441622")
    expect(desk.locator("#ticket-town")).to_be_enabled()

    server.end()
    desk.locator("#ticket-content").fill(TYPED)
    expect(desk.get_by_test_id("draft-note")).to_contain_text("本机")
    desk.locator("#ticket-demand").fill("尽快修好")
    desk.locator("#ticket-occurred").fill("一周前")
    desk.locator("#ticket-respondent").fill("路灯所")
    desk.locator("#ticket-category").press_sequentially("ludeng")
    desk.locator("#ticket-category").press("Enter")
    desk.get_by_test_id("save-ticket").click()

    expect(desk.get_by_test_id("saved")).to_contain_text("已在本机办结", timeout=20_000)
    number = "HY" + desk.get_by_test_id("saved").inner_text().split("HY")[1][:15]
    kept, may_be_read_out = desk.evaluate(READ_THE_DISK)
    assert kept
    assert not any(TYPED in each or number in each for each in kept)
    assert may_be_read_out == [False]

    server.begin()
    expect(desk.get_by_test_id("uploads")).to_have_count(0, timeout=30_000)
    expect(desk.get_by_test_id("saved")).to_contain_text(f"{number} ")
    listed = open_at("1001", "/tickets")
    expect(listed.get_by_text(number)).to_have_count(1)
    assert listed.get_by_text(TYPED).count() == 1

    desk.locator(".bar-menu summary").click()
    desk.get_by_role("button", name="退出").click()
    desk.wait_for_url("**/sign-in**")
    kept, keys = desk.evaluate(READ_THE_DISK)
    assert (kept, keys) == ([], [])
