"""The agent's hands: everything by keys alone, and what happens on a second machine."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def desk(open_page: Callable[..., Page]) -> Page:
    """Give the desk of an agent who is ready."""
    return ready(open_page, "1006")


def ready(open_page: Callable[..., Page], work_number: str) -> Page:
    page = open_page(work_number)
    page.wait_for_url("**/desk")
    return make_ready(page)


def is_pressed(page: Page, test_id: str, *, pressed: bool) -> None:
    expect(page.get_by_test_id(test_id)).to_have_attribute("aria-pressed", str(pressed).lower())


def finish(page: Page) -> None:
    expect(page.get_by_test_id("wrap-up")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Alt+n")
    expect(page.get_by_test_id("wrap-up")).to_have_count(0)


def test_a_colleague_is_asked_and_takes_the_caller_without_anybodys_mouse(
    desk: Page, open_page: Callable[..., Page], place_call: Callable[..., None]
) -> None:
    place_call("12315", "15413221632")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    colleague = ready(open_page, "1007")

    desk.keyboard.press("Control+Shift+Y")
    expect(desk.get_by_test_id("directory-search")).to_be_focused()
    desk.keyboard.type("1007")
    expect(desk.get_by_test_id("row-1007")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.get_by_test_id("directory-summary").focus()
    desk.keyboard.type("预付卡退费，请帮忙看口径")
    desk.get_by_test_id("directory-search").focus()
    desk.keyboard.press("Enter")

    expect(colleague.get_by_test_id("handing")).to_contain_text("预付卡退费，请帮忙看口径")
    expect(colleague.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    colleague.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("parties")).to_contain_text("来电人听音乐")
    desk.keyboard.press("Control+Shift+3")
    is_pressed(desk, "join", pressed=True)
    desk.keyboard.press("Control+Shift+L")
    finish(desk)
    expect(colleague.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    expect(colleague.get_by_test_id("handing")).to_contain_text("预付卡退费")
    colleague.keyboard.press("Control+Shift+1")
    finish(colleague)


def test_hold_keypad_and_recording_by_their_keys(
    desk: Page, place_call: Callable[..., None]
) -> None:
    place_call("12345", "15400000002")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")

    desk.keyboard.press("Control+Shift+H")
    is_pressed(desk, "hold", pressed=True)
    desk.keyboard.press("Control+Shift+H")
    is_pressed(desk, "hold", pressed=False)
    desk.keyboard.press("Alt+r")
    is_pressed(desk, "recording", pressed=True)
    desk.keyboard.press("Alt+r")
    is_pressed(desk, "recording", pressed=False)
    desk.keyboard.press("Control+Shift+D")
    desk.keyboard.type("12#")
    expect(desk.get_by_test_id("digits-pressed")).to_have_text("12#")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Control+Shift+3")
    expect(desk.get_by_test_id("message")).to_contain_text("还没有人接听咨询")
    desk.keyboard.press("Control+Shift+1")
    finish(desk)


HOLD_AS_SOON_AS_HE_TALKS = """() => {
    const bar = document.querySelector('[data-testid="bar-state"]');
    const chord = { key: 'H', code: 'KeyH', ctrlKey: true, shiftKey: true, bubbles: true };
    const looking = new MutationObserver(() => {
        if (bar.dataset.state !== 'talking') return;
        looking.disconnect();
        window.dispatchEvent(new KeyboardEvent('keydown', chord));
    });
    looking.observe(bar, { attributes: true });
}"""


def test_a_caller_is_held_by_the_key_from_the_moment_at_which_the_desk_says_talking(
    desk: Page, place_call: Callable[..., None]
) -> None:
    desk.evaluate(HOLD_AS_SOON_AS_HE_TALKS)
    place_call("12345", "15400000006")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")

    is_pressed(desk, "hold", pressed=True)
    desk.keyboard.press("Control+Shift+1")
    finish(desk)


def test_a_pasted_number_is_cleaned_and_an_emergency_number_refused_beside_its_field(
    desk: Page,
) -> None:
    desk.keyboard.press("Control+Shift+O")
    field = desk.get_by_test_id("call-out-number")
    expect(field).to_be_focused()
    field.evaluate(
        """field => {
            const clipboardData = new DataTransfer();
            clipboardData.setData('text', '报警电话：１１０ ');
            const options = { clipboardData, bubbles: true, cancelable: true };
            field.dispatchEvent(new ClipboardEvent('paste', options));
        }"""
    )
    expect(field).to_have_value("110")
    desk.keyboard.press("Enter")

    expect(desk.get_by_test_id("call-out-error")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("110")
    desk.keyboard.press("Escape")


def test_an_arriving_call_never_moves_the_focus(
    desk: Page, place_call: Callable[..., None]
) -> None:
    desk.get_by_test_id("search").focus()
    desk.keyboard.type("预付")

    place_call("12333", "15400000003")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "offered")

    expect(desk.get_by_test_id("search")).to_be_focused()
    desk.keyboard.type(" 卡")
    expect(desk.get_by_test_id("answer")).to_have_attribute("aria-disabled", "false")
    desk.keyboard.press("Control+Shift+A")
    expect(desk.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    expect(desk.get_by_test_id("search")).to_be_focused()
    desk.keyboard.press("Control+Shift+1")
    expect(desk.get_by_test_id("wrap-up")).to_be_visible()
    desk.keyboard.press("Control+Shift+1")
    desk.keyboard.press("Alt+n")
    expect(desk.get_by_test_id("wrap-up")).to_have_count(0)


def test_a_key_of_ones_own_holds_after_a_reload(desk: Page) -> None:
    desk.keyboard.press("?")
    desk.get_by_test_id("key-figures").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("key-catcher")).to_be_focused()
    desk.keyboard.press("Control+Shift+M")
    expect(desk.get_by_test_id("key-trouble")).to_be_visible()
    desk.keyboard.press("Control+Alt+J")
    expect(desk.get_by_test_id("key-figures")).to_have_text("Ctrl+Alt+J")
    desk.keyboard.press("Escape")

    desk.reload()
    expect(desk.get_by_test_id("bar-state")).to_be_visible()
    desk.keyboard.press("Control+Alt+J")
    expect(desk.get_by_test_id("figures")).to_be_visible()
    desk.get_by_test_id("figure-occupancy").click()
    expect(desk.get_by_test_id("figures")).to_contain_text("忙碌")
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    desk.get_by_test_id("keys-reset").click()
    expect(desk.get_by_test_id("key-figures")).to_have_text("Ctrl+Shift+G")


def test_help_reaches_the_shift_leader_who_answers_it(
    desk: Page, open_page: Callable[..., Page]
) -> None:
    leader = open_page("1002", "/desk")
    expect(leader.get_by_test_id("bar-state")).to_be_visible()

    desk.keyboard.press("Control+Shift+U")
    expect(desk.get_by_test_id("message-text")).to_be_focused()
    desk.keyboard.type("来电人情绪激动，请协助")
    desk.keyboard.press("Enter")
    expect(desk.get_by_test_id("messages")).to_contain_text("等待回复")

    expect(leader.get_by_test_id("message-notice")).to_contain_text("来电人情绪激动")
    leader.keyboard.press("Control+Shift+E")
    answer = leader.locator("[data-testid^=answer-]").first
    answer.fill("我来监听")
    answer.press("Enter")

    expect(desk.get_by_test_id("messages")).to_contain_text("我来监听")


def test_the_desk_on_a_second_machine_takes_over_and_can_be_taken_back(
    desk: Page, open_page: Callable[..., Page]
) -> None:
    second = open_page("1006")
    second.wait_for_url("**/desk")
    expect(second.get_by_test_id("bar-state")).to_be_visible()

    expect(desk.get_by_test_id("other-machine")).to_contain_text("另一台电脑")
    desk.get_by_test_id("take-back").click()

    expect(desk.get_by_test_id("bar-state")).to_be_visible()
    expect(second.get_by_test_id("other-machine")).to_be_visible()


def test_why_no_call_comes_is_said_in_one_sentence(desk: Page) -> None:
    expect(desk.get_by_test_id("why-no-call")).to_contain_text("现在没有人排队")
    desk.get_by_test_id("not-ready").select_option("meal")

    expect(desk.get_by_test_id("why-no-call")).to_contain_text("示忙（用餐）")
