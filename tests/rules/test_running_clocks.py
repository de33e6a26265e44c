"""A clock that is started, paused, goes on, is extended and done; and what nobody gains by it."""

from datetime import datetime, timedelta

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from app.core.clock import CITY_TIME
from app.rules.due_dates import reckon_due
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
        # paused on the last day: the rest of it on the day it goes on
        ("3wd", "2026-11-26T16:00", "2026-12-02T10:00", "2026-12-02T17:30"),
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

    assert (state.due, state.done_at) == (at("2026-12-02T17:30"), None)


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
