from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channels.number_states import (
    NUMBER_MOVES,
    MergeMode,
    NumberState,
    StateDoesNotFollow,
    Step,
    check_states,
    in_force,
    state_at,
)

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def step(word: NumberState, minute: int, written: int) -> Step[NumberState]:
    return Step(word=word, valid_from=AT + minute * MINUTE, written=written)


def test_a_mode_holds_from_its_minute_until_the_next_one() -> None:
    steps = [
        Step(word=MergeMode.DUAL_NUMBER, valid_from=AT, written=1),
        Step(word=MergeMode.MERGED, valid_from=AT + MINUTE, written=2),
    ]

    assert in_force(steps, AT - timedelta(seconds=1)) is None
    assert in_force(steps, AT) is MergeMode.DUAL_NUMBER
    assert in_force(steps, AT + MINUTE - timedelta(microseconds=1)) is MergeMode.DUAL_NUMBER
    assert in_force(steps, AT + MINUTE) is MergeMode.MERGED


def test_a_planned_closing_is_taken_back_by_writing_live_for_the_same_minute() -> None:
    steps = [step(NumberState.LIVE, 0, 1), step(NumberState.CLOSED, 5, 2)]
    taken_back = [*steps, step(NumberState.LIVE, 5, 3)]

    check_states(taken_back)
    assert state_at(steps, AT + 9 * MINUTE) is NumberState.CLOSED
    assert state_at(taken_back, AT + 9 * MINUTE) is NumberState.LIVE


def test_a_number_is_not_suspended_before_it_is_live() -> None:
    with pytest.raises(StateDoesNotFollow):
        check_states([step(NumberState.SUSPENDED, 0, 1)])


def test_a_step_put_between_others_must_fit_what_follows() -> None:
    steps = [step(NumberState.LIVE, 0, 1), step(NumberState.SUSPENDED, 5, 2)]

    with pytest.raises(StateDoesNotFollow):
        check_states([*steps, step(NumberState.CLOSED, 3, 3)])


steps_of_a_number = st.lists(
    st.tuples(st.sampled_from(NumberState), st.integers(0, 20)), max_size=8
).map(lambda raw: [step(word, minute, n) for n, (word, minute) in enumerate(raw, start=1)])


@given(steps_of_a_number, st.integers(-1, 21))
def test_at_any_minute_a_number_is_in_exactly_one_state(
    steps: list[Step[NumberState]], minute: int
) -> None:
    at = AT + minute * MINUTE

    assert state_at(steps, at) in NumberState
    assert state_at(steps, at) is state_at(list(reversed(steps)), at)


@given(steps_of_a_number)
def test_checked_steps_walk_only_where_the_table_leads(steps: list[Step[NumberState]]) -> None:
    try:
        check_states(steps)
    except StateDoesNotFollow:
        return
    old = NumberState.PLANNED
    for minute in range(-1, 22):
        new = state_at(steps, AT + minute * MINUTE)
        assert new is old or new in NUMBER_MOVES[old]
        old = new
