"""A clock that is started, paused, goes on, is extended and done; and what nobody gains by it."""

from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from app.core.clock import CITY_TIME
from app.rules.due_dates import CountingWay, LastDayEnds, reckon_due
from app.rules.running_clocks import (
    ClockEvent,
    ClockLamp,
    ClockNotRunning,
    ClockOverdue,
    ClockRule,
    ClockState,
    ClockStep,
    ExtendedByOtherUnit,
    stand,
)
from app.rules.time_limits import read_limit
from tests.rules.shipped_calendar import shipped

E = ClockEvent
MONDAY = "2026-11-23T10:00"


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CITY_TIME)


def step(event: ClockEvent, when: str, by: str = "") -> ClockStep:
    return ClockStep(event=event, at=at(when), by=read_limit(by) if by else None)


def stands(limit: str, *steps: ClockStep, urgent: bool = False) -> ClockState:
    rule = ClockRule(limit=read_limit(limit), is_urgent=urgent)
    return stand((step(E.STARTED, MONDAY), *steps), rule, shipped())


@pytest.mark.parametrize(
    ("limit", "paused", "resumed", "due"),
    [
        # within one day, before opening, over noon, at night: nothing is gained
        ("3wd", "2026-11-24T09:00", "2026-11-24T16:00", "2026-11-26T17:30"),
        ("3wd", "2026-11-24T07:00", "2026-11-24T07:05", "2026-11-26T17:30"),
        ("3wd", "2026-11-24T17:40", "2026-11-25T08:00", "2026-11-26T17:30"),
        ("3wd", "2026-11-27T18:00", "2026-11-28T18:00", "2026-11-26T17:30"),
        # paused on Tuesday, on again on Friday: Tuesday is used, Friday is its rest
        ("3wd", "2026-11-24T09:00", "2026-11-27T09:00", "2026-12-01T17:30"),
        # begun at closing time, over a night or a weekend: nobody could have worked
        ("3wd", "2026-11-24T17:30", "2026-11-25T08:30", "2026-11-26T17:30"),
        # three days and a half: three whole days, the rest of them stays owed
        ("3wd", "2026-11-24T09:00", "2026-11-27T15:00", "2026-12-01T17:30"),
        # paused on the last day: what was left of it, to the minute, on the day it goes on
        ("3wd", "2026-11-26T16:00", "2026-12-02T10:00", "2026-12-02T11:30"),
        ("2wh", "2026-11-23T11:00", "2026-11-24T16:00", "2026-11-24T17:00"),
        ("4h", "2026-11-23T11:00", "2026-11-24T16:00", "2026-11-24T19:00"),
        ("10d", "2026-11-25T11:00", "2026-11-29T16:00", "2026-12-08T00:00"),
    ],
)
def test_a_pause_gives_back_what_it_took_and_no_more(
    limit: str, paused: str, resumed: str, due: str
) -> None:
    if at(paused) > stands(limit).due:
        with pytest.raises(ClockOverdue):
            stands(limit, step(E.PAUSED, paused))
        return
    state = stands(limit, step(E.PAUSED, paused), step(E.RESUMED, resumed))

    assert state.due == at(due)
    assert state.paused == at(resumed) - at(paused)


@pytest.mark.parametrize(
    ("paused", "resumed", "due"),
    [
        ("2026-11-24T17:29", "2026-11-24T17:40", "2026-11-26T17:30"),
        ("2026-11-24T17:29", "2026-11-25T08:31", "2026-11-26T17:30"),
        ("2026-11-24T17:29", "2026-11-25T17:40", "2026-11-27T17:30"),
        ("2026-11-24T17:29", "2026-11-26T08:31", "2026-11-27T17:30"),
        # on the last day: the minute that was left, and no day for it
        ("2026-11-26T17:29", "2026-11-26T17:40", "2026-11-27T08:31"),
        ("2026-11-26T17:30", "2026-11-26T20:00", "2026-11-26T17:30"),
    ],
)
def test_a_pause_begun_just_before_closing_and_ended_after_hours_gains_no_working_day(
    paused: str, resumed: str, due: str
) -> None:
    assert stands("3wd", step(E.PAUSED, paused), step(E.RESUMED, resumed)).due == at(due)


def test_many_short_pauses_give_back_together_what_one_long_pause_does() -> None:
    whole_days = [
        each
        for day in ("24", "25")
        for each in (
            step(E.PAUSED, f"2026-11-{day}T08:30"),
            step(E.RESUMED, f"2026-11-{day}T12:00"),
            step(E.PAUSED, f"2026-11-{day}T14:30"),
            step(E.RESUMED, f"2026-11-{day}T17:30"),
        )
    ]
    evenings = [
        each
        for day in ("23", "24", "25")
        for each in (
            step(E.PAUSED, f"2026-11-{day}T17:25"),
            step(E.RESUMED, f"2026-11-{day}T18:00"),
        )
    ]

    assert stands("3wd", *whole_days).due == at("2026-11-30T17:30")
    assert stands("3wd", *evenings).due == at("2026-11-26T17:30")
    assert stands("3wd", *evenings).owed == timedelta(minutes=15)


def test_where_days_end_at_midnight_a_pause_takes_whole_days_at_night_too() -> None:
    way = CountingWay(last_day_ends=LastDayEnds.MIDNIGHT)
    rule = ClockRule(limit=read_limit("3wd"), way=way)
    started = step(E.STARTED, MONDAY)

    def due(paused: str, resumed: str) -> datetime:
        steps = (started, step(E.PAUSED, paused), step(E.RESUMED, resumed))
        return stand(steps, rule, shipped()).due

    assert due("2026-11-24T18:00", "2026-11-24T23:00") == at("2026-11-27T00:00")
    assert due("2026-11-24T18:00", "2026-11-25T18:00") == at("2026-11-28T00:00")
    assert due("2026-11-26T23:00", "2026-11-27T01:00") == at("2026-11-27T02:00")


def test_a_short_pause_asks_for_no_year_that_nobody_knows() -> None:
    rule, started = ClockRule(limit=read_limit("1wd")), step(E.STARTED, "2026-12-30T10:00")
    steps = (started, step(E.PAUSED, "2026-12-31T09:00"), step(E.RESUMED, "2026-12-31T10:00"))

    assert stand(steps, rule, shipped()).due == at("2026-12-31T17:30")


def test_a_clock_that_is_paused_is_neither_green_nor_red() -> None:
    rule, warns_from = ClockRule(limit=read_limit("3wd")), at("2026-11-25T17:30")
    started = step(E.STARTED, MONDAY)
    running = stand((started,), rule, shipped())
    paused = stand((started, step(E.PAUSED, "2026-11-24T10:00")), rule, shipped())
    done = stand((started, step(E.DONE, "2026-11-27T10:00")), rule, shipped())

    moments = ("2026-11-25T17:00", "2026-11-25T18:00", "2026-11-26T17:30", "2026-11-26T17:31")
    assert [running.lamp(at(each), warns_from=warns_from) for each in moments] == [
        ClockLamp.GREEN, ClockLamp.YELLOW, ClockLamp.YELLOW, ClockLamp.RED,
    ]  # fmt: skip
    assert paused.lamp(at("2027-11-26T17:31"), warns_from=warns_from) is ClockLamp.PAUSED
    assert done.lamp(at("2027-11-26T17:31"), warns_from=warns_from) is ClockLamp.DONE


def test_an_extension_before_the_due_date_moves_it_by_its_own_units_and_is_counted() -> None:
    state = stands("3wd", step(E.EXTENDED, "2026-11-26T17:30", "5wd"))
    hours = stands("2wh", step(E.EXTENDED, MONDAY, "1wh"))

    assert (state.due, state.extensions) == (at("2026-12-03T17:30"), 1)
    assert hours.due == at("2026-11-23T15:30")


def test_after_the_due_date_there_is_neither_extension_nor_pause() -> None:
    with pytest.raises(ClockOverdue):
        stands("3wd", step(E.EXTENDED, "2026-11-26T17:31", "5wd"))
    with pytest.raises(ClockOverdue):
        stands("3wd", step(E.PAUSED, "2026-11-26T17:31"))
    with pytest.raises(ExtendedByOtherUnit):
        stands("3wd", step(E.EXTENDED, "2026-11-24T10:00", "48h"))


def test_being_done_on_the_last_second_is_in_time_and_a_second_later_is_not() -> None:
    assert stands("3wd", step(E.DONE, "2026-11-26T17:30:00")).was_in_time
    assert stands("3wd", step(E.DONE, "2026-11-26T17:30:01")).was_in_time is False
    assert stands("3wd").was_in_time is None


def test_what_came_back_from_the_auditor_goes_on_without_the_time_he_looked_at_it() -> None:
    state = stands("3wd", step(E.DONE, "2026-11-25T16:00"), step(E.RESUMED, "2026-12-01T09:00"))

    assert (state.due, state.done_at) == (at("2026-12-01T17:30"), None)
    assert state.owed == timedelta(hours=2), "three days and two hours were not his"


def test_what_was_handed_in_too_late_stays_late_however_long_it_is_looked_at() -> None:
    late = step(E.DONE, "2026-11-27T10:00")
    state = stands("3wd", late, step(E.RESUMED, "2026-12-01T09:00"))

    assert state.due == at("2026-11-26T17:30")
    assert (
        stands(
            "3wd", late, step(E.RESUMED, "2026-12-01T09:00"), step(E.DONE, "2026-12-01T09:05")
        ).was_in_time
        is False
    )


@pytest.mark.parametrize(
    "steps",
    [
        (step(E.RESUMED, "2026-11-24T10:00"),),
        (step(E.PAUSED, "2026-11-24T10:00"), step(E.PAUSED, "2026-11-24T11:00")),
        (step(E.PAUSED, "2026-11-24T10:00"), step(E.DONE, "2026-11-24T11:00")),
        (step(E.PAUSED, "2026-11-24T10:00"), step(E.EXTENDED, "2026-11-24T11:00", "1wd")),
        (step(E.DONE, "2026-11-24T10:00"), step(E.DONE, "2026-11-24T11:00")),
        (step(E.STARTED, "2026-11-24T10:00"),),
        (step(E.DONE, "2026-11-22T10:00"),),
    ],
)
def test_a_history_that_cannot_be_is_refused(steps: tuple[ClockStep, ...]) -> None:
    with pytest.raises(ClockNotRunning):
        stands("3wd", *steps)


@cache
def open_until() -> list[int]:
    """Count minute by minute from the start on for how long offices were open."""
    working, start = shipped(), at(MONDAY)
    return list(
        accumulate(
            (working.is_open(start + timedelta(minutes=each)) for each in range(32 * 24 * 60)),
            initial=0,
        )
    )


def open_minutes(since: datetime, until: datetime) -> int:
    """Return for how many minutes offices were open."""
    ends, begins = ((each - at(MONDAY)) // timedelta(minutes=1) for each in (until, since))
    return open_until()[ends] - open_until()[begins]


MOMENTS = st.integers(0, 20 * 24 * 60).map(lambda minute: at(MONDAY) + timedelta(minutes=minute))
LIMITS = st.sampled_from(["1wd", "3wd", "10wd", "2wh", "20wh", "24h", "90min", "7d"])


@given(limit=LIMITS, pause=st.tuples(MOMENTS, MOMENTS).map(sorted), urgent=st.booleans())
@settings(max_examples=400)
def test_a_pause_never_brings_a_due_date_forward_nor_gives_more_than_it_lasted(
    limit: str, pause: list[datetime], urgent: bool
) -> None:
    rule = ClockRule(limit=read_limit(limit), is_urgent=urgent)
    started = step(E.STARTED, MONDAY)
    due = stand((started,), rule, shipped()).due
    if pause[0] > due:
        return
    steps = [ClockStep(event=e, at=m) for e, m in zip((E.PAUSED, E.RESUMED), pause, strict=True)]
    moved = stand((started, *steps), rule, shipped()).due

    assert moved >= due
    if rule.limit.unit in ("h", "min"):
        assert moved - due == pause[1] - pause[0]
    # as if the whole limit had begun anew when it went on: never better than that
    anew = reckon_due(pause[1], rule.limit, shipped(), is_urgent=urgent).due
    assert moved <= max(anew, due)


@given(pauses=st.lists(MOMENTS, min_size=2, max_size=6, unique=True).map(sorted))
@settings(max_examples=150, deadline=None)
def test_pauses_move_a_due_date_by_no_more_office_time_than_they_took(
    pauses: list[datetime],
) -> None:
    rule, started = ClockRule(limit=read_limit("10wd")), step(E.STARTED, MONDAY)
    due = stand((started,), rule, shipped()).due
    pairs = [pair for pair in zip(pauses[::2], pauses[1::2], strict=False) if pair[1] <= due]
    steps = [
        ClockStep(event=e, at=m)
        for pair in pairs
        for e, m in zip((E.PAUSED, E.RESUMED), pair, strict=True)
    ]
    state = stand((started, *steps), rule, shipped())

    took = sum(open_minutes(*pair) for pair in pairs)
    assert open_minutes(due, state.due) + state.owed.total_seconds() / 60 == took
