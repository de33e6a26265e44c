"""A caller in the browser: chosen on the card, found on the list, seen on his page."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHE_HAS_AN_OPEN_TICKET = "15413221632"
SHOTS = os.environ.get("CALLER_SHOTS")


def shot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at them."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page="page" in name)


def test_a_caller_is_seen_in_the_pop_and_on_a_page_of_his_own(
    open_page: Callable[..., Page], place_call: Callable[..., None], complaints: list[str]
) -> None:
    desk = open_page("1006")
    desk.wait_for_url("**/desk")
    place_call("12315", SHE_HAS_AN_OPEN_TICKET)
    expect(desk.get_by_test_id("caller-number")).to_have_text("154****1632")
    expect(desk.get_by_test_id("pop-missing")).to_have_count(0)
    expect(desk.get_by_test_id("caller-place")).to_have_text("中国移动")
    shot(desk, "desk-ringing-1366")
    desk.get_by_test_id("answer").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")

    address = desk.get_by_test_id("caller-page").get_attribute("href")
    assert address
    page = open_page("1001", address)
    expect(page.get_by_text("154****1632").first).to_be_visible()
    shot(page, "page-caller-zh")
    page.get_by_role("heading", name="修改资料").click()
    page.locator("#person-name").fill("李" * 65)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#person-name-error")).to_contain_text("64")
    expect(page.locator("#person-name")).to_have_value("李" * 65)
    page.goto(page.url.split("/callers")[0] + "/callers")
    page.locator("#text").fill("1632")
    page.get_by_role("button", name="查找").click()
    expect(page.locator(f"a[href='{address}']")).to_be_visible()
    assert "1632" not in page.url
    shot(page, "page-callers-zh")
    desk.set_viewport_size({"width": 1920, "height": 1080})
    shot(desk, "desk-talking-1920")
    desk.get_by_test_id("hang-up").click()
    assert [each for each in complaints if "422" not in each] == []


def test_the_pages_speak_english_too(open_page: Callable[..., Page]) -> None:
    page = open_page("1001", "/callers", locale="en-US")

    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Callers")
    shot(page, "page-callers-en")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Merge", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 1920, "height": 1080})
    shot(page, "page-caller-en")
    page.get_by_role("button", name="中文").click()  # this person's language, for the next test
    expect(page.get_by_role("heading", name="合并", exact=True)).to_be_visible()
