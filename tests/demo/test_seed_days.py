import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from app.demo.seed_days import CITY_ZONE, DESKS, PlannedCall, plan_calls
from app.demo.seed_plots import may_wait

NOW = datetime(2026, 11, 23, 6, 50, tzinfo=UTC)
KNOWN = ["15400000001", "15400000002"]
STRANGERS = ["15400000003"]


@pytest.fixture(scope="module")
def calls() -> list[PlannedCall]:
    """Plan two weeks."""
    return plan_calls(random.Random(12345), now=NOW, known=KNOWN, strangers=STRANGERS)


def test_the_same_dice_make_the_same_days(calls: list[PlannedCall]) -> None:
    again = plan_calls(random.Random(12345), now=NOW, known=KNOWN, strangers=STRANGERS)

    assert again == calls


def test_the_days_reach_back_two_weeks_and_end_before_now(calls: list[PlannedCall]) -> None:
    days = {call.invited_at.astimezone(CITY_ZONE).date() for call in calls}

    assert len(days) == 15
    assert max(call.invited_at for call in calls) < NOW
    assert [call.invited_at for call in calls] == sorted(call.invited_at for call in calls)


def test_most_callers_call_in_the_office_hours_with_two_peaks(calls: list[PlannedCall]) -> None:
    hours = Counter(call.invited_at.astimezone(CITY_ZONE).hour for call in calls)
    in_office = sum(count for hour, count in hours.items() if 8 <= hour < 18)

    assert in_office / len(calls) > 0.7
    assert hours[10] > hours[12] < hours[15]
    assert hours[3] < hours[10] / 10


def test_weekends_are_quieter(calls: list[PlannedCall]) -> None:
    days = Counter(call.invited_at.astimezone(CITY_ZONE).date() for call in calls)
    today = NOW.astimezone(CITY_ZONE).date()
    weekend = mean(count for day, count in days.items() if day.weekday() >= 5)
    working = mean(count for day, count in days.items() if day.weekday() < 5 and day != today)

    assert weekend < 0.75 * working


def test_a_few_callers_give_up_and_most_are_answered_within_15_seconds(
    calls: list[PlannedCall],
) -> None:
    waits = [
        (call.answered_at - call.waiting_at).total_seconds() for call in calls if call.answered_at
    ]

    assert 0.005 < 1 - len(waits) / len(calls) < 0.08
    assert sum(wait <= 15 for wait in waits) / len(waits) > 0.9


def test_nobody_talks_to_two_callers_at_once(calls: list[PlannedCall]) -> None:
    for desk in DESKS:
        own = [call for call in calls if call.work_number == desk.work_number]
        own.sort(key=lambda call: call.ringing_at or NOW)
        for before, after in pairwise(own):
            assert before.wrapped_up_at is not None
            assert after.ringing_at is not None
            assert before.wrapped_up_at <= after.ringing_at


def test_the_moments_of_a_call_follow_each_other(calls: list[PlannedCall]) -> None:
    for call in calls:
        walked = [
            call.invited_at,
            call.waiting_at,
            call.ringing_at,
            call.answered_at,
            call.ended_at,
            call.wrapped_up_at,
        ]
        moments = [moment for moment in walked if moment]
        assert moments == sorted(moments)
        assert call.ended_at - call.invited_at < timedelta(minutes=40)


def test_the_sub_centre_answers_its_own_line_in_its_hours(calls: list[PlannedCall]) -> None:
    of_line = [call for call in calls if call.line == "12366" and call.work_number]
    in_hours = [call for call in of_line if 8 <= call.invited_at.astimezone(CITY_ZONE).hour < 18]

    assert in_hours
    assert {call.work_number for call in in_hours} == {"1009"}
    assert all(call.line == "12366" for call in calls if call.work_number == "1009")


def test_several_lines_are_dialled_and_12345_most(calls: list[PlannedCall]) -> None:
    lines = Counter(call.line for call in calls)

    assert lines.most_common(1)[0][0] == "12345"
    assert len(lines) > 10
    assert {"12315", "12333", "12329"} <= set(lines)


def test_a_withheld_number_leaves_no_ticket(calls: list[PlannedCall]) -> None:
    assert any(not call.from_number for call in calls)
    assert not any(call.leaves_ticket for call in calls if not call.from_number)


@pytest.mark.parametrize(
    ("came", "now", "is_so"),
    [
        ("2026-11-23T21:10", "2026-11-24T03:30", True),
        ("2026-11-23T17:50", "2026-11-24T03:30", False),
        ("2026-11-24T08:10", "2026-11-24T14:50", True),
        ("2026-11-24T06:40", "2026-11-24T14:50", False),
    ],
)
def test_by_night_the_dispatcher_finds_what_came_since_the_evening(
    came: str, now: str, *, is_so: bool
) -> None:
    moments = [datetime.fromisoformat(each).replace(tzinfo=CITY_ZONE) for each in (came, now)]

    assert may_wait(came=moments[0], now=moments[1]) is is_so
