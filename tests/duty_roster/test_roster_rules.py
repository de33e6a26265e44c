"""Who is on duty, what is wrong with a roster, and who is told when nobody signs: pure rules."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import CITY_TIME
from app.duty_roster.escalation import (
    EscalationStep,
    Shares,
    Unsigned,
    step_at,
    steps_due,
    told_for,
)
from app.duty_roster.roster_rules import (
    ORDER,
    DutyPart,
    DutySpell,
    RosterFault,
    copied,
    faults_between,
    on_duty,
)

UNIT = 7
MONDAY = datetime(2026, 11, 23, tzinfo=CITY_TIME)
SUNDAY_NIGHT = MONDAY + timedelta(days=7)
HOUR = timedelta(hours=1)
SHARES = Shares(second=1 / 3, leader=2 / 3, hotline=1.0)
_ids = count(1)


def spell(begins: float, ends: float, part: DutyPart = DutyPart.FIRST, **more: int) -> DutySpell:
    """A spell, in hours of the week."""
    return DutySpell(
        id=next(_ids),
        unit_id=more.get("unit_id", UNIT),
        person_id=more.get("person_id", 1),
        part=part,
        begins_at=MONDAY + begins * HOUR,
        ends_at=MONDAY + ends * HOUR,
    )


def at(hour: float) -> datetime:
    return MONDAY + hour * HOUR


def faults(spells: list[DutySpell]) -> list[tuple[str, str, float, float]]:
    return [
        (
            each.fault.value,
            each.part.value,
            (each.begins_at - MONDAY) / HOUR,
            (each.ends_at - MONDAY) / HOUR,
        )
        for each in faults_between(spells, since=MONDAY, until=SUNDAY_NIGHT)
    ]


def test_people_on_duty_come_in_the_order_in_which_they_are_told() -> None:
    spells = [
        spell(8, 20, DutyPart.LEADER, person_id=3),
        spell(8, 20, person_id=1),
        spell(0, 24, DutyPart.SECOND, person_id=2),
        spell(8, 20, person_id=9, unit_id=8),
    ]

    found = on_duty(spells, unit_id=UNIT, moment=at(9))

    assert [each.person_id for each in found] == [1, 2, 3]


@pytest.mark.parametrize(("hour", "person"), [(7.99, []), (8, [1]), (19.99, [1]), (20, [2])])
def test_the_end_of_a_spell_belongs_to_whoever_comes_next(hour: float, person: list[int]) -> None:
    spells = [spell(8, 20, person_id=1), spell(20, 32, person_id=2)]

    assert [each.person_id for each in on_duty(spells, unit_id=UNIT, moment=at(hour))] == person


def test_who_was_put_in_for_another_is_meant() -> None:
    spells = [spell(0, 24, person_id=1), spell(8, 12, person_id=2)]

    assert on_duty(spells, unit_id=UNIT, moment=at(9))[0].person_id == 2
    assert on_duty(spells, unit_id=UNIT, moment=at(13))[0].person_id == 1


def test_gaps_are_those_of_the_first_person_only() -> None:
    spells = [spell(8, 100), spell(110, 168), spell(0, 8, DutyPart.LEADER)]

    assert faults(spells) == [("gap", "first", 0, 8), ("gap", "first", 100, 110)]


def test_overlaps_are_told_for_every_part_and_only_within_the_week() -> None:
    spells = [
        spell(-5, 170),
        spell(160, 175),
        spell(1, 3, DutyPart.SECOND),
        spell(2, 5, DutyPart.SECOND),
        spell(2, 5, DutyPart.LEADER),
    ]

    assert faults(spells) == [("overlap", "second", 2, 3), ("overlap", "first", 160, 168)]


def test_a_week_without_anybody_is_one_gap_and_a_full_one_has_no_fault() -> None:
    assert faults([]) == [("gap", "first", 0, 168)]
    assert faults([spell(day * 24, day * 24 + 24) for day in range(7)]) == []


@given(st.lists(st.tuples(st.integers(-10, 175), st.integers(1, 60)), max_size=8))
def test_gaps_and_overlaps_agree_with_counting_hour_by_hour(spans: list[tuple[int, int]]) -> None:
    spells = [spell(begins, begins + length) for begins, length in spans]
    found = faults_between(spells, since=MONDAY, until=SUNDAY_NIGHT)

    for hour in range(168):
        there = sum(each.covers(at(hour + 0.5)) for each in spells)
        told = {each.fault for each in found if each.begins_at <= at(hour + 0.5) < each.ends_at}
        expected = (
            {RosterFault.GAP} if there == 0 else {RosterFault.OVERLAP} if there > 1 else set()
        )
        assert told == expected, hour


def test_a_week_is_copied_by_what_begins_in_it() -> None:
    spells = [spell(-2, 6), spell(8, 20, DutyPart.SECOND, person_id=5), spell(160, 172)]

    new = copied(spells, since=MONDAY, until=SUNDAY_NIGHT, by=timedelta(days=7))

    assert [(each.part, each.person_id, each.begins_at) for each in new] == [
        (DutyPart.SECOND, 5, at(8 + 168)),
        (DutyPart.FIRST, 1, at(160 + 168)),
    ]


# --- escalation ------------------------------------------------------------------------------


def unsigned(*told: EscalationStep, minutes: int = 15) -> Unsigned:
    return Unsigned(
        unit_id=UNIT,
        ticket_id=1,
        ticket_number="HY202611230004180",
        dispatch_key="a1",
        dispatched_at=MONDAY,
        sign_due=MONDAY + timedelta(minutes=minutes),
        told_steps=frozenset(told),
    )


S = EscalationStep


@pytest.mark.parametrize(
    ("minute", "steps"),
    [
        (0, []),
        (4.99, []),
        (5, [S.SECOND]),
        (10, [S.SECOND, S.LEADER]),
        (14.99, [S.SECOND, S.LEADER]),
        (15, [S.SECOND, S.LEADER, S.HOTLINE]),
        (600, [S.SECOND, S.LEADER, S.HOTLINE]),
    ],
)
def test_steps_come_by_shares_of_the_limit(minute: float, steps: list[S]) -> None:
    now = MONDAY + timedelta(minutes=minute)

    assert steps_due(unsigned(), shares=SHARES, now=now) == steps


def test_nobody_is_told_twice_even_if_the_clock_goes_back() -> None:
    ten = MONDAY + timedelta(minutes=10)
    told = unsigned(S.SECOND, S.LEADER)

    assert steps_due(told, shares=SHARES, now=ten) == []
    assert steps_due(told, shares=SHARES, now=MONDAY - timedelta(hours=1)) == []
    assert steps_due(told, shares=SHARES, now=ten + timedelta(hours=1)) == [S.HOTLINE]


def test_half_an_hour_has_longer_steps() -> None:
    assert step_at(unsigned(minutes=30), S.SECOND, SHARES) == MONDAY + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("step", "there", "told"),
    [
        (S.SECOND, set(ORDER), DutyPart.SECOND),
        (S.SECOND, {DutyPart.FIRST, DutyPart.LEADER}, DutyPart.LEADER),
        (S.SECOND, {DutyPart.FIRST}, DutyPart.FIRST),
        (S.LEADER, {DutyPart.FIRST, DutyPart.SECOND}, DutyPart.SECOND),
        (S.LEADER, {DutyPart.FIRST}, DutyPart.FIRST),
        (S.LEADER, set(), None),
        (S.HOTLINE, set(ORDER), None),
    ],
)
def test_where_somebody_is_missing_the_next_above_is_told(
    step: S, there: set[DutyPart], told: DutyPart | None
) -> None:
    assert told_for(step, there) is told
