"""An agent's seat at the beginning of a test: ready, whatever the test before it left."""

import re

from playwright.sync_api import Page, expect

SETTLED = re.compile("^(ready|not_ready|missed|wrap_up)$")


def make_ready(page: Page) -> Page:
    """Wait until the desk has settled, end the work of a call left behind, and go ready."""
    state = page.get_by_test_id("bar-state")
    expect(state).to_have_attribute("data-state", SETTLED)
    if state.get_attribute("data-state") == "wrap_up":
        page.get_by_test_id("wrap-up").get_by_role("radio").first.click()
        page.get_by_test_id("finish").click()
        let_go(page)
        expect(state).to_have_attribute("data-state", SETTLED)
    if state.get_attribute("data-state") != "ready":
        page.get_by_test_id("go-ready").click()
    expect(state).to_have_attribute("data-state", "ready")
    return page


GONE_OR_ASKED = """() => !document.querySelector('[data-testid="wrap-up"]')
  || document.querySelector('[data-testid="leave-draft"]')?.checkVisibility()"""


def let_go(desk: Page) -> None:
    """Let a finished call leave the desk; what was typed and not filed stays as a draft."""
    desk.wait_for_function(GONE_OR_ASKED)
    asked = desk.get_by_test_id("leave-draft")
    if asked.is_visible():
        asked.click()
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)


def finish(desk: Page) -> None:
    """Hang up and close the wrap-up."""
    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    desk.keyboard.press("1")
    desk.keyboard.press("Alt+n")
    let_go(desk)
