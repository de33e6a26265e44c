"""An oracle that walks day by day and minute by minute agrees on a hundred thousand due dates.

It shares nothing with the rules but the file of the notices: it lists the days and the minutes on
which offices were open, and counts along the list.
"""

import csv
import random
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

import pytest

from app.core.clock import CITY_TIME
from app.rules.calendar_history import RegionDay, RegionDayKind, Said, calendar_after
from app.rules.due_dates import reckon_due
from app.rules.time_limits import Limit, LimitUnit
from app.rules.working_time import WorkingTime
from tests.rules.shipped_calendar import HOURS, SHIPPED, shipped, shipped_said

CASES = 100_000
FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
SPELLS = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 17 * 60 + 30))
MIDNIGHT = datetime(2007, 1, 1)  # noqa: DTZ001 - of the city, as the list counts


class Oracle:
    """Counts along a list of open days and one of open minutes; `own`: what a region says."""

    def __init__(self, own: Mapping[str, bool] = MappingProxyType({})) -> None:
        with SHIPPED.open(encoding="utf-8", newline="") as file:
            said = {row["day"]: row["is_off"] == "0" for row in csv.DictReader(file)}
        said |= own
        self.days: list[int] = []
        self.minutes: list[int] = []
        for number in range((LAST - FIRST).days + 1):
            day = FIRST + timedelta(days=number)
            is_open = said.get(day.isoformat(), day.isoweekday() < 6)
            if is_open:
                self.days.append(number)
                for since, until in SPELLS:
                    self.minutes.extend(range(number * 1440 + since, number * 1440 + until))

    def due(self, received: datetime, amount: int, unit: str) -> datetime:
        whole = int((received - MIDNIGHT).total_seconds() // 60)
        rest = received - (MIDNIGHT + timedelta(minutes=whole))
        number = whole // 1440
        if unit == "min":
            return received + timedelta(minutes=amount)
        if unit == "h":
            return received + timedelta(minutes=60 * amount)
        if unit == "d":
            return MIDNIGHT + timedelta(days=number + amount + 1)
        place = bisect_left(self.minutes, whole)
        if self.minutes[place] != whole:  # closed: it comes in with the next open minute
            rest = timedelta(0)
        if unit == "wh":
            last = self.minutes[place + 60 * amount - (not rest)]
            return MIDNIGHT + timedelta(minutes=last + (not rest)) + rest
        came = self.minutes[place] // 1440
        return MIDNIGHT + timedelta(
            days=self.days[bisect_right(self.days, came) + amount - 1], minutes=SPELLS[-1][1]
        )


def differing(working: WorkingTime, oracle: Oracle, cases: int) -> list[tuple[object, ...]]:
    """Return the cases in which the two do not agree."""
    dice = random.Random(12345)
    longest = {"min": 10_000, "h": 2_000, "wh": 200, "wd": 90, "d": 120}
    wrong: list[tuple[object, ...]] = []
    for _ in range(cases):
        unit = dice.choice(list(longest))
        amount = dice.randint(1, longest[unit])
        received = MIDNIGHT + timedelta(seconds=dice.randrange((365 * 19 + 180) * 86_400))
        limit = Limit(amount, LimitUnit(unit))
        found = reckon_due(received.replace(tzinfo=CITY_TIME), limit, working).due
        if found.replace(tzinfo=None) != oracle.due(received, amount, unit):
            wrong.append((received, str(limit), found, oracle.due(received, amount, unit)))
    return wrong


@pytest.mark.slow
def test_a_hundred_thousand_due_dates_are_those_that_counting_along_the_calendar_gives() -> None:
    assert differing(shipped(), Oracle(), CASES) == []


@pytest.mark.slow
def test_so_are_those_of_a_region_with_six_hundred_days_of_its_own_and_the_city_is_as_before() -> (
    None
):
    """Days are drawn: holidays worked, weekends made up, working days off, also in a row."""
    dice, region, other = random.Random(441623), "441623", "441622"
    drawn = dice.sample(range((LAST - FIRST).days + 1), 600)
    own = {(FIRST + timedelta(days=each)): dice.random() < 0.4 for each in drawn}
    kinds = {True: RegionDayKind.MADE_UP, False: RegionDayKind.CLOSED}
    said = Said(
        regional=tuple(
            RegionDay(region=region, day=day, kind=kinds[is_open], name="示例", basis="示例")
            for day, is_open in own.items()
        )
    )
    calendar = calendar_after([shipped_said(), said], usual=HOURS)
    own_days = {day.isoformat(): is_open for day, is_open in own.items()}

    assert differing(calendar.working_time(region), Oracle(own_days), CASES // 2) == []
    assert calendar.working_time() == calendar.working_time(other) == shipped()
