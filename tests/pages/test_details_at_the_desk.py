"""What only some demands need, and the places that counties keep, as an agent meets them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.seats import make_ready

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COUNTY_DISPATCHER = "1015"  # of 连平县, in the demonstration
CODE = "91350100M000100Y43"


@pytest.fixture
def desk(open_page: Callable[..., Page], place_call: Callable[..., None]) -> Page:
    """Give the desk of an agent in a call."""
    page = open_page("1006")
    page.wait_for_url("**/desk")
    make_ready(page)
    place_call("12345", "15400000012")
    page.get_by_test_id("answer").click()
    expect(page.get_by_test_id("bar-state")).to_have_attribute("data-state", "talking")
    return page


def test_a_county_adds_a_village_and_an_agent_opens_a_ticket_of_an_enterprise_there(
    open_page: Callable[..., Page], desk: Page, complaints: list[str]
) -> None:
    county = open_page(COUNTY_DISPATCHER, "/administration/new-place")
    expect(county.locator("#name")).to_be_focused()
    county.fill("#name", "新镇村")
    county.select_option("#kind", "village")
    county.select_option("#region", "441623101")
    county.fill("#other_names", "老新镇")
    county.press("#other_names", "Enter")
    expect(county.get_by_role("link", name="新镇村")).to_be_visible()

    desk.keyboard.press("F3")
    desk.locator("#ticket-content").fill("路面塌陷，货车无法进出")
    desk.locator("#ticket-demand").fill("尽快抢修")
    desk.locator("#ticket-occurred").fill("昨晚")
    desk.locator("#ticket-respondent").fill("村道")
    desk.locator("#ticket-category").fill("0302")
    desk.locator("#ticket-category").press("Enter")
    desk.locator("#ticket-address").press_sequentially("老新镇")
    offered = desk.get_by_test_id("known-place")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("连平县 上坪镇")
    offered.click()
    expect(desk.locator("#ticket-town")).to_have_value("441623101")

    desk.get_by_test_id("more-fields").locator("summary").click()
    desk.locator("#ticket-person_kind").select_option("enterprise")
    desk.locator("#ticket-organisation_name").fill("示例物流公司")
    desk.locator("#ticket-credit_code").fill(CODE[:-1] + "4")
    desk.locator("#ticket-amount").fill("12,000 元")
    desk.get_by_test_id("more-fields").locator("summary").click()
    desk.get_by_test_id("save-ticket").click()
    expect(desk.locator("#ticket-credit_code-error")).to_be_visible()
    desk.locator("#ticket-credit_code").fill(CODE)
    desk.get_by_test_id("save-ticket").click()
    expect(desk.get_by_test_id("saved")).to_be_visible()

    number = desk.get_by_test_id("saved").inner_text().split("HY")[1][:15]
    found = open_page("1006", f"/tickets?text={number[:8]}%20{number[8:]}")
    found.locator("tbody a").first.click()
    for text in ("示例物流公司", CODE, "12,000 元", "连平县 上坪镇", "新镇村"):
        expect(found.locator(".field-groups")).to_contain_text(text)
    # The browser itself says that the wrong code was refused.
    assert [each for each in complaints if "422" not in each] == []


def test_a_number_of_another_system_finds_its_ticket_by_the_keyboard_alone(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("1006", "/tickets")
    page.locator("tbody a").first.click()
    page.locator("#number").fill("粤省心-2026-000123")
    page.keyboard.press("Enter")
    expect(page.get_by_text("编号已登记。")).to_be_visible()
    address = page.url

    page.goto(page.url.rsplit("/", 1)[0])
    page.fill("#text", "粤省心 2026 000123")
    page.keyboard.press("Enter")
    found = page.locator("[role=status] a.alert-link")
    expect(found).to_have_count(1)
    found.click()

    assert page.url == address
