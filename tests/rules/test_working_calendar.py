"""The calendar in the database: shipped years, a year that is loaded, and the command."""

import json
from datetime import date

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.core.events import Event
from app.rules import working_calendar
from app.rules.calendar_history import RegionDay, RegionDayKind
from app.rules.calendar_notices import DayWords, read_notice
from app.rules.events import CalendarYearLoaded, OfficeHoursSet
from app.rules.office_hours import read_sessions
from app.rules.working_time import CalendarYearMissing, DayKind
from tests.rules.shipped_calendar import shipped

WORDS = DayWords(off=("休",), worked=("班",))
NOTICE = "\n".join(f"2027-10-{day:02} 国庆节 休" for day in range(1, 12)) + "\n2026-12-27 元旦 班"


@pytest.mark.usefixtures("registers", "app")
def test_what_is_shipped_is_what_clocks_are_reckoned_with() -> None:
    known = working_calendar.working_time()

    assert known.years == frozenset(range(2007, 2027))
    assert known == shipped()


@pytest.mark.usefixtures("registers", "app")
def test_loading_the_shipped_years_again_changes_nothing() -> None:
    with unit_of_work():
        assert working_calendar.load_calendar() == 0


@pytest.mark.usefixtures("registers", "app")
def test_a_year_is_unknown_until_its_notice_is_loaded_and_may_be_corrected(
    heard: list[Event],
) -> None:
    with pytest.raises(CalendarYearMissing):
        working_calendar.working_time().is_worked(date(2027, 10, 8))

    with unit_of_work():
        working_calendar.put_year(
            read_notice(2027, "国办发明电", NOTICE, words=WORDS, field="days")
        )
    first = working_calendar.working_time()
    shorter = NOTICE.replace("2027-10-11 国庆节 休", "2027-12-31 元旦 休")
    with unit_of_work():
        working_calendar.put_year(read_notice(2027, "更正", shorter, words=WORDS, field="days"))
    corrected = working_calendar.working_time()

    assert first.kind_of(date(2026, 12, 27)) is DayKind.MADE_UP
    assert [each.kind_of(date(2027, 10, 11)) for each in (first, corrected)] == [
        DayKind.HOLIDAY,
        DayKind.WORKING,
    ]
    assert corrected.special[date(2027, 12, 31)].notice == "更正"
    told = [each for each in heard if isinstance(each, CalendarYearLoaded)]
    assert [(each.year, each.days) for each in told] == [(2027, 12), (2027, 12)]


@pytest.mark.usefixtures("registers", "app", "frozen")
def test_office_hours_hold_from_their_day_and_can_be_set_again(heard: list[Event]) -> None:
    for hours in ("09:00-12:00 15:00-18:00", "08:00-12:00 15:00-18:00"):
        with unit_of_work():
            working_calendar.set_office_hours(date(2026, 12, 1), read_sessions(hours))
    known = working_calendar.working_time()

    assert known.closes(date(2026, 11, 30)).hour == 17
    assert known.sessions_on(date(2026, 12, 1))[0][0].hour == 8
    assert known.closes(date(2026, 12, 1)).hour == 18
    assert sum(isinstance(each, OfficeHoursSet) for each in heard) == 2


@pytest.mark.usefixtures("registers")
def test_the_command_says_when_it_is_due_and_how_that_was_counted(app: Flask) -> None:
    command = ["clock", "due", "--from", "2026-02-13T10:00", "--limit", "10wd"]
    answer = app.test_cli_runner().invoke(args=[*command, "--json"])
    told = json.loads(answer.output)

    assert answer.exit_code == 0
    assert told["due"] == "2026-03-05T17:30:00+08:00"
    assert told["counted"][0] == "2026-02-14"
    assert len(told["counted"]) == 10
    assert {"day": "2026-02-17", "kind": "holiday", "name": "春节"} in told["skipped"]
    assert told["notices"] == ["https://www.gov.cn/zhengce/zhengceku/202511/content_7047091.htm"]
    urgent = app.test_cli_runner().invoke(args=[*command, "--urgent", "--json"])
    assert json.loads(urgent.output)["due"] == "2026-02-23T17:30:00+08:00"


@pytest.mark.usefixtures("registers")
@pytest.mark.parametrize(
    ("received", "limit", "words"),
    [
        ("2026-12-30T10:00", "10wd", "2027 年的放假安排尚未载入"),
        ("2026-11-23T10:00", "ten days", "时限“ten days”不成立"),
    ],
)
def test_the_command_refuses_in_words_what_it_does_not_know(
    app: Flask, received: str, limit: str, words: str
) -> None:
    command = ["clock", "due", "--from", received, "--limit", limit, "--json"]
    answer = app.test_cli_runner().invoke(args=command)

    assert answer.exit_code == 1
    assert words in answer.output


@pytest.mark.usefixtures("registers", "frozen")
@pytest.mark.parametrize("place", ["441623", "连平县"])
def test_the_command_counts_by_the_calendar_of_a_region(app: Flask, place: str) -> None:
    with unit_of_work():
        working_calendar.set_region_day(
            RegionDay(
                region="441623",
                day=date(2026, 11, 25),
                kind=RegionDayKind.CLOSED,
                name="防汛停工",
                basis="连府办〔2026〕1 号",
            )
        )
    command = ["clock", "due", "--from", "2026-11-23T10:00", "--limit", "2wd", "--json"]

    told = json.loads(app.test_cli_runner().invoke(args=[*command, "--region", place]).output)
    of_city = json.loads(app.test_cli_runner().invoke(args=command).output)
    unknown = app.test_cli_runner().invoke(args=[*command, "--region", "桃花源"])

    assert told["due"] == "2026-11-26T17:30:00+08:00"
    assert told["skipped"] == [{"day": "2026-11-25", "kind": "holiday", "name": "防汛停工"}]
    assert told["notices"] == ["连府办〔2026〕1 号"]
    assert of_city["due"] == "2026-11-25T17:30:00+08:00"
    assert (unknown.exit_code, "没有这个地区" in unknown.output) == (1, True)
