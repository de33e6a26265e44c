"""Open or closed at a moment, and when that changes; the city's clock decides."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.channels.opening_hours import UnreadableHours, opening_at

CITY = ZoneInfo("Asia/Shanghai")
OFFICE = "1-5 08:30-12:00 14:30-17:30"


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CITY)


@pytest.mark.parametrize(
    ("hours", "at", "is_open", "changes_at"),
    [
        (OFFICE, "2026-11-23 08:29", False, "2026-11-23 08:30"),
        (OFFICE, "2026-11-23 08:30", True, "2026-11-23 12:00"),
        (OFFICE, "2026-11-23 12:00", False, "2026-11-23 14:30"),
        (OFFICE, "2026-11-27 17:30", False, "2026-11-30 08:30"),
        (OFFICE, "2026-11-28 10:00", False, "2026-11-30 08:30"),
        (f"{OFFICE}; 6 09:00-12:00", "2026-11-28 10:00", True, "2026-11-28 12:00"),
        ("3 10:00-11:00", "2026-11-25 11:00", False, "2026-12-02 10:00"),
        ("", "2026-11-28 03:00", True, None),
    ],
)
def test_open_or_closed_and_until_when(
    hours: str, at: str, is_open: bool, changes_at: str | None
) -> None:
    opening = opening_at(hours, moment(at))

    expected = moment(changes_at) if changes_at else None
    assert (opening.is_open, opening.changes_at) == (is_open, expected)


def test_the_clock_of_the_asker_makes_no_difference() -> None:
    utc = datetime.fromisoformat("2026-11-23T00:30:00+00:00")

    assert opening_at(OFFICE, utc).is_open


@pytest.mark.parametrize("hours", ["always", "8 08:00-09:00", "1 8:00-9:00", "1 10:00-09:00", "1"])
def test_hours_that_nobody_can_read_are_refused(hours: str) -> None:
    with pytest.raises(UnreadableHours):
        opening_at(hours, moment("2026-11-23 10:00"))
