"""Administration in a real browser: by the keyboard alone, and without losing what was typed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANAGER, OTHER = "1001", "1021"


def type_into(page: Page, label: str, text: str) -> None:
    """Go on by Tab until the field with this label has the focus, then type."""
    for _ in range(80):
        page.keyboard.press("Tab")
        named = page.evaluate("() => document.activeElement.labels?.[0]?.innerText.trim() ?? ''")
        if named == label:
            page.keyboard.type(text)
            return
    pytest.fail(f"Tab never came to {label}")


def test_a_person_is_added_and_found_by_the_keyboard_alone(
    open_page: Callable[..., Page], complaints: list[str]
) -> None:
    page = open_page(MANAGER, "/administration/people/new")
    expect(page.locator("#work_number")).to_be_focused()

    page.keyboard.type("3001")
    type_into(page, "姓名", "林晓")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("3001")
    page.goto(page.url.split("/administration")[0] + "/administration/people")
    type_into(page, "工号或姓名", "林晓")
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="3001")).to_be_visible()
    expect(page.get_by_role("link", name="1006")).to_have_count(0)
    assert complaints == []


def test_the_focus_goes_to_what_is_wrong_and_the_words_stand_beside_it(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(MANAGER, "/administration/new-code/break")
    page.fill("#code", "Two Words")
    page.fill("#name_zh", "两个词")
    page.fill("#name_en", "Two words")
    page.press("#name_en", "Enter")

    expect(page.locator("#code")).to_be_focused()
    expect(page.locator("#code-error")).to_be_visible()
    expect(page.locator("#code")).to_have_attribute("aria-describedby", "code-error")
    expect(page.locator("#name_zh")).to_have_value("两个词")


def test_two_administrators_see_each_others_change_and_lose_nothing(
    open_page: Callable[..., Page],
) -> None:
    path = "/administration/codes/wrap_up/answered"
    mine, theirs = open_page(MANAGER, path), open_page(OTHER, path)
    theirs.fill("#name_zh", "当场办结")
    theirs.get_by_role("button", name="保存").click()
    theirs.wait_for_url("**/codes/wrap_up")

    mine.fill("#name_zh", "已经答复")
    mine.get_by_role("button", name="保存").click()

    expect(mine.locator("#name_zh-error")).to_contain_text("当场办结")
    expect(mine.locator("#name_zh")).to_have_value("已经答复")
    mine.get_by_role("button", name="保存").click()
    mine.wait_for_url("**/codes/wrap_up")
    expect(mine.get_by_role("link", name="已经答复")).to_be_visible()


def test_a_break_of_the_citys_own_stands_at_the_desk_in_its_own_words(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(MANAGER, "/administration/new-code/break")
    page.fill("#code", "hand_over")
    page.fill("#name_zh", "交接班")
    page.fill("#name_en", "Hand-over")
    page.press("#name_en", "Enter")
    page.wait_for_url("**/codes/break")

    desk = open_page("1006", "/desk")

    expect(desk.get_by_test_id("bar-state")).to_be_visible()
    expect(desk.locator("option[value=hand_over]").first).to_have_text("交接班")


def test_a_wrong_file_is_mended_and_taken_over(
    open_page: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("工号,姓名,角色\n3101,甲一,皇帝\n3102,乙二,话务员\n", encoding="gb18030")
    page = open_page(MANAGER, "/administration/people/import")
    page.set_input_files("#sheet", file)
    page.get_by_role("button", name="预览").click()
    expect(page.locator(".sheet-fault")).to_contain_text("没有这个角色")
    expect(page.get_by_role("button", name="全部导入")).to_have_count(0)

    file.write_text("工号,姓名,角色\n3101,甲一,话务员\n3102,乙二,话务员\n", encoding="utf-8-sig")
    page.get_by_role("link", name="重新选择文件").click()
    page.set_input_files("#sheet", file)
    page.get_by_role("button", name="预览").click()
    page.get_by_role("button", name="全部导入").click()

    expect(page.get_by_text("已新增 2 人")).to_be_visible()
    expect(page.get_by_role("cell", name="3102")).to_be_visible()


def test_a_list_leaves_as_a_file_and_may_be_taken_again(open_page: Callable[..., Page]) -> None:
    page = open_page(MANAGER, "/administration/people")

    for _ in range(2):
        with page.expect_download() as taken:
            page.get_by_role("button", name="导出", exact=True).click()
        assert taken.value.suggested_filename.startswith("people-")
