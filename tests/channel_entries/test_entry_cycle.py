"""Who owes the next entry: only what people enter has a cycle, and each has a whole one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channel_entries.channel_states import ChannelKind, ChannelState, WayIn
from app.channel_entries.entry_cycle import (
    cycles_missed,
    is_entered_by_people,
    live_since,
    turn_of,
)
from app.channels.number_states import Step

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
A_MOMENT = timedelta(microseconds=1)

moments = st.timedeltas(min_value=timedelta(days=-2000), max_value=timedelta(days=2000)).map(
    lambda apart: NOW + apart
)
cycles = st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=366))


def step(state: ChannelState, days_ago: int, written: int) -> Step[ChannelState]:
    return Step(word=state, valid_from=NOW - timedelta(days=days_ago), written=written)


@given(at=moments, cycle=cycles, share=st.floats(0, 1), live_from=moments)
def test_who_entered_within_the_cycle_is_never_behind(
    at: datetime, cycle: timedelta, share: float, live_from: datetime
) -> None:
    turn = turn_of(last_entry=at - cycle * share, live_from=live_from, cycle=cycle)

    assert not turn.is_behind(at)


@given(at=moments, cycle=cycles, share=st.floats(0, 1))
def test_a_channel_that_went_live_within_the_cycle_is_not_behind(
    at: datetime, cycle: timedelta, share: float
) -> None:
    assert not turn_of(last_entry=None, live_from=at - cycle * share, cycle=cycle).is_behind(at)


@given(at=moments, cycle=cycles, late=cycles)
def test_who_let_the_cycle_pass_is_behind_until_something_is_entered(
    at: datetime, cycle: timedelta, late: timedelta
) -> None:
    begun = at - cycle - late

    assert turn_of(last_entry=begun, live_from=begun, cycle=cycle).is_behind(at)
    assert not turn_of(last_entry=at, live_from=begun, cycle=cycle).is_behind(at)


@given(live_from=moments, last=st.none() | moments, at=moments)
def test_where_nothing_is_owed_nobody_is_behind(
    live_from: datetime, last: datetime | None, at: datetime
) -> None:
    """Without the rule, and out of use."""
    assert not turn_of(last_entry=last, live_from=live_from, cycle=None).is_behind(at)
    assert not turn_of(last_entry=last, live_from=None, cycle=WEEK).is_behind(at)


@given(due=moments, cycle=cycles, at=moments)
def test_cycles_are_missed_one_after_another(due: datetime, cycle: timedelta, at: datetime) -> None:
    missed = cycles_missed(due, cycle, at=at)

    assert (missed > 0) is (due < at)
    assert cycles_missed(due, cycle, at=at + cycle) == (missed + 1 if due < at + cycle else 0)


def test_a_channel_that_rested_has_a_whole_cycle_from_when_it_is_used_again() -> None:
    steps = [
        step(ChannelState.ACTIVE, 90, 1),
        step(ChannelState.SUSPENDED, 30, 2),
        step(ChannelState.ACTIVE, 2, 3),
    ]

    begun = live_since(steps, NOW)

    assert begun == NOW - timedelta(days=2)
    turn = turn_of(last_entry=NOW - timedelta(days=40), live_from=begun, cycle=WEEK)
    assert turn.due == NOW + timedelta(days=5)
    assert live_since(steps, NOW - timedelta(days=3)) is None


def test_a_second_step_of_the_same_state_begins_nothing_anew() -> None:
    steps = [step(ChannelState.ACTIVE, 90, 1), step(ChannelState.ACTIVE, 3, 2)]

    assert live_since(steps, NOW) == NOW - timedelta(days=90)
    assert live_since([step(ChannelState.PLANNED, 90, 1)], NOW) is None
    assert live_since([], NOW) is None


def test_it_is_due_to_the_moment() -> None:
    turn = turn_of(last_entry=None, live_from=NOW - WEEK, cycle=WEEK)

    assert (turn.is_behind(NOW), turn.is_behind(NOW + A_MOMENT)) == (False, True)


@pytest.mark.parametrize(
    ("kind", "ways", "is_asked"),
    [
        (ChannelKind.SITE, {WayIn.FORM}, True),
        (ChannelKind.LETTER, {WayIn.SHEET}, True),
        (ChannelKind.SITE, {WayIn.FORM, WayIn.SHEET}, True),
        (ChannelKind.APP, {WayIn.INTERFACE}, False),
        (ChannelKind.APP, {WayIn.INTERFACE, WayIn.FORM}, False),
        (ChannelKind.NUMBER, {WayIn.FORM}, False),
        (ChannelKind.SITE, set(), False),
    ],
)
def test_what_comes_by_itself_owes_nothing(
    kind: ChannelKind, ways: set[WayIn], *, is_asked: bool
) -> None:
    assert is_entered_by_people(kind, [str(each) for each in ways]) is is_asked
