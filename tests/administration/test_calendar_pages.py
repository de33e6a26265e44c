"""The working calendar in the browser: read, loaded, corrected, and errors beside the field."""

from collections.abc import Callable
from datetime import date

import pytest

from app.administration import calendar_pages
from app.handling import calendar_following
from app.handling.clock_rules import ClockKind
from app.rules import working_calendar
from app.rules.working_time import DayKind
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import clock, make_cast

SignIn = Callable[..., PageClient]
YEAR = "/administration/calendar/2027"
NOTICE = "\n".join(f"2027-10-{day:02} 国庆节 休" for day in range(1, 12))

pytestmark = pytest.mark.usefixtures("registers", "frozen")


def mark_in(page: str) -> str:
    return page.split('name="seen"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def test_the_page_shows_what_is_known_and_leads_to_the_year_that_is_missing(
    sign_in_as: SignIn,
) -> None:
    page = sign_in_as("hotline_manager").get("/administration/calendar").text

    assert "载入 2027 年" in page
    assert "08:30-12:00 14:30-17:30" in page
    assert ">2026<" in page
    assert "另有更早的 15 年" in page


def test_a_year_is_loaded_from_what_was_typed(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    seen = mark_in(browser.get(YEAR).text)

    answer = browser.post(YEAR, data={"seen": seen, "where": "国办发明电", "days": NOTICE})

    assert answer.status_code == 302
    assert working_calendar.working_time().kind_of(date(2027, 10, 11)) is DayKind.HOLIDAY
    assert "2027-10-01~2027-10-11 国庆节 休" in browser.get(YEAR).text


def test_a_line_that_cannot_be_is_named_beside_the_field_and_nothing_typed_is_lost(
    sign_in_as: SignIn,
) -> None:
    browser = sign_in_as("hotline_manager")
    typed = f"{NOTICE}\n2027-13-01 元旦 休"

    answer = browser.post(YEAR, data={"seen": "", "where": "国办发明电", "days": typed})

    assert answer.status_code == 422
    assert "第 12 行看不懂" in answer.text
    assert typed.replace("\n", "\r\n") in answer.text or typed in answer.text
    assert 2027 not in working_calendar.working_time().years


def test_who_saves_over_somebody_elses_correction_is_told_what_stands_there_now(
    sign_in_as: SignIn,
) -> None:
    browser = sign_in_as("hotline_manager")
    seen = mark_in(browser.get(YEAR).text)
    browser.post(YEAR, data={"seen": seen, "where": "第一份", "days": NOTICE})

    answer = browser.post(YEAR, data={"seen": seen, "where": "第二份", "days": NOTICE})

    assert answer.status_code == 409
    assert "第一份" in answer.text
    again = {"seen": mark_in(answer.text), "where": "第二份", "days": NOTICE}
    assert browser.post(YEAR, data=again).status_code == 302


def test_a_due_date_is_tried_out_and_shows_how_it_was_counted(sign_in_as: SignIn) -> None:
    browser = sign_in_as("hotline_manager")
    asked = {"received": "2026-02-13T10:00", "limit": "10wd"}
    page = browser.get("/administration/calendar/due", query_string=asked).text
    urgent = browser.get("/administration/calendar/due", query_string={**asked, "is_urgent": "y"})

    assert "2026-03-05 17:30" in page
    assert "02-17 春节" in page
    assert "2026-02-23 17:30" in urgent.text


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"received": "2026-12-30T10:00", "limit": "10wd"}, 409, "2027 年的放假安排尚未载入"),
        ({"received": "2026-12-30T10:00", "limit": "soon"}, 422, "时限“soon”不成立"),
        ({"received": "", "limit": ""}, 422, "is-invalid"),
    ],
)
def test_a_due_date_that_cannot_be_reckoned_says_why(
    sign_in_as: SignIn, asked: dict[str, str], status: int, words: str
) -> None:
    answer = sign_in_as("hotline_manager").get("/administration/calendar/due", query_string=asked)

    assert answer.status_code == status
    assert words in answer.text


def test_office_hours_are_set_from_a_day_on(sign_in_as: SignIn) -> None:
    browser = sign_in_as("system_admin")
    form = {"since": "2026-12-01", "sessions": "09:00-12:00 15:00-18:00"}

    assert browser.post("/administration/calendar/office-hours", data=form).status_code == 302
    assert working_calendar.working_time().closes(date(2026, 12, 1)).hour == 18


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"since": "2026-12-01", "sessions": "18:00-09:00"}, "不成立"),
        ({"since": "soon", "sessions": "09:00-12:00"}, "is-invalid"),
        ({"since": "", "sessions": ""}, "is-invalid"),
    ],
)
def test_office_hours_that_cannot_be_are_said_beside_the_field(
    sign_in_as: SignIn, form: dict[str, str], words: str
) -> None:
    answer = sign_in_as("hotline_manager").post("/administration/calendar/office-hours", data=form)

    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("year", ["1999", "2101"])
def test_a_year_out_of_all_reason_is_not_there(sign_in_as: SignIn, year: str) -> None:
    assert sign_in_as("system_admin").get(f"/administration/calendar/{year}").status_code == 404


def test_who_keeps_no_rules_does_not_see_the_calendar(sign_in_as: SignIn) -> None:
    assert sign_in_as("agent").get("/administration/calendar").status_code == 403


def test_who_lets_running_clocks_follow_says_why_and_is_told_how_many(
    sign_in_as: SignIn,
) -> None:
    ticket_id = play.open_one(make_cast())
    browser = sign_in_as("hotline_manager")
    assert "仍按改动前的日历计算" not in browser.get("/administration/calendar").text
    hours = {"since": "2026-12-01", "sessions": "09:00-12:00 14:00-17:00"}
    assert browser.post("/administration/calendar/office-hours", data=hours).status_code == 302
    assert "有 2 个正在走的时限" in browser.get("/administration/calendar").text

    without = browser.post("/administration/calendar/follow", data={"reason": " "})
    assert without.status_code == 422
    assert "有 2 个正在走的时限" in without.text
    followed = browser.post("/administration/calendar/follow", data={"reason": "冬令时"})

    assert followed.status_code == 302
    page = browser.get("/administration/calendar").text
    assert "2 个时限已改按现行日历计算" in page
    assert "仍按改动前的日历计算" not in page
    assert str(clock(ticket_id, ClockKind.CITIZEN).due_at).startswith("2026-12-14 09:00")


def test_more_clocks_than_one_request_lets_follow_are_told_and_follow_at_the_next(
    sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_following, "AT_ONCE", 1)
    monkeypatch.setattr(calendar_pages, "MOST_SAVES", 1)
    play.open_one(make_cast())
    browser = sign_in_as("hotline_manager")
    hours = {"since": "2026-12-01", "sessions": "09:00-12:00 14:00-17:00"}
    browser.post("/administration/calendar/office-hours", data=hours)

    for told in (
        "1 个时限已改按现行日历计算，各有记录；还有 1 个",
        "1 个时限已改按现行日历计算，各有记录。",
    ):
        browser.post("/administration/calendar/follow", data={"reason": "冬令时"})
        assert told in browser.get("/administration/calendar").text
