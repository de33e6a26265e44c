"""From when a clock is yellow."""

from datetime import UTC, date, datetime, time

import pytest

from app.rules.due_dates import reckon_due
from app.rules.time_limits import read_limit
from app.rules.warning_times import warns_from
from app.rules.working_time import CITY_TIME, OfficeHours, SpecialDay, WorkingTime

HOURS = (
    OfficeHours(
        since=date(2007, 1, 1),
        sessions=((time(8, 30), time(12)), (time(14, 30), time(17, 30))),
    ),
)
NEW_YEAR = {
    day: SpecialDay(day=day, name="元旦", is_off=True, notice="示例")
    for day in (date(2026, 1, 1), date(2026, 1, 2))
}
WORKING = WorkingTime(years=frozenset({2025, 2026}), special=NEW_YEAR, hours=HOURS)


@pytest.mark.parametrize(
    ("received", "limit", "before", "warns"),
    [
        # ten working days from a Monday: due on Monday week after next, yellow from Friday evening
        ("2025-11-03T10:00", "10wd", "1wd", "2025-11-14T17:30"),
        ("2025-11-03T10:00", "10wd", "3wd", "2025-11-12T17:30"),
        # over a holiday: the working day before is the last of the old year
        ("2025-12-25T10:00", "5wd", "1wd", "2025-12-31T17:30"),
        ("2025-11-03T10:00", "10d", "2d", "2025-11-12T00:00"),
        ("2025-11-03T10:00", "24h", "4h", "2025-11-04T06:00"),
        ("2025-11-03T10:00", "30min", "10min", "2025-11-03T10:20"),
        # four working hours before the end of a limit in working hours
        ("2025-11-03T10:00", "12wh", "4wh", "2025-11-04T11:30"),
        # a day before is too early for what is due within a day: half-way
        ("2025-11-03T10:00", "2h", "1wd", "2025-11-03T11:00"),
        ("2025-11-03T10:00", "30min", "1wd", "2025-11-03T10:15"),
    ],
)
def test_a_clock_warns_so_long_before_it_is_due(
    received: str, limit: str, before: str, warns: str
) -> None:
    started = datetime.fromisoformat(received).replace(tzinfo=CITY_TIME)
    due = reckon_due(started, read_limit(limit), WORKING).due

    said = warns_from(started, due, read_limit(before), WORKING)

    assert said.astimezone(CITY_TIME).isoformat()[:16] == warns
    assert started <= said <= due


def test_a_warning_never_lies_before_the_beginning() -> None:
    started = datetime(2025, 11, 3, 2, 0, tzinfo=UTC)
    due = reckon_due(started, read_limit("1wd"), WORKING).due

    assert warns_from(started, due, read_limit("60wd"), WORKING) == started + (due - started) / 2
