"""The shift leader's board in a browser, on the simulator: seen, acted on, and hung on the wall."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CALLER = "15413221632"


@pytest.fixture
def board(open_page: Callable[..., Page]) -> Page:
    """Give the board of the shift leader."""
    page = open_page("1001", "/board")
    expect(page.get_by_test_id("tiles")).to_be_visible()
    return page


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    make_ready(page)
    return page


def end_calls(open_page: Callable[..., Page]) -> None:
    """Let every caller hang up."""
    panel = open_page("1001", "/simulator")
    buttons = panel.locator("form[action$='/hang-up'] button")
    while buttons.count():
        buttons.first.click()
        panel.wait_for_load_state()


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("BOARD_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_a_ring_is_taken_back_and_a_state_is_set_with_a_reason(
    board: Page,
    desk: Page,
    place_call: Callable[..., None],
    open_page: Callable[..., Page],
    complaints: list[str],
) -> None:
    place_call("12315", CALLER)
    waiting = board.get_by_test_id("waiting").locator("tbody tr")
    expect(waiting).to_contain_text("154****1632")
    expect(waiting).to_contain_text("1006")
    expect(desk.get_by_test_id("line-number")).to_have_text("12315")  # he has seen it
    keep_picture(board, "ringing-zh")

    board.get_by_test_id("free").click()
    keep_picture(board, "free-zh")
    board.get_by_test_id("free-not_at_desk").click()
    expect(desk.get_by_test_id("offer-ended")).to_be_visible()
    notice = desk.get_by_test_id("notice")
    expect(notice).to_contain_text(re.compile("（1001）已收回振铃中的来电"))
    expect(notice.get_by_test_id("notice-why")).to_have_text("原因：话务员暂时离席")
    notice.get_by_test_id("notice-seen").click()
    expect(notice).to_have_count(0)
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")

    agent = board.locator("[data-agent='1006']")
    agent.get_by_test_id("force").click()
    dialog = board.get_by_test_id("force-dialog")
    dialog.get_by_test_id("force-send").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    keep_picture(board, "force-zh")
    dialog.locator("#force-why-code").select_option("briefing")
    dialog.locator("#force-why").fill("交班会，请先暂停接听")
    dialog.get_by_test_id("force-send").click()

    expect(dialog).to_be_hidden()
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "not_ready")
    expect(agent).to_contain_text("小休")
    expect(notice).to_contain_text(re.compile("（1001）已把您的状态改为“示忙 · 小休”"))
    expect(notice).to_contain_text("原因：班组会议或培训安排 · 交班会，请先暂停接听")
    desk.reload()
    expect(notice).to_contain_text("交班会，请先暂停接听")  # he has not said that he saw it
    keep_picture(desk, "notice-zh")
    notice.get_by_test_id("notice-seen").click()
    expect(notice).to_have_count(0)
    desk.reload()
    expect(desk.get_by_test_id("bar-state")).to_be_visible()
    expect(notice).to_have_count(0)
    end_calls(open_page)
    assert complaints == []


def test_each_figure_says_how_it_is_reckoned(board: Page) -> None:
    for figure in ("waiting", "longest", "connect", "in_time", "missed", "answered"):
        tile = board.locator(f"[data-figure='{figure}']")
        tile.get_by_role("button").click()
        expect(tile.get_by_role("note")).to_be_visible()
        board.keyboard.press("Escape")
        expect(tile.get_by_role("note")).to_have_count(0)


def test_the_wall_shows_sums_in_one_sight_and_no_caller(
    open_page: Callable[..., Page], place_call: Callable[..., None], complaints: list[str]
) -> None:
    place_call("12333", "15400000007")
    wall = open_page("1001", "/board?screen=big")
    expect(wall.locator("[data-figure='waiting']")).to_contain_text(re.compile("[1-9]"))
    expect(wall.get_by_test_id("curve").locator("canvas")).to_be_visible()

    assert "154****0007" not in wall.content()
    assert wall.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    keep_picture(wall, "wall-zh-light")
    wall.get_by_test_id("theme").click()
    expect(wall.locator("html")).to_have_attribute("data-bs-theme", "dark")
    wall.set_viewport_size({"width": 1920, "height": 1080})
    wall.wait_for_timeout(500)
    keep_picture(wall, "wall-zh-dark")
    end_calls(open_page)
    assert complaints == []


def test_the_charts_are_fetched_by_the_board_alone(
    open_page: Callable[..., Page], board: Page
) -> None:
    expect(board.get_by_test_id("curve").locator("canvas")).to_be_visible()
    desk = open_page("1006")
    desk.wait_for_url("**/desk")
    expect(desk.get_by_test_id("bar-state")).to_be_visible()

    def fetched(page: Page) -> list[str]:
        names: list[str] = page.evaluate(
            "performance.getEntriesByType('resource').map((one) => one.name)"
        )
        return [name for name in names if re.search(r"/DayCurve-", name)]

    assert fetched(board) != []
    assert fetched(desk) == []


def test_the_board_reads_in_english_too(open_page: Callable[..., Page]) -> None:
    page = open_page("1001", "/calls")
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    page.goto(page.url.replace("/calls", "/board"))
    page.set_viewport_size({"width": 1920, "height": 1080})

    expect(page.get_by_role("heading", level=1)).to_have_text("Shift board")
    expect(page.get_by_test_id("curve").locator("canvas")).to_be_visible()
    page.wait_for_timeout(500)
    keep_picture(page, "board-en")
    text = page.inner_text("main")
    page.goto(page.url.replace("/board", "/calls"))
    page.get_by_role("button", name="中文").click()  # a person's language is kept
    assert re.findall(r"\bboard\.[a-z_.]+", text) == []
