"""The forms in a browser: keys counted, places found, a double click, too much text."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import let_go, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEY_SECONDS = 0.28
"""A key press of an average typist (Card, Moran and Newell's keystroke-level model)."""
THOUGHT_SECONDS = 1.35
"""The model's pause for thought before each act."""
LONGEST_AFTER_HANG_UP = 30

COUNT_KEYS = """() => {
  window.pressed = [];
  window.addEventListener('keydown', (event) => window.pressed.push(event.key), true);
}"""


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready, with every key counted."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    make_ready(page)
    page.evaluate(COUNT_KEYS)
    return page


def take(desk: Page, place_call: Callable[..., None], dialled: str, number: str) -> None:
    """Let a call come and answer it."""
    place_call(dialled, number)
    desk.get_by_test_id("answer").click()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")


def close(desk: Page) -> None:
    """End the call and its wrap-up, so that the next test finds the desk ready."""
    desk.get_by_test_id("hang-up").click()
    desk.get_by_test_id("wrap-up").locator("[role=radio]").first.click()
    desk.get_by_test_id("finish").click()
    let_go(desk)
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")


def pressed(desk: Page) -> list[str]:
    """Return the keys since the last question, modifiers counted like any other."""
    keys: list[str] = desk.evaluate("() => window.pressed.splice(0)")
    return keys


def fill_ticket(desk: Page, content: str) -> None:
    """Fill what a complaint needs."""
    desk.keyboard.press("F3")
    desk.locator("#ticket-content").fill(content)
    desk.locator("#ticket-demand").fill("尽快修好")
    desk.locator("#ticket-occurred").fill("一周前起")
    desk.locator("#ticket-respondent").fill("路灯管理所")
    desk.locator("#ticket-category").press_sequentially("ludeng")
    desk.locator("#ticket-category").press("Enter")
    desk.locator("#ticket-county").select_option("441622")


def test_a_record_takes_at_most_six_keys_when_the_suggestion_fits(
    desk: Page, place_call: Callable[..., None]
) -> None:
    take(desk, place_call, "12315", "15400000011")
    title = desk.get_by_test_id("suggestion").first.locator("strong").inner_text()
    pressed(desk)

    desk.keyboard.press("Alt+1")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_test_id("saved")).to_be_visible()

    keys = pressed(desk)
    assert len(keys) <= 6, keys
    expect(desk.locator("#record-article")).to_contain_text(title)
    assert desk.locator("#record-category").get_attribute("placeholder") != ""
    close(desk)


@pytest.mark.parametrize("typed", ["yfk", "yufuka", "充值卡"])
def test_a_category_is_found_by_initials_by_whole_pinyin_and_by_keyword(
    desk: Page, place_call: Callable[..., None], typed: str
) -> None:
    take(desk, place_call, "12315", "15400000012")

    desk.keyboard.press("F2")
    desk.locator("#record-category").press_sequentially(typed)
    desk.keyboard.press("Enter")

    shown = desk.locator("#record-category")
    expect(shown).to_have_attribute("placeholder", re.compile("^0602 "))
    close(desk)


def test_a_ticket_is_finished_within_thirty_seconds_of_the_hang_up(
    desk: Page, place_call: Callable[..., None]
) -> None:
    take(desk, place_call, "12345", "15400000013")
    fill_ticket(desk, "沿江路三盏路灯坏了。已经一周没有人修")
    expect(desk.locator("#ticket-title")).to_have_value("沿江路三盏路灯坏了")
    pressed(desk)
    began = time.monotonic()

    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    acts = ["Control+Enter", "2", "Control+Shift+N"]
    desk.keyboard.press(acts[0])
    expect(desk.get_by_test_id("saved")).to_contain_text("HY")
    desk.locator("body").focus()
    desk.evaluate("() => document.activeElement.blur()")
    desk.keyboard.press(acts[1])
    desk.keyboard.press(acts[2])
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    waited = time.monotonic() - began
    keys = pressed(desk)[3:]  # without the chord that hung up
    typed = len(keys) * KEY_SECONDS + len(acts) * THOUGHT_SECONDS
    assert len(keys) <= 6, keys
    assert typed + waited <= LONGEST_AFTER_HANG_UP, (typed, waited)


def test_two_towns_of_one_name_are_told_apart_and_a_place_written_once_is_offered_again(
    desk: Page, place_call: Callable[..., None]
) -> None:
    take(desk, place_call, "12345", "15400000014")
    fill_ticket(desk, "上坪的路面塌陷")
    desk.locator("#ticket-address").fill("上坪")
    offered = desk.get_by_test_id("known-place")
    expect(offered.filter(has_text="连平县 上坪镇").first).to_be_visible()
    offered.filter(has_text="龙川县 上坪镇").first.click()
    expect(desk.locator("#ticket-county")).to_have_value("441622")
    expect(desk.locator("#ticket-town")).to_have_value("441622127")
    desk.locator("#ticket-address").fill("新圩街 77 号")
    desk.get_by_test_id("save-ticket").click()
    expect(desk.get_by_test_id("saved")).to_contain_text("HY")
    close(desk)

    take(desk, place_call, "12345", "15400000015")
    desk.keyboard.press("F3")
    desk.locator("#ticket-address").fill("新圩")
    desk.get_by_test_id("known-place").filter(has_text="新圩街 77 号").click()
    expect(desk.locator("#ticket-town")).to_have_value("441622127")
    expect(desk.locator("#ticket-address")).to_have_value("新圩街 77 号")
    close(desk)


def test_a_double_click_opens_one_ticket_and_the_next_call_about_it_opens_none(
    desk: Page, place_call: Callable[..., None]
) -> None:
    take(desk, place_call, "12345", "15400000016")
    fill_ticket(desk, "文明路井盖松动")
    desk.get_by_test_id("save-ticket").dblclick()
    expect(desk.get_by_test_id("saved")).to_contain_text("HY")
    number = desk.get_by_test_id("saved").inner_text().split("HY")[1][:15]
    close(desk)

    take(desk, place_call, "12345", "15400000016")
    fill_ticket(desk, "文明路井盖还是松动")
    alike = desk.get_by_test_id("alike-ticket")
    expect(alike).to_have_count(1)
    expect(alike).to_contain_text(number)
    alike.get_by_role("button").click()
    expect(desk.get_by_test_id("saved")).to_contain_text(number)
    close(desk)


def test_a_hundred_thousand_characters_stay_and_are_told_beside_their_field(
    desk: Page, place_call: Callable[..., None], complaints: list[str]
) -> None:
    take(desk, place_call, "12345", "15400000017")
    huge = "字" * 100_000
    desk.locator("#record-note").fill(huge)
    desk.locator("#record-note").press("Control+Enter")

    expect(desk.locator("#record-note-error")).to_contain_text("95,000")
    expect(desk.get_by_test_id("draft-note")).to_contain_text("草稿已存", timeout=20_000)
    desk.reload()
    expect(desk.locator("#record-note")).to_have_value(huge)
    desk.locator("#record-note").fill("已告知")
    expect(desk.locator("#record-note-error")).to_have_count(0)
    close(desk)
    assert complaints == []
