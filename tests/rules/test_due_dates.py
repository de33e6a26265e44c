"""Until when something is due: cases worked out by hand from the State Council's notices."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from app.core.clock import CITY_TIME
from app.rules.due_dates import (
    AfterHours,
    CountingWay,
    FirstDay,
    LastDayEnds,
    Reckoned,
    reckon_due,
)
from app.rules.time_limits import UnfitLimit, read_limit
from app.rules.working_time import CalendarYearMissing, DayKind, OfficeHours
from tests.rules.shipped_calendar import HOURS, shipped

NOTICE_2026 = "https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm"


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CITY_TIME)


def reckoned(
    received: str, limit: str, *, urgent: bool = False, way: CountingWay | None = None
) -> Reckoned:
    return reckon_due(
        at(received), read_limit(limit), shipped(), is_urgent=urgent, way=way or CountingWay()
    )


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        # an ordinary week: Monday 23 November 2026
        ("2026-11-23T10:00", "1wd", "2026-11-24T17:30"),
        ("2026-11-23T10:00", "2wd", "2026-11-25T17:30"),
        ("2026-11-23T08:30", "5wd", "2026-11-30T17:30"),
        # before opening, at noon: received at the next opening of the same day
        ("2026-11-23T07:00", "2wd", "2026-11-25T17:30"),
        ("2026-11-23T12:00", "2wd", "2026-11-25T17:30"),
        ("2026-11-23T14:29:59", "2wd", "2026-11-25T17:30"),
        # after closing: received the next morning
        ("2026-11-23T17:29:59", "1wd", "2026-11-24T17:30"),
        ("2026-11-23T17:30", "1wd", "2026-11-25T17:30"),
        ("2026-11-27T20:00", "1wd", "2026-12-01T17:30"),
        ("2026-11-28T11:00", "1wd", "2026-12-01T17:30"),
        # Saturday 14 February is worked, the 15th to the 23rd are off, Saturday the 28th is worked
        ("2026-02-13T10:00", "1wd", "2026-02-14T17:30"),
        ("2026-02-13T10:00", "2wd", "2026-02-24T17:30"),
        ("2026-02-13T10:00", "10wd", "2026-03-05T17:30"),
        ("2026-02-14T17:30", "1wd", "2026-02-25T17:30"),
        # Sunday 20 September is worked for the October holiday
        ("2026-09-18T16:00", "1wd", "2026-09-20T17:30"),
        ("2026-09-30T18:00", "2wd", "2026-10-10T17:30"),
        # over the turn of a year: 1 to 3 January 2026 are off, Sunday the 4th is worked
        ("2025-12-31T10:00", "1wd", "2026-01-04T17:30"),
        # working hours
        ("2026-11-23T10:00", "2wh", "2026-11-23T12:00"),
        ("2026-11-23T11:00", "2wh", "2026-11-23T15:30"),
        ("2026-11-23T17:00", "1wh", "2026-11-24T09:00"),
        ("2026-11-27T17:00", "7wh", "2026-11-30T17:30"),
        ("2026-02-14T17:00", "1wh", "2026-02-24T09:00"),
        # by the clock on the wall, at night as well
        ("2026-11-28T23:50", "30min", "2026-11-29T00:20"),
        ("2026-11-28T23:00", "24h", "2026-11-29T23:00"),
        # natural days end at midnight
        ("2026-02-13T10:00", "3d", "2026-02-17T00:00"),
        ("2026-02-13T23:59", "60d", "2026-04-15T00:00"),
    ],
)
def test_a_limit_ends_when_the_rule_and_the_notices_say(
    received: str, limit: str, due: str
) -> None:
    assert reckoned(received, limit).due == at(due)


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        ("2026-02-14T20:00", "1wd", "2026-02-15T17:30"),
        ("2026-02-14T20:00", "2wd", "2026-02-16T17:30"),
        ("2026-02-15T11:00", "2wh", "2026-02-15T15:30"),
        ("2027-01-01T00:10", "30min", "2027-01-01T00:40"),
        ("2027-01-01T10:00", "1wd", "2027-01-02T17:30"),
    ],
)
def test_what_is_urgent_runs_on_any_day_of_any_year(received: str, limit: str, due: str) -> None:
    reckoning = reckoned(received, limit, urgent=True)

    assert reckoning.due == at(due)
    assert (reckoning.skipped, reckoning.notices) == ((), ())


def test_a_due_date_says_what_it_counted_what_it_skipped_and_by_which_notice() -> None:
    reckoning = reckoned("2026-02-13T18:00", "3wd")

    assert reckoning.counts_from == at("2026-02-14T08:30")
    assert reckoning.counted == (date(2026, 2, 24), date(2026, 2, 25), date(2026, 2, 26))
    assert [each.day.day for each in reckoning.skipped] == list(range(15, 24))
    assert {(each.kind, each.name) for each in reckoning.skipped} == {(DayKind.HOLIDAY, "春节")}
    assert reckoning.notices == (NOTICE_2026,)


def test_an_ordinary_weekend_is_skipped_without_a_notice() -> None:
    reckoning = reckoned("2026-11-27T10:00", "1wd")

    assert [(each.day.day, each.kind) for each in reckoning.skipped] == [
        (28, DayKind.WEEKEND),
        (29, DayKind.WEEKEND),
    ]
    assert reckoning.notices == ()


@pytest.mark.parametrize(
    ("received", "limit"),
    [
        ("2026-12-30T10:00", "2wd"),
        ("2026-12-31T17:00", "1wh"),
        ("2027-03-01T10:00", "1wd"),
        ("2026-12-31T18:00", "1wd"),
    ],
)
def test_a_year_whose_notice_is_not_out_is_refused_and_never_guessed(
    received: str, limit: str
) -> None:
    with pytest.raises(CalendarYearMissing) as refusal:
        reckoned(received, limit)

    assert refusal.value.parameters == {"year": 2027}


def test_a_limit_that_ends_on_the_last_day_of_a_known_year_asks_for_no_other() -> None:
    midnight = CountingWay(last_day_ends=LastDayEnds.MIDNIGHT)

    assert reckoned("2026-12-30T10:00", "1wd").due == at("2026-12-31T17:30")
    assert reckoned("2026-12-30T10:00", "1wd", way=midnight).due == at("2027-01-01T00:00")


def test_a_city_may_count_the_day_of_receipt_end_days_at_midnight_or_take_in_at_night() -> None:
    same = CountingWay(first_day=FirstDay.SAME)
    at_once = CountingWay(after_hours=AfterHours.AT_ONCE)

    assert reckoned("2026-11-23T10:00", "2wd", way=same).due == at("2026-11-24T17:30")
    assert reckoned("2026-11-23T10:00", "3d", way=same).due == at("2026-11-26T00:00")
    assert reckoned("2026-11-23T20:00", "1wd", way=at_once).due == at("2026-11-24T17:30")
    assert reckoned("2026-11-28T20:00", "1wd", way=at_once).due == at("2026-12-01T17:30")


def test_office_hours_hold_from_the_day_on_that_they_are_set_for() -> None:
    summer = OfficeHours(
        since=date(2026, 11, 25), sessions=((time(9), time(12)), (time(15), time(18)))
    )
    working = replace(shipped(), hours=(HOURS, summer))

    due = reckon_due(at("2026-11-23T10:00"), read_limit("2wd"), working).due
    late = reckon_due(at("2026-11-25T17:45"), read_limit("1wh"), working).due

    assert due == at("2026-11-25T18:00")
    assert late == at("2026-11-26T09:45")


@pytest.mark.parametrize("written", ["", "10", "wd", "0wd", "-1wd", "1.5h", "10 years", "99999wd"])
def test_a_limit_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(UnfitLimit):
        read_limit(written)


def test_a_limit_reads_as_it_is_written() -> None:
    assert [str(read_limit(each)) for each in ("10wd", " 2 H ", "30min")] == ["10wd", "2h", "30min"]
