"""Days of a region's own in the browser: set, shown, taken back, and errors beside the field."""

from collections.abc import Callable

import pytest

from app.rules import working_calendar
from tests.conftest import PageClient

SignIn = Callable[..., PageClient]
PAGE = "/administration/calendar/regions"
FLOOD = {
    "region": "441623", "kind": "closed", "day": "2026-11-25", "until": "2026-11-26",
    "why": "防汛停工", "basis": "连府办〔2026〕1 号",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("registers", "frozen")


def test_days_are_set_shown_with_region_kind_and_reason_and_taken_back(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    assert "还没有县区另设日子" in browser.get(PAGE).text

    assert browser.post(PAGE, data=FLOOD).status_code == 302

    page = browser.get(PAGE).text
    for said in (
        "2026-11-25",
        "2026-11-26",
        "连平县",
        "停工停办",
        "防汛停工",
        "连府办〔2026〕1 号",
    ):
        assert said in page
    gone = browser.post(f"{PAGE}/take-back", data={"region": "441623", "day": "2026-11-25"})
    assert gone.status_code == 302
    assert [each.day.day for each in working_calendar.calendar().days_of("441623")] == [26]


@pytest.mark.parametrize(
    ("changes", "words", "status"),
    [
        ({"day": "2026-11-20", "until": ""}, "不能", 422),
        ({"day": "2026-11-28", "until": ""}, "2026-11-28 按市日历本来就是这样", 422),
        ({"day": "2027-11-25", "until": ""}, "2027 年的放假安排尚未载入", 409),
        ({"until": "2026-11-24"}, "末日不能早于首日", 422),
        ({"until": "2027-11-24"}, "末日不能早于首日", 422),
        ({"why": " "}, "防汛停工、桃花节", 422),
        ({"region": "999999"}, "连府办", 422),
        ({"day": "2026-13-01"}, "连府办", 422),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_nothing_typed_is_lost(
    sign_in_as: SignIn, changes: dict[str, str], words: str, status: int
) -> None:
    browser = sign_in_as("hotline_manager")

    answer = browser.post(PAGE, data={**FLOOD, **changes})

    assert answer.status_code == status
    assert words in answer.text
    assert "连府办〔2026〕1 号" in answer.text
    assert working_calendar.calendar().regional == {}


def test_a_day_that_somebody_took_back_before_is_said(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")

    answer = browser.post(f"{PAGE}/take-back", data={"region": "441623", "day": "2026-11-25"})

    assert answer.status_code == 409
    assert "可能已被他人取消" in answer.text


def test_a_limit_is_tried_by_the_calendar_of_a_region(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    browser.post(PAGE, data=FLOOD)
    asked = "/administration/calendar/due?received=2026-11-23T10:00&limit=2wd&region="

    assert "2026-11-27 17:30" in browser.get(f"{asked}441623").text
    of_city = browser.get(asked).text
    assert "2026-11-25 17:30" in of_city
    assert "2026-11-27 17:30" not in of_city
