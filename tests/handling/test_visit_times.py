"""When a citizen is tried next, and which tries count."""

from datetime import datetime, time, timedelta

import pytest

from app.core.clock import CITY_TIME
from app.handling.visit_times import Suits, next_try, parts_of_day, tries_apart
from app.rules.visit_hours import USUAL, VisitHours

APART = timedelta(hours=2)


def at(hour: int, minute: int = 0, *, day: int = 24) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CITY_TIME)


def test_tries_close_to_each_other_are_one() -> None:
    assert tries_apart([], apart=APART) == 0
    assert tries_apart([at(10), at(10, 5), at(11, 59)], apart=APART) == 1
    assert tries_apart([at(15), at(10), at(12), at(12, 30)], apart=APART) == 3


@pytest.mark.parametrize(
    ("since", "tries", "best", "expected"),
    [
        (at(10), [], None, at(10)),
        (at(22), [], None, at(9, day=25)),  # nobody is called at night
        (at(6), [], None, at(9)),
        (at(8), [at(10)], None, at(14)),  # missed in the morning: the afternoon
        (at(8), [at(10), at(15)], None, at(18)),
        (at(8), [at(19)], None, at(9, day=25)),
        (at(8), [at(10)], (19, 21), at(19)),  # what he said suits him goes before
        (at(20), [], (9, 12), at(9, day=25)),
    ],
)
def test_who_was_missed_is_tried_in_another_part_of_the_day(
    since: datetime,
    tries: list[datetime],
    best: tuple[int, int] | None,
    expected: datetime,
) -> None:
    assert next_try(since, tries, apart=APART, best=best) == expected


def test_a_link_is_waited_for_until_its_time_is_over_or_a_person_has_tried() -> None:
    link = {"apart": APART, "link_until": at(10, day=25)}
    assert next_try(at(10), [], **link) == at(10, day=25)
    assert next_try(at(10), [at(11)], **link) == at(14)
    assert next_try(at(10), [], apart=APART, link_until=at(22)) == at(9, day=25)
    assert next_try(at(12), [], apart=APART, link_until=at(11)) == at(12)


def test_a_next_try_is_never_within_two_hours_of_one_and_never_at_night() -> None:
    for hour in range(24):
        tried = at(hour)
        following = next_try(tried, [tried], apart=APART).astimezone(CITY_TIME)
        assert following - tried >= timedelta(hours=2)
        assert 9 <= following.hour < 21


def test_how_far_apart_tries_lie_is_the_rules_to_say() -> None:
    half = timedelta(minutes=30)
    assert tries_apart([at(10), at(10, 31), at(11, 2)], apart=half) == 3
    assert next_try(at(8), [at(14)], apart=half, best=(14, 18)) == at(14, 30)


# --- the hours are the city's to say -----------------------------------------------------------


def hours(begins: time, ends: time) -> VisitHours:
    return VisitHours(begins=begins, ends=ends)


def test_the_parts_of_a_day_follow_from_when_it_begins_and_ends() -> None:
    morning, afternoon, evening = Suits.MORNING, Suits.AFTERNOON, Suits.EVENING

    assert parts_of_day(USUAL) == {morning: (9, 12), afternoon: (14, 18), evening: (18, 21)}
    longer = parts_of_day(hours(time(8, 30), time(22)))
    assert longer == {morning: (8.5, 12), afternoon: (14, 18), evening: (18, 22)}
    assert parts_of_day(hours(time(9), time(17, 30))) == {morning: (9, 12), afternoon: (14, 17.5)}
    assert parts_of_day(hours(time(15), time(20))) == {afternoon: (15, 18), evening: (18, 20)}
    assert parts_of_day(hours(time(12), time(14))) == {}


@pytest.mark.parametrize(
    ("day", "since", "tries", "expected"),
    [
        (hours(time(8, 30), time(20)), at(6), [], at(8, 30)),
        (hours(time(8, 30), time(20)), at(20), [], at(8, 30, day=25)),
        (hours(time(9), time(17, 30)), at(8), [at(15)], at(9, day=25)),  # there is no evening
        (hours(time(9), time(22)), at(8), [at(10), at(15)], at(18)),
        (hours(time(9), time(11)), at(8), [at(9)], at(9, day=25)),  # there is only one part
        (hours(time(12), time(14)), at(8), [at(12)], at(12, day=25)),  # there is no part at all
        (hours(time(12), time(14)), at(8), [], at(12)),
    ],
)
def test_who_is_tried_next_is_tried_within_the_hours_that_the_city_sets(
    day: VisitHours, since: datetime, tries: list[datetime], expected: datetime
) -> None:
    assert next_try(since, tries, apart=APART, day=day) == expected


def test_whatever_the_hours_nobody_is_ever_called_outside_of_them() -> None:
    for begins in range(24):
        for ends in range(begins + 1, 24):
            day = hours(time(begins), time(ends))
            for hour in range(24):
                following = next_try(at(hour), [at(hour)], apart=APART, day=day)
                assert begins <= following.astimezone(CITY_TIME).hour < ends
