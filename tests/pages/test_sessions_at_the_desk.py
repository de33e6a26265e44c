"""What a desk does when its session ends, or when only the others end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.accounts.service import DEMO_PASSWORD
from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NEW = "Bridge-7-over-water"


def works(desk: Page) -> None:
    """See that the desk's requests are taken: it has the token of the session of now."""
    make_ready(desk)
    desk.get_by_test_id("not-ready").select_option("meal")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "not_ready")
    expect(desk.get_by_test_id("message")).to_have_count(0)


def test_a_sign_out_in_another_tab_shows_at_the_desk_and_a_new_sign_in_revives_it(
    open_page: Callable[..., Page],
) -> None:
    desk = open_page("1007")
    desk.wait_for_url("**/desk")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    other = desk.context.new_page()
    other.goto(desk.url.replace("/desk", "/account"))
    other.locator("form[action$='/sign-out'] button").click()

    expect(desk.get_by_test_id("signed-out")).to_be_visible()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "signed_out")

    other.wait_for_url("**/sign-in**")
    other.goto(desk.url.replace("/desk", "/sign-in?next=/account"))
    other.fill("#work_number", "1007")
    other.fill("#password", DEMO_PASSWORD)
    other.press("#password", "Enter")
    other.wait_for_url("**/account")
    expect(desk.get_by_test_id("signed-out")).to_have_count(0, timeout=30_000)
    works(desk)


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
    works(desk)
