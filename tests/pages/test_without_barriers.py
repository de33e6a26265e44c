"""No barriers (WCAG 2.2 AA) on the main pages and in the states of the desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.axe import barriers
from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [
    ("1001", "/administration/exclusions"),
    ("1001", "/administration/exclusions/X5"),
    ("1001", "/calls"),
    ("1006", "/tickets"),
    ("1006", "/knowledge"),
    ("1006", "/account"),
    ("1001", "/numbers"),
    ("1001", "/simulator"),
]


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    page.emulate_media(reduced_motion="reduce")  # a colour half way to another is not looked at
    return make_ready(page)


@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda given: given)
def test_a_page_has_no_barrier(open_page: Callable[..., Page], who: str, path: str) -> None:
    assert barriers(open_page(who, path)) == []


def test_the_sign_in_page_has_no_barrier(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("1006", "/account")
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")

    assert barriers(page) == []


def test_the_desk_has_no_barrier_from_the_ring_to_the_wrap_up(
    desk: Page, place_call: Callable[..., None]
) -> None:
    found = {"ready": barriers(desk)}
    place_call("12315", "15413221632")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    found["ringing"] = barriers(desk)
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    found["talking"] = barriers(desk)
    desk.keyboard.press("Control+Shift+H")
    expect(desk.get_by_test_id("hold")).to_have_attribute("aria-pressed", "true")
    found["held"] = barriers(desk)
    desk.keyboard.press("Control+Shift+H")
    expect(desk.get_by_test_id("hold")).to_have_attribute("aria-pressed", "false")
    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    found["wrap-up"] = barriers(desk)
    desk.keyboard.press("1")
    desk.keyboard.press("Alt+n")
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)

    faults = [f"{state}: {fault}" for state, some in found.items() for fault in some]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "key", ["?", "Control+Shift+O", "Control+Shift+B", "Control+Shift+U", "Control+Shift+G",
            "Control+Shift+V"],
)  # fmt: skip
def test_what_opens_over_the_desk_has_no_barrier(desk: Page, key: str) -> None:
    desk.keyboard.press(key)
    expect(desk.locator("dialog[open]")).to_be_visible()

    assert barriers(desk) == []

    desk.keyboard.press("Escape")
    expect(desk.locator("dialog[open]")).to_have_count(0)


def test_an_agent_who_is_not_ready_meets_no_barrier(desk: Page) -> None:
    desk.get_by_test_id("not-ready").select_option("meal")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "not_ready")
    found = barriers(desk)
    desk.get_by_test_id("go-ready").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    assert found == []
