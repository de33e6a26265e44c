"""The desk in a real browser, worked as an agent works it."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, TimeoutError, expect

from app.accounts.service import DEMO_PASSWORD

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--ignore-certificate-errors",
]


@contextmanager
def chromium(
    playwright: Playwright,
    *,
    voice: Path,
    program: Path | None = None,
    flags: Sequence[str] = (),
) -> Iterator[Browser]:
    """Start a browser whose microphone says `voice` over and over."""
    browser = playwright.chromium.launch(
        executable_path=str(program or "/usr/bin/chromium"),
        args=[*FLAGS, f"--use-file-for-fake-audio-capture={voice}", *flags],
    )
    try:
        yield browser
    finally:
        browser.close()


class Desk:
    """One agent's page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self, work_number: str) -> None:
        """Sign in through the page and go to the desk."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.fill("[name=work_number]", work_number)
        self.page.fill("[name=password]", DEMO_PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/desk")
        self.wait_for("link === 'up'")

    def ask(self, script: str) -> Any:
        """Ask the page's probe."""
        return self.page.evaluate(f"() => {{ const d = window.hotlineDesk; return {script}; }}")

    def wait_for(self, condition: str, *, seconds: float = 10) -> None:
        """Wait until a condition on the probe `d` holds; a picture tells why it did not."""
        try:
            self.page.wait_for_function(
                f"() => {{ const d = window.hotlineDesk; if (!d) return false;"
                f" const s = d.state(); const p = d.phone(); const link = d.link();"
                f" return s !== null && ({condition}); }}",
                timeout=seconds * 1000,
                polling=50,
            )
        except TimeoutError as late:
            picture = Path(tempfile.gettempdir()) / "desk-when-it-failed.png"
            self.page.screenshot(path=picture, timeout=2000)
            seen = self.ask("({phone: d.phone(), link: d.link(), state: d.state()?.presence})")
            raise AssertionError(f"not so: {condition}; {seen}; see {picture}") from late

    def wait_for_phone(self) -> None:
        """Wait until the page's phone is registered."""
        self.wait_for("p.registered")

    def wait_until_talking(self, *, seconds: float = 10) -> None:
        """Wait until the server says talking and sound arrives."""
        self.wait_for(
            "s.presence.state === 'talking' && s.call && s.call.state === 'talking' && p.talking",
            seconds=seconds,
        )

    @property
    def call_id(self) -> int:
        """Which call is on the desk."""
        return int(self.ask("d.state().call.call_id"))

    def sees(self, text: str) -> None:
        """Fail unless the page shows this text."""
        expect(self.page.get_by_text(text).first).to_be_visible()
