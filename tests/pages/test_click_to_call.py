"""A number is called from where it stands: beside the last call, and on a plain page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import finish, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CALLER, SHOWN = "15400000031", "154****0031"


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    return make_ready(page)


def test_a_number_on_a_plain_page_is_called_at_the_readers_own_desk(
    desk: Page, place_call: Callable[..., None]
) -> None:
    place_call("12315", CALLER)
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    beside = desk.get_by_test_id("call-number").first
    expect(beside).to_have_attribute("aria-label", f"呼叫 {SHOWN}")
    expect(beside).to_have_attribute("aria-disabled", "true")
    beside.focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("message")).to_contain_text("请先结束当前通话和整理")
    desk.evaluate("() => document.activeElement.blur()")
    finish(desk)

    calls = desk.context.new_page()
    calls.goto(desk.url.replace("/desk", "/calls"))
    assert CALLER not in calls.content()
    calls.get_by_role("button", name=f"呼叫 {SHOWN}").first.click()

    expect(calls.get_by_text("先接通本席话机")).to_be_visible()
    assert calls.url.endswith("/calls")
    expect(desk.get_by_test_id("caller-number")).to_have_text(SHOWN)
    expect(desk.get_by_test_id("bar-state")).not_to_have_attribute("data-state", "ready")
    desk.bring_to_front()
    expect(desk.get_by_test_id("hang-up")).to_have_attribute("aria-disabled", "false")
