"""Two pages of one agent: done once, the second page reads so, and nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.deaf_page import Hearing, listen_through
from tests.pages.seats import let_go, make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MATTER = "文明路井盖松动，行人绊倒"
ANOTHER = "长堤路树枝压线，有人路过"
PROMISE = "问社保卡补办，答应明早回电"


@pytest.fixture
def first(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    return make_ready(page)


@pytest.fixture
def hearing(first: Page) -> Hearing:
    """Make it a desk whose news can be held up."""
    hearing = listen_through(first)
    make_ready(first)
    return hearing


def is_talking(page: Page) -> None:
    expect(page.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")


def take_call(page: Page, place_call: Callable[..., None], number: str) -> None:
    """Let somebody call and answer him on this page."""
    place_call("12345", number)
    page.get_by_test_id("answer").click()
    is_talking(page)


def fill_ticket(page: Page, matter: str) -> None:
    """Fill what a complaint needs."""
    page.keyboard.press("F3")
    page.locator("#ticket-content").fill(matter)
    page.locator("#ticket-demand").fill("尽快修好")
    page.locator("#ticket-occurred").fill("今早")
    page.locator("#ticket-respondent").fill("市政维护处")
    page.locator("#ticket-category").press_sequentially("ludeng")
    page.locator("#ticket-category").press("Enter")
    page.locator("#ticket-county").select_option("441622")
    expect(page.get_by_test_id("draft-note")).to_contain_text("草稿已存")


def finish(page: Page) -> None:
    page.get_by_test_id("hang-up").click()
    page.get_by_test_id("wrap-up").locator("[role=radio]").first.click()
    page.get_by_test_id("finish").click()
    let_go(page)
    expect(page.get_by_test_id("bar-state")).to_have_attribute("data-state", "ready")


def tickets_about(page: Page, number: str) -> int:
    listed = page.context.new_page()
    listed.goto(page.url.replace("/desk", "/tickets"))
    expect(listed.get_by_text(number)).to_have_count(1)
    count = listed.get_by_text(MATTER[:6]).count()
    listed.close()
    return count


def number_in(saved: str) -> str:
    return "HY" + saved.split("HY")[1][:15]


def test_a_ticket_sent_from_two_pages_is_one_and_the_second_page_says_so(
    first: Page,
    hearing: Hearing,
    open_page: Callable[..., Page],
    place_call: Callable[..., None],
) -> None:
    take_call(first, place_call, "15400000041")
    fill_ticket(first, MATTER)
    hearing.is_deaf = True
    second = open_page("1006", "/desk")
    is_talking(second)
    expect(second.locator("#ticket-content")).to_have_value(MATTER)
    second.get_by_test_id("save-ticket").click()
    expect(second.get_by_test_id("saved")).to_contain_text("HY")
    number = number_in(second.get_by_test_id("saved").inner_text())

    with first.expect_response("**/ticket") as answered:
        first.get_by_test_id("save-ticket").click()
    assert answered.value.ok
    hearing.is_deaf = False
    expect(first.get_by_test_id("other-machine")).to_be_visible(timeout=20_000)
    first.get_by_test_id("take-back").click()

    saved = first.get_by_test_id("saved")
    expect(saved).to_contain_text("没有重复建单")
    assert number_in(saved.inner_text()) == number
    expect(first.locator("#ticket-content")).to_have_value(MATTER)
    assert tickets_about(first, number) == 1
    finish(first)


def test_an_offer_answered_on_two_pages_is_one_talk_and_the_second_page_says_why(
    first: Page,
    hearing: Hearing,
    open_page: Callable[..., Page],
    place_call: Callable[..., None],
) -> None:
    second = open_page("1006", "/account")
    place_call("12315", "15400000042")
    expect(first.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    hearing.is_deaf = True
    second.goto(first.url)
    expect(second.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    second.get_by_test_id("answer").click()
    is_talking(second)

    with first.expect_response("**/answer") as refused:
        first.get_by_test_id("answer").click()

    assert refused.value.status == 409
    expect(first.get_by_test_id("message")).to_contain_text("已在另一个页面接听")
    hearing.is_deaf = False
    expect(first.get_by_test_id("other-machine")).to_be_visible(timeout=20_000)
    is_talking(second)
    finish(second)


def test_a_second_machine_takes_the_desk_and_what_was_typed_on_the_first_stays(
    first: Page, open_page: Callable[..., Page], place_call: Callable[..., None]
) -> None:
    take_call(first, place_call, "15400000043")
    first.locator("#record-note").fill("问社保卡补办，")
    second = open_page("1006", "/desk")

    expect(first.get_by_test_id("other-machine")).to_contain_text("另一台电脑")
    expect(second.locator("#record-note")).to_have_value("问社保卡补办，")
    second.locator("#record-note").press("End")
    second.keyboard.type("已告知窗口")
    expect(second.get_by_test_id("draft-note")).to_contain_text("草稿已存")
    first.get_by_test_id("take-back").click()

    is_talking(first)
    expect(first.locator("#record-note")).to_have_value("问社保卡补办，已告知窗口")
    expect(second.get_by_test_id("other-machine")).to_be_visible()
    finish(first)


def test_a_second_tab_that_takes_over_has_what_was_typed_and_the_first_sends_nothing_again(
    first: Page, place_call: Callable[..., None]
) -> None:
    take_call(first, place_call, "15400000044")
    fill_ticket(first, ANOTHER)
    second = first.context.new_page()
    second.goto(first.url)
    second.get_by_test_id("take-over").click()
    is_talking(second)
    expect(first.get_by_test_id("other-tab")).to_be_visible()
    expect(second.locator("#ticket-content")).to_have_value(ANOTHER)

    second.get_by_test_id("save-ticket").click()
    expect(second.get_by_test_id("saved")).to_contain_text("HY")
    number = number_in(second.get_by_test_id("saved").inner_text())
    first.get_by_test_id("take-over").click()

    expect(first.get_by_test_id("saved")).to_contain_text(number)
    expect(first.get_by_test_id("save-ticket")).to_have_count(0)
    finish(first)


def test_an_offer_in_two_tabs_is_answered_in_one_and_the_other_holds_no_button(
    first: Page, place_call: Callable[..., None]
) -> None:
    second = first.context.new_page()
    second.goto(first.url)
    expect(second.get_by_test_id("other-tab")).to_be_visible()
    place_call("12315", "15400000045")
    expect(first.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    expect(second.get_by_test_id("answer")).to_have_count(0)

    second.get_by_test_id("take-over").click()
    expect(first.get_by_test_id("other-tab")).to_be_visible()
    expect(first.get_by_test_id("answer")).to_have_count(0)
    second.get_by_test_id("answer").click()
    is_talking(second)
    first.get_by_test_id("take-over").click()

    is_talking(first)
    expect(first.get_by_test_id("message")).to_have_count(0)
    finish(first)


def test_a_form_that_a_cut_left_behind_is_filed_with_its_call_once_the_line_is_back(
    first: Page,
    hearing: Hearing,
    open_page: Callable[..., Page],
    place_call: Callable[..., None],
) -> None:
    take_call(first, place_call, "15400000046")
    first.keyboard.press("Alt+1")
    first.locator("#record-note").fill("问社保卡补办")
    expect(first.get_by_test_id("draft-note")).to_contain_text("草稿已存")
    hearing.is_deaf = True
    first.context.set_offline(True)
    assert hearing.line is not None
    hearing.line.close()
    first.locator("#record-note").fill(PROMISE)
    expect(first.get_by_test_id("draft-note")).to_contain_text("本机")
    second = open_page("1006", "/desk")
    is_talking(second)
    finish(second)
    first.context.set_offline(False)

    # The form still stands there: this page has not heard that its call is over and closed.
    with first.expect_response("**/enquiry-record") as filed:
        first.locator("#record-note").press("Control+Enter")
    assert filed.value.status == 201
    expect(first.get_by_test_id("saved")).to_be_visible()

    hearing.is_deaf = False
    first.reload()
    make_ready(first)
    first.goto(first.url.replace("/desk", "/calls"))
    first.locator("main table a[href*='/calls/']").first.click()
    expect(first.get_by_text(PROMISE).first).to_be_visible()
