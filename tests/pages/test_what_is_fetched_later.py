"""What the desk fetches only when it already works: it is there in a cut, or the page says so."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DIALOGS_ARE_HERE = """() => performance.getEntriesByType('resource')
  .some((one) => one.name.includes('DeskDialogs') && one.responseEnd > 0)"""
SECOND_LANGUAGE_IS_HERE = """() => performance.getEntriesByType('resource')
  .some((one) => /assets.en-/.test(one.name))"""


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    return make_ready(page)


def test_every_window_of_the_desk_opens_while_the_server_is_away(desk: Page) -> None:
    desk.wait_for_function(DIALOGS_ARE_HERE)
    desk.context.set_offline(True)

    for key, title in {"?": "快捷键", "Control+Shift+O": "外呼", "Control+Shift+V": ""}.items():
        desk.keyboard.press(key)
        window = desk.locator("dialog[open]")
        expect(window).to_be_visible()
        expect(window.locator("h2").first).to_contain_text(title)
        desk.keyboard.press("Escape")
        expect(window).to_have_count(0)


def test_a_cut_while_the_language_changes_leaves_the_old_one_and_says_why(desk: Page) -> None:
    assert not desk.evaluate(SECOND_LANGUAGE_IS_HERE), "nobody has asked for it"
    desk.context.set_offline(True)

    change = desk.get_by_role("button", name="English")
    change.click()

    expect(desk.get_by_test_id("message")).to_contain_text("服务器暂时没有回应")
    expect(desk.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(desk.get_by_test_id("call_out")).to_contain_text("外呼")

    desk.context.set_offline(False)
    change.click()

    expect(desk.get_by_test_id("call_out")).to_contain_text("Call out")
    expect(desk.locator("html")).to_have_attribute("lang", "en")
    desk.get_by_role("button", name="中文").click()
    expect(desk.get_by_test_id("call_out")).to_contain_text("外呼")
