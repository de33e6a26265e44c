"""A notice as somebody types it: what is understood, and what is said of what is not."""

from collections.abc import Callable
from datetime import date

import pytest

from app.core.errors import Invalid
from app.rules.calendar_notices import (
    CalendarDayOutside,
    CalendarDayTwice,
    CalendarDayWorkedAnyway,
    CalendarLineUnfit,
    CalendarTooFewDays,
    DayWords,
    Notice,
    read_notice,
    write_days,
)
from app.rules.office_hours import UnfitOfficeHours, read_sessions, write_sessions

# As long as a real one; what 2027 will be is not published.
TYPED = """2027-01-01~2027-01-03 元旦 休

2027-02-05～2027-02-11 春节 休
2027-02-13，春节，班
2026-12-27 元旦 班
2027-10-01 国庆节 off
"""


WORDS = DayWords(off=("休", "off"), worked=("班", "work"))


def read(typed: str) -> Notice:
    return read_notice(2027, "a notice", typed, words=WORDS, field="days")


def test_a_notice_is_read_day_by_day_in_order() -> None:
    notice = read(TYPED)

    assert len(notice.days) == 13
    assert notice.days[0].day == date(2026, 12, 27)
    assert [each.day for each in notice.days if not each.is_off] == [
        date(2026, 12, 27),
        date(2027, 2, 13),
    ]
    assert {each.name for each in notice.days} == {"元旦", "春节", "国庆节"}


def test_what_is_written_is_read_again_as_the_same() -> None:
    notice = read(TYPED)

    assert read(write_days(notice.days, words=WORDS)) == notice


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ("2027-02-30 春节 休", CalendarLineUnfit),
        ("2027-02-11~2027-02-05 春节 休", CalendarLineUnfit),
        ("2027-01-01~2027-12-31 春节 休", CalendarLineUnfit),
        ("春节 2027-02-20 休", CalendarLineUnfit),
        ("2027-05-01 劳动节", CalendarLineUnfit),
        ("2027-05-01 劳动节 perhaps", CalendarLineUnfit),
        ("<script>alert(1)</script>", CalendarLineUnfit),
        ("2028-01-01 元旦 休", CalendarDayOutside),
        ("2026-11-30 元旦 休", CalendarDayOutside),
        ("2027-02-11 春节 休", CalendarDayTwice),
        ("2027-02-13 春节 休", CalendarDayTwice),
        ("2027-05-03 劳动节 班", CalendarDayWorkedAnyway),
    ],
)
def test_a_line_that_cannot_be_is_named(line: str, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal) as raised:
        read(TYPED + line)

    assert raised.value.field == "days"
    assert raised.value.parameters["line"] == 7


@pytest.mark.parametrize("typed", ["", "2027-01-01~2027-01-03 元旦 休"])
def test_half_a_notice_is_refused_because_its_holidays_would_count_as_working_days(
    typed: str,
) -> None:
    with pytest.raises(CalendarTooFewDays):
        read(typed)


def test_office_hours_are_spells_in_order() -> None:
    written = "08:30-12:00 14:30-17:30"

    assert write_sessions(read_sessions(f"  {written} ")) == written
    assert write_sessions(read_sessions("00:00-23:59")) == "00:00-23:59"


@pytest.mark.parametrize(
    "written",
    ["", "8:30-12:00", "12:00-08:30", "08:30-12:00 11:00-17:00", "08:30-12:00 12:00-17:00",
     "08:30-24:00", "08:30-08:30", "morning"],
)  # fmt: skip
def test_office_hours_that_cannot_be_are_refused(written: str) -> None:
    refuse: Callable[..., object] = read_sessions
    with pytest.raises(UnfitOfficeHours):
        refuse(written, field="sessions")
