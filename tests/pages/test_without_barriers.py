"""No barriers (WCAG 2.2 AA) on the main pages and in the states of the desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.axe import barriers
from tests.pages.deaf_page import listen_through
from tests.pages.seats import finish, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = [
    ("1001", "/administration/exclusions"),
    ("1001", "/administration/exclusions/X5"),
    ("1001", "/administration/categories/0205"),
    ("1001", "/administration/request-types"),
    ("1001", "/administration/request-types/lianping-2023/in/guangdong-2025"),
    ("1001", "/administration/new-place"),
    ("1001", "/administration/places"),
    ("1001", "/calls"),
    ("1006", "/tickets"),
    ("1006", "/knowledge"),
    ("1006", "/account"),
    ("1001", "/numbers"),
    ("1001", "/simulator"),
    ("1001", "/board"),
    ("1001", "/outages"),
]


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    page.emulate_media(reduced_motion="reduce")  # a colour half way to another is not looked at
    return make_ready(page)


TURN = """async (theme) => {
  document.documentElement.dataset.bsTheme = theme;
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const turning = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(turning.map((one) => one.finished));
}"""
"""Turns the colours, and waits until none is half way to another."""


def barriers_in_both(page: Page) -> dict[str, list[str]]:
    """Look at a page as it stands, by day and by night; empty where there is no barrier."""
    page.emulate_media(reduced_motion="reduce")
    found = {}
    for theme in ("dark", "light"):
        page.evaluate(TURN, theme)
        found[theme] = barriers(page)
    return {theme: some for theme, some in found.items() if some}


@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda given: given)
def test_a_page_has_no_barrier_by_day_and_by_night(
    open_page: Callable[..., Page], who: str, path: str
) -> None:
    assert barriers_in_both(open_page(who, path)) == {}


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


def talk(desk: Page, place_call: Callable[..., None], number: str) -> None:
    """Let somebody call and answer him."""
    place_call("12315", number)
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")


def test_what_opens_in_a_call_and_both_forms_have_no_barrier(
    desk: Page, place_call: Callable[..., None]
) -> None:
    talk(desk, place_call, "15413221632")
    found = {}
    for key in ("Control+Shift+Y", "Control+Shift+X", "Control+Shift+D"):
        desk.keyboard.press(key)
        expect(desk.locator("dialog[open]")).to_be_visible()
        found[key] = barriers(desk)
        desk.keyboard.press("Escape")
        expect(desk.locator("dialog[open]")).to_have_count(0)
    desk.keyboard.press("F3")
    expect(desk.locator("#ticket-content")).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("form-message")).to_be_visible()
    found["a ticket with errors"] = barriers(desk)
    desk.evaluate("() => document.activeElement.blur()")
    finish(desk)

    assert not any(found.values()), found


def test_the_dark_desk_has_no_barrier_in_any_state(
    desk: Page, place_call: Callable[..., None]
) -> None:
    desk.evaluate("() => localStorage.setItem('hotline-theme', 'dark')")
    desk.reload()
    make_ready(desk)
    expect(desk.locator("html")).to_have_attribute("data-bs-theme", "dark")
    found = {"ready": barriers(desk)}
    for key in ("?", "Control+Shift+O", "Control+Shift+B", "Control+Shift+G", "Control+Shift+V"):
        desk.keyboard.press(key)
        expect(desk.locator("dialog[open]")).to_be_visible()
        found[key] = barriers(desk)
        desk.keyboard.press("Escape")
        expect(desk.locator("dialog[open]")).to_have_count(0)
    place_call("12315", "15413221632")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    found["ringing"] = barriers(desk)
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    found["talking"] = barriers(desk)
    desk.keyboard.press("F3")
    found["ticket"] = barriers(desk)
    desk.evaluate("() => document.activeElement.blur()")
    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    found["wrap-up"] = barriers(desk)
    finish(desk)

    faults = [f"{state}: {fault}" for state, some in found.items() for fault in some]
    assert not faults, "\n".join(faults)


def test_a_missed_offer_has_no_barrier(desk: Page, place_call: Callable[..., None]) -> None:
    place_call("12333", "15400000061")
    state = expect(desk.get_by_test_id("bar-state"))
    state.to_have_attribute("data-state", "missed", timeout=45_000)

    assert barriers_in_both(desk) == {}


def test_a_desk_without_its_link_has_no_barrier(desk: Page) -> None:
    hearing = listen_through(desk)
    make_ready(desk)
    desk.context.set_offline(True)
    assert hearing.line is not None
    hearing.line.close()
    expect(desk.get_by_test_id("link-down")).to_be_visible()

    assert barriers_in_both(desk) == {}


def test_a_desk_that_is_worked_at_elsewhere_has_no_barrier(
    desk: Page, open_page: Callable[..., Page]
) -> None:
    tab = desk.context.new_page()
    tab.goto(desk.url)
    expect(tab.get_by_test_id("other-tab")).to_be_visible()
    found = barriers(tab)
    second = open_page("1006", "/desk")
    expect(desk.get_by_test_id("other-machine")).to_be_visible()
    found += barriers(desk)
    second.close()

    assert found == []
