"""In English, at the smallest seat and on a telephone: no page is wider than its window."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TELEPHONE = {"width": 390, "height": 844}
TOO_WIDE = "() => document.scrollingElement.scrollWidth - innerWidth"
NARROWEST = """() => Math.min(...[...document.querySelectorAll('td.text-break')]
  .map((cell) => cell.getBoundingClientRect().width))"""
ENGLISH = "form.language-switch button[value=en]"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("1001", "/administration/codes/break"),
        ("1001", "/administration/rules"),
        ("1001", "/tickets"),
        ("1001", "/misuse"),
        ("1014", "/unit"),
    ],
    ids=lambda given: given,
)
def test_no_page_is_wider_than_its_window_in_english(
    open_page: Callable[..., Page], who: str, path: str
) -> None:
    page = open_page(who, path)
    page.locator(ENGLISH).click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")

    assert page.evaluate(TOO_WIDE) <= 0


def test_the_duty_roster_fits_a_telephone_in_english(open_page: Callable[..., Page]) -> None:
    page = open_page("1014", "/duty-roster")
    page.set_viewport_size(TELEPHONE)
    page.locator(ENGLISH).click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")

    assert page.evaluate(TOO_WIDE) <= 0


def test_titles_in_a_table_are_words_on_a_telephone_too(open_page: Callable[..., Page]) -> None:
    page = open_page("1014", "/results")
    page.set_viewport_size(TELEPHONE)

    assert page.evaluate(NARROWEST) >= 100
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    ("who", "path"),
    [("1003", "/dispatch"), ("1003", "/dispatch?pool=suspended")],
    ids=["to dispatch", "suspended"],
)
def test_the_pool_does_not_overflow_at_390_points(
    open_page: Callable[..., Page], who: str, path: str, language: str
) -> None:
    page = open_page(who, path)
    page.set_viewport_size(TELEPHONE)
    page.locator(f"form.language-switch button[value={language}]").click()
    page.wait_for_function(f"() => document.documentElement.lang.startsWith('{language[:2]}')")

    assert page.evaluate(TOO_WIDE) <= 0
