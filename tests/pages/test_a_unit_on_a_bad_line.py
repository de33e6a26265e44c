"""A clerk hands in a result on a telephone whose line comes and goes: nothing typed is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
REPLY = "经现场核查，问题已于今日处理完毕，感谢您对我们工作的监督。"


@pytest.fixture
def clerk(open_page: Callable[..., Page]) -> Page:
    """Give a clerk's telephone with a ticket that his unit handles."""
    page = open_page("1014", "/unit?tab=handling")
    page.set_viewport_size(PHONE)
    page.locator("a[href*='/unit/tickets/']").first.click()
    expect(page.locator("#unit-result")).to_be_attached()
    log_a_contact(page)
    return page


def log_a_contact(page: Page) -> None:
    card = page.locator("#do-contact")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    card.locator("label[for$='reached-0']").click()
    card.get_by_role("button", name="登记").click()
    expect(page.locator(".alert-success")).to_be_visible()


def open_result(page: Page) -> None:
    card = page.locator("#do-result")
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()


def test_what_was_typed_without_a_line_is_there_after_a_reload_and_sent_once(clerk: Page) -> None:
    posts: list[str] = []
    clerk.on(
        "response", lambda one: posts.append(one.url) if one.request.method == "POST" else None
    )
    ticket = clerk.url.split("#")[0]
    says = clerk.locator("[data-draft-says]")
    reply = clerk.locator("[name='result-public_reply']")
    open_result(clerk)

    clerk.context.set_offline(True)
    reply.fill(REPLY)
    clerk.locator("label[for$='solved-0']").click()
    expect(says).to_contain_text("已")
    clerk.context.set_offline(False)
    clerk.reload()
    open_result(clerk)
    expect(reply).to_have_value(REPLY)

    clerk.context.set_offline(True)
    clerk.locator("#unit-result button[type=submit]").click()
    expect(says).to_have_text(says.get_attribute("data-waits") or "-")
    assert posts == []
    clerk.context.set_offline(False)
    clerk.wait_for_url(lambda address: address.rstrip("/").endswith("/unit"))

    assert [one for one in posts if one.endswith("/result")] == [f"{ticket}/result"]
    clerk.goto(ticket)
    expect(clerk.get_by_text(REPLY)).to_have_count(1)


def test_nothing_of_a_clerks_pages_is_wider_than_his_telephone(clerk: Page) -> None:
    for path in (clerk.url, clerk.url.split("/unit")[0] + "/unit"):
        clerk.goto(path)
        assert clerk.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
