"""A day at the desk by keyboard alone: signed in, answered, written, handed on, remapped.

Not one mouse event, and the focus is seen after every key: never lost, never hidden, always marked.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.service import DEMO_PASSWORD
from tests.pages.hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 15_000
SETTLED = re.compile("^(ready|not_ready|missed)$")


@pytest.fixture
def hands(browser: Browser, address: str, complaints: list[str]) -> Iterator[Hands]:
    """Sit down before a browser in which nobody is signed in."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hands = Hands(page)
    hands.open(f"{address}/sign-in")
    yield hands
    context.close()


def state_is(page: Page, state: str) -> None:
    expect(page.get_by_test_id("bar-state")).to_have_attribute("data-state", state)


def sign_in(hands: Hands) -> Page:
    """Sign in from the top of the page, and reach the desk."""
    page = hands.page
    hands.tab_to(page.locator("#work_number"))
    hands.write("1006")
    hands.press("Tab")
    hands.write(DEMO_PASSWORD)
    hands.leave_by("Enter", "**/desk")
    expect(page.get_by_test_id("bar-state")).to_be_visible()
    return page


def take_call(hands: Hands, place_call: Callable[..., None], dialled: str, number: str) -> None:
    """Let somebody call, hear it ring without the focus moving, and answer by the key."""
    page = hands.page
    place_call(dialled, number)
    expect(page.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    hands.look("a call rings")
    hands.press("Control+Shift+A")
    state_is(page, "talking")


def go_ready(hands: Hands) -> None:
    """Go ready by the button in the bar, where the desk is not ready already."""
    page = hands.page
    expect(page.get_by_test_id("bar-state")).to_have_attribute("data-state", SETTLED)
    hands.press("Tab")
    if page.get_by_test_id("go-ready").count():
        hands.tab_to(page.get_by_test_id("go-ready"))
        hands.press("Enter")
    state_is(page, "ready")
    hands.look("ready")


def finish(hands: Hands, code: str = "1") -> None:
    """Hang up and close the wrap-up by its keys."""
    hands.press("Control+Shift+1")
    expect(hands.page.get_by_test_id("wrap-up")).to_be_visible()
    hands.press(code, "Alt+n")
    expect(hands.page.get_by_test_id("wrap-up")).to_have_count(0)
    hands.look("the wrap-up is finished")


def test_a_call_from_signing_in_to_the_next_state(
    hands: Hands, place_call: Callable[..., None], complaints: list[str]
) -> None:
    page = sign_in(hands)
    go_ready(hands)
    hands.press("Control+Shift+S")
    hands.choose(page.get_by_test_id("not-ready"), "培训")
    state_is(page, "not_ready")
    expect(page.get_by_test_id("bar-state")).to_contain_text("培训")
    hands.tab_to(page.get_by_test_id("go-ready"), back=True)
    hands.press("Enter")
    state_is(page, "ready")
    hands.look("ready again")

    take_call(hands, place_call, "12315", "15413221632")
    hands.press("F2")
    expect(page.locator("#record-category")).to_be_focused()
    hands.write("yfk")
    hands.press("Enter")
    hands.tab_to(page.locator("[name=record-result]").first)
    hands.press("ArrowDown", "ArrowUp")
    hands.tab_to(page.locator("#record-note"))
    hands.write("已告知办理进度。")
    hands.press("Control+Enter")
    expect(page.get_by_test_id("saved")).to_be_visible()
    hands.look("the record is saved")

    hands.press("Control+Shift+1")
    expect(page.get_by_test_id("wrap-up")).to_be_visible()
    hands.press("2")
    hands.tab_to(page.locator("[role=radio][aria-checked=true]"), back=True)
    hands.press("ArrowLeft")
    expect(page.get_by_test_id("wrap-up").get_by_role("radio").first).to_be_checked()
    hands.press("Control+Shift+S")
    hands.choose(page.get_by_test_id("wrap-up-next"), "培训")
    hands.press("Alt+n")
    expect(page.get_by_test_id("wrap-up")).to_have_count(0)
    state_is(page, "not_ready")
    expect(page.get_by_test_id("bar-state")).to_contain_text("培训")
    hands.look("the wrap-up is finished")
    assert complaints == []


def test_a_ticket_with_its_place_and_a_mistake_mended(
    hands: Hands, place_call: Callable[..., None], complaints: list[str]
) -> None:
    page = sign_in(hands)
    go_ready(hands)
    take_call(hands, place_call, "12345", "15400000051")

    hands.press("F3")
    expect(page.locator("#ticket-content")).to_be_focused()
    hands.write("沿江路三盏路灯坏了，晚上看不清路")
    hands.press("Control+Enter")
    expect(page.get_by_test_id("form-message")).to_be_visible()
    hands.look("the ticket is refused")
    expect(page.locator("#ticket-content")).to_be_focused()
    hands.tab_to(page.locator("#ticket-category"), back=True)
    hands.write("ludeng")
    hands.press("ArrowDown", "ArrowUp", "Enter")
    for field, words in (
        ("demand", "尽快修好"), ("occurred", "一周前起"), ("respondent", "路灯管理所"),
    ):  # fmt: skip
        hands.tab_to(page.locator(f"#ticket-{field}"))
        hands.write(words)
    hands.tab_to(page.locator("#ticket-county"))
    hands.choose(page.locator("#ticket-county"), "龙川")
    hands.tab_to(page.locator("#ticket-address"))
    hands.write("沿江路")
    hands.press("Control+Enter")
    expect(page.get_by_test_id("saved")).to_contain_text("HY")
    hands.look("the ticket is saved")

    finish(hands)
    state_is(page, "ready")
    assert complaints == []


def test_a_caller_is_handed_over_from_the_directory(
    hands: Hands, place_call: Callable[..., None], complaints: list[str]
) -> None:
    page = sign_in(hands)
    go_ready(hands)
    take_call(hands, place_call, "12345", "15400000052")
    hands.press("F2")

    hands.press("Control+Shift+X")
    search = page.get_by_test_id("directory-search")
    expect(search).to_be_focused()
    hands.press("ArrowDown", "ArrowDown", "ArrowUp", "Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#record-category")).to_be_focused()
    hands.press("Control+Shift+X")
    hands.write("供水")
    chosen = page.locator("#directory-rows [aria-selected=true]")
    expect(chosen).to_contain_text("水")
    hands.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    hands.look("handing over")
    expect(page.get_by_test_id("wrap-up")).to_be_visible()
    hands.press("Control+Shift+1", "Alt+n")
    expect(page.get_by_test_id("wrap-up")).to_have_count(0)
    hands.look("the wrap-up is finished")
    assert complaints == []


def test_a_missed_caller_is_taken_and_given_back_and_the_list_gives_the_focus_back(
    hands: Hands, place_call: Callable[..., None], hang_up: Callable[[], None]
) -> None:
    page = sign_in(hands)
    go_ready(hands)
    hands.press("Control+Shift+S")
    hands.choose(page.get_by_test_id("not-ready"), "培训")
    place_call("12345", "15400000053")
    hang_up()

    hands.tab_to(page.get_by_test_id("open-call-backs"))
    hands.press("Enter")
    row = page.locator("dialog[open] tbody tr").filter(has_text="0053")
    expect(row).to_be_visible()
    hands.tab_to(row.get_by_role("button", name="认领"))
    hands.press("Enter")
    expect(row).to_contain_text("认领 剩")
    hands.look("taken")
    hands.tab_to(row.get_by_role("button", name="放回"))
    hands.press("Enter")
    hands.look("given back")
    hands.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.get_by_test_id("open-call-backs")).to_be_focused()


def test_every_key_is_listed_and_one_is_remapped(hands: Hands) -> None:
    page = sign_in(hands)
    hands.press("Tab", "?")
    expect(page.locator("dialog[open]")).to_be_visible()
    hands.look("the list of keys is open")
    hands.tab_to(page.get_by_test_id("key-figures"))
    hands.press("Enter")
    expect(page.get_by_test_id("key-catcher")).to_be_focused()
    hands.press("Control+Shift+M")
    expect(page.get_by_test_id("key-trouble")).to_be_visible()
    hands.press("Control+Alt+J")
    expect(page.get_by_test_id("key-figures")).to_have_text("Ctrl+Alt+J")
    expect(page.get_by_test_id("key-figures")).to_be_focused()
    hands.press("Escape", "Control+Alt+J")
    expect(page.get_by_test_id("figures")).to_be_visible()
    hands.look("the figures are open")
    hands.press("Escape", "?")
    hands.tab_to(page.get_by_test_id("keys-reset"))
    hands.press("Enter")
    expect(page.get_by_test_id("key-figures")).to_have_text("Ctrl+Shift+G")
    hands.look("the city's keys again")
    hands.press("Escape")
    hands.look("the list of keys is closed")


def test_the_menu_of_the_bar_opens_the_sound_and_has_the_focus_again(hands: Hands) -> None:
    page = sign_in(hands)
    menu = page.locator("details.bar-menu summary")
    hands.press("Tab")
    hands.tab_to(menu)
    hands.press("Enter")
    hands.tab_to(page.get_by_test_id("open-sound"))
    hands.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    hands.look("the sound is open")
    hands.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(menu).to_be_focused()
    hands.press("Enter", "Tab", "Escape")
    expect(menu).to_be_focused()
