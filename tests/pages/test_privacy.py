"""Personal data in the browser: covered, uncovered for a time, under a watermark, on record."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("PRIVACY_SHOTS")


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at them."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_a_ticket_is_uncovered_with_a_reason_and_covered_again(
    open_page: Callable[..., Page], complaints: list[str]
) -> None:
    page = open_page("1001", "/tickets")
    expect(page.get_by_test_id("watermark")).to_have_count(1)
    assert page.evaluate(
        "getComputedStyle(document.querySelector('.watermark')).pointerEvents"
    ) == ("none")
    shot(page, "list-zh")
    page.locator("td a[href*='/tickets/']").first.click()
    shot(page, "ticket-covered-zh")
    page.get_by_test_id("unmask").locator("summary").click()
    page.locator("#unmask-reason_code").select_option("call_back")
    page.locator("#unmask-reason").fill("核实地址")
    page.get_by_test_id("unmask").locator("button[type=submit]").click()
    expect(page.get_by_test_id("unmasked")).to_contain_text("分钟")
    shot(page, "ticket-open-zh")
    page.get_by_test_id("unmasked").locator("button").click()
    expect(page.get_by_test_id("unmask")).to_be_visible()
    number = page.url.rsplit("/", 1)[1]
    page.goto(page.url.split("/tickets")[0] + "/misuse")
    shot(page, "misuse-empty-zh")
    page.goto(page.url.split("/misuse")[0] + f"/tickets/{number}/views")
    expect(page.get_by_text("核实地址")).to_be_visible()
    shot(page, "views-zh")
    assert complaints == []
