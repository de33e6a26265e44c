"""Takes the pictures of the documents: a demonstration of its own, one story, the other desks.

    .venv/bin/python docs/scripts/make_pictures.py            all of them, into docs/pictures
    .venv/bin/python docs/scripts/make_pictures.py FOLDER     into another folder

The exchange is quiet, so that the story is the same each time: one caller, placed by hand.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1366, "height": 768}
AGENT, MANAGER, PASSWORD = "1006", "1001", "Heyuan-12345"
# The desks of the others: who looks, at what, under which name.
OTHER_DESKS = (
    ("1003", "/dispatch?pool=returns", "dispatch"),
    ("1002", "/board", "board"),
    ("1019", "/figures", "figures"),
)
DISPATCHER, FIRST_TICKET = "1003", "main table a[href*='/tickets/']"
# One of the demo city: she has an open ticket, and has called before.
DIALLED, CALLER = "12315", "15413221632"
NOTE = "来电催问上次反映的会员卡退款。已告知办理进度，并说明需保留合同和付款记录。"
START_SECONDS = 300
PATIENCE_MS = 20_000
TALK_MS = 8_000
QUIET_BROWSER = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--hide-scrollbars",
)


def main(folder: Path) -> int:
    """Tell the story once, taking a picture at each step."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("Chromium is needed: apt install chromium fonts-noto-cjk")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with demonstration() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET_BROWSER))
        try:
            tell(browser, address=address, folder=folder)
            look_around(browser, address=address, folder=folder)
        finally:
            browser.close()
    return 0


def tell(browser: Browser, *, address: str, folder: Path) -> None:
    """One call, from the sign-in page to the wrap-up."""
    desk = new_page(browser)
    desk.goto(f"{address}/sign-in?as={AGENT}")
    settle(desk)
    take(desk, folder / "sign-in.png")
    sign_in(desk, address=address, work_number=AGENT)
    desk.wait_for_url("**/desk")
    expect(desk.get_by_test_id("answer")).to_be_visible(timeout=PATIENCE_MS)
    desk.mouse.click(SIZE["width"] / 2, SIZE["height"] / 2)  # a page may ring once it was touched
    settle(desk)
    take(desk, folder / "desk-ready.png")

    panel = new_page(browser)
    sign_in(panel, address=address, work_number=MANAGER)
    panel.goto(f"{address}/simulator")
    place_call(panel, picture=folder / "simulator.png")

    desk.bring_to_front()
    answer = desk.get_by_test_id("answer")
    expect(answer).to_be_enabled(timeout=PATIENCE_MS)
    settle(desk)
    take(desk, folder / "desk-ringing.png")
    answer.click()
    hang_up = desk.get_by_test_id("hang-up")
    expect(hang_up).to_be_enabled(timeout=PATIENCE_MS)
    write_note(desk)
    desk.wait_for_timeout(TALK_MS)
    take(desk, folder / "desk-talking.png")
    hang_up.click()
    expect(desk.get_by_test_id("wrap-up")).to_be_visible(timeout=PATIENCE_MS)
    settle(desk)
    take(desk, folder / "desk-wrap-up.png")


def look_around(browser: Browser, *, address: str, folder: Path) -> None:
    """Take the pages where others begin, and one ticket."""
    for work_number, path, name in OTHER_DESKS:
        page = new_page(browser)
        sign_in(page, address=address, work_number=work_number)
        page.goto(f"{address}{path}")
        settle(page)
        take(page, folder / f"{name}.png")
        page.context.close()
    page = new_page(browser)
    sign_in(page, address=address, work_number=DISPATCHER)
    page.goto(f"{address}/tickets")
    page.locator(FIRST_TICKET).first.click()
    settle(page)
    take(page, folder / "ticket.png")


def write_note(desk: Page) -> None:
    """Fill the record as an agent would, and let the draft be saved."""
    desk.get_by_test_id("tab-record").click()
    desk.locator("#record-category").fill("预付")
    desk.keyboard.press("Enter")
    desk.locator("input[name='record-result'][value='answered']").check()
    desk.locator("#record-note").fill(NOTE)
    settle(desk)


def place_call(panel: Page, *, picture: Path) -> None:
    """Place one call from the simulator's panel."""
    panel.locator("[name=dialled]").select_option(DIALLED)
    panel.locator("[name=from_number]").fill(CALLER)
    settle(panel)
    take(panel, picture)
    panel.locator("[name=from_number]").press("Enter")


def sign_in(page: Page, *, address: str, work_number: str) -> None:
    """Sign in through the page."""
    page.goto(f"{address}/sign-in")
    page.locator("#work_number").fill(work_number)
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def new_page(browser: Browser) -> Page:
    """Open a window of the size that most seats have, for a person of its own."""
    context = browser.new_context(viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai")
    return context.new_page()


def take(page: Page, file: Path) -> None:
    """Take one picture and say so."""
    page.screenshot(path=str(file))
    print(f"  {file.name}")


def settle(page: Page) -> None:
    """Let fonts load and movements end."""
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(1500)


@contextmanager
def demonstration() -> Iterator[str]:
    """Run a demonstration on data of its own; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="hotline-pictures-") as instance:
        environment = {
            **os.environ,
            "PORT": str(port),
            "INSTANCE_DIR": instance,
            "EXCHANGES": "sim=simulator://quiet",
            "RING_SECONDS": "60",
        }
        command = [sys.executable, "-m", "scripts.run"]
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            wait_for_start(running)
            yield f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=30)


def wait_for_start(running: "subprocess.Popen[str]") -> None:
    """Read what it prints until the line that ends a good start."""
    if running.stdout is None:
        raise SystemExit("its output cannot be read")
    until = time.monotonic() + START_SECONDS
    for line in running.stdout:
        if "Ctrl-C" in line:
            return
        if time.monotonic() > until:
            break
    raise SystemExit("the demonstration did not start; try `make run` by hand")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))
