"""The desk in a browser, on the simulator: one call from the pop to the next state."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHE_HAS_AN_OPEN_TICKET = "15413221632"
WIDTH, HEIGHT = 1366, 768


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    make_ready(page)
    return page


def test_a_call_is_taken_recorded_and_closed_without_the_mouse(
    desk: Page, place_call: Callable[..., None], complaints: list[str]
) -> None:
    place_call("12315", SHE_HAS_AN_OPEN_TICKET)

    expect(desk.get_by_test_id("line-number")).to_have_text("12315")
    expect(desk.get_by_test_id("greeting")).to_contain_text("12345")
    expect(desk.get_by_test_id("caller-number")).to_have_text("154****1632")
    assert is_in_sight(desk.get_by_test_id("answer"))
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")

    desk.keyboard.press("F2")
    desk.locator("#record-category").press_sequentially("yfk")
    desk.keyboard.press("Enter")
    desk.locator("input[name='record-result'][value='answered']").check()
    desk.locator("#record-note").fill("已告知办理进度。")
    for part in ("hang-up", "line-number", "greeting", "caller-number", "save-record", "search"):
        assert is_in_sight(desk.get_by_test_id(part)), part
    assert desk.evaluate("document.documentElement.scrollHeight") <= HEIGHT
    desk.get_by_test_id("save-record").press("Enter")
    expect(desk.get_by_test_id("saved")).to_be_visible()

    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    expect(desk.locator("audio")).to_have_count(1)
    desk.keyboard.press("1")
    desk.keyboard.press("Control+Shift+N")
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")
    assert complaints == []


def test_a_reload_in_mid_call_loses_neither_the_call_nor_what_was_typed(
    desk: Page, place_call: Callable[..., None]
) -> None:
    place_call("12333", "15400000001")
    desk.get_by_test_id("answer").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    desk.locator("#record-note").fill("社保卡丢失，问补办地点。")
    expect(desk.get_by_test_id("draft-note")).to_contain_text("草稿已存")

    desk.reload()

    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    expect(desk.get_by_test_id("line-number")).to_have_text("12333")
    expect(desk.locator("#record-note")).to_have_value("社保卡丢失，问补办地点。")
    desk.get_by_test_id("hang-up").click()
    desk.get_by_test_id("wrap-up").locator("[role=radio]").first.click()
    desk.get_by_test_id("finish").click()
    desk.get_by_test_id("leave-draft").click()
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)


def is_in_sight(part: Locator) -> bool:
    """Say whether all of it stands inside the window, without scrolling."""
    box = part.bounding_box()
    return (
        box is not None
        and box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= WIDTH
        and box["y"] + box["height"] <= HEIGHT
    )
