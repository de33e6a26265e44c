"""The desk as its agent gets it: how much is fetched, and how soon it can be worked with, cold."""

import gzip
import json
import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from app.accounts.service import DEMO_PASSWORD
from tests.bench import postgres
from tests.bench.rows import Row, at_most
from tests.services.demo_city import copy_demo_city
from tests.services.serving import serving

BUILT = Path(__file__).resolve().parents[2] / "app" / "static" / "built"
GOAL_KB = 250
GOAL_SECONDS = 1.5
TIMES = 5
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
# The moment at which the state of the agent, with its buttons, stands on the page.
NOTE_WHEN_READY = """
new MutationObserver((_changes, watching) => {
  if (document.querySelector('[data-testid="bar-state"]')) {
    window.deskReadyAt = performance.now();
    watching.disconnect();
  }
}).observe(document, { childList: true, subtree: true });
"""


def files_of_the_desk() -> set[str]:
    """Name what the desk fetches: its entry, its island, its texts, all that these import."""
    manifest: dict[str, Any] = json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    island = next(name for name in manifest if name.endswith("agent_desk/AgentDesk.vue"))
    waiting, seen, found = ["src/main.ts", island, "src/locales/zh-CN.json"], set(), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        piece = manifest[name]
        found |= {piece["file"], *piece.get("css", [])}
        waiting += piece.get("imports", [])
    return found


def kilobytes(files: set[str]) -> float:
    """Return what these files weigh on the wire, gzipped, in kilobytes of 1,000 bytes."""
    return sum(len(gzip.compress((BUILT / name).read_bytes(), 9)) for name in files) / 1000


def run(size: float, work: Path) -> list[Row]:
    """Weigh the files, then open the page in fresh browsers."""
    times = max(round(TIMES * size), 1)
    seconds = _open_cold(work, times=times)
    return [
        at_most(
            "desk: scripts and styles, gzip, without charts",
            kilobytes(files_of_the_desk()),
            "KB",
            goal=GOAL_KB,
        ),
        at_most(
            f"desk: can be worked with, cold, median of {times}",
            statistics.median(seconds),
            "s",
            goal=GOAL_SECONDS,
        ),
    ]


def _open_cold(work: Path, *, times: int) -> list[float]:
    folder = work / "desk"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **postgres.ENVIRONMENT,
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": f"sqlite:///{folder}/hotline.db",
        "INSTANCE_DIR": str(folder),
        "RUN_SWITCHBOARD": "true",
        "HOST": "127.0.0.1",
    }
    copy_demo_city(folder)
    with serving(environment, folder, name="desk") as running, sync_playwright() as driver:
        return [_once(driver, running.address) for _ in range(times)]


def _once(driver: Any, address: str) -> float:
    """Sign in, then open the desk in another window of a browser that has fetched nothing yet."""
    browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
    try:
        first = browser.new_context()
        page = first.new_page()
        page.goto(f"{address}/sign-in")
        page.fill("#work_number", "1006")
        page.fill("#password", DEMO_PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        cookies = first.cookies()
        first.close()
        cold = browser.new_context()
        cold.add_cookies(cookies)
        cold.add_init_script(NOTE_WHEN_READY)
        page = cold.new_page()
        page.goto(f"{address}/desk")
        page.wait_for_function("() => window.deskReadyAt !== undefined", timeout=30_000)
        return float(page.evaluate("() => window.deskReadyAt")) / 1000
    finally:
        browser.close()
