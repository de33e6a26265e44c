"""What a desk does when its session ends, or when only the others end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.accounts.service import DEMO_PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = "Bridge-7-over-water"


def test_a_sign_out_in_another_tab_shows_at_the_desk(open_page: Callable[..., Page]) -> None:
    desk = open_page("1007")
    desk.wait_for_url("**/desk")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    other = desk.context.new_page()
    other.goto(desk.url.replace("/desk", "/account"))
    other.locator("form[action$='/sign-out'] button").click()

    expect(desk.get_by_test_id("signed-out")).to_be_visible()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "signed_out")


def test_a_password_changed_in_this_browser_leaves_its_own_desk_working(
    open_page: Callable[..., Page],
) -> None:
    desk = open_page("1008")
    desk.wait_for_url("**/desk")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    other = desk.context.new_page()
    other.goto(desk.url.replace("/desk", "/account/password"))
    other.fill("[name=present_password]", DEMO_PASSWORD)
    other.fill("[name=new_password]", NEW)
    other.fill("[name=repeated]", NEW)
    other.press("[name=repeated]", "Enter")
    other.wait_for_url("**/account")

    expect(desk.get_by_test_id("signed-out")).to_have_count(0)
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")
