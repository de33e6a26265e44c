"""What a citizen's keys come to, key by key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.handling.visit_keys import ForAPerson, Keyed, read_keys


@pytest.mark.parametrize(
    ("pressed", "said"),
    [
        ("155", Keyed(is_solved=True, result_mark=5, attitude_mark=5, asks_redo=False)),
        ("1,4,3", Keyed(is_solved=True, result_mark=4, attitude_mark=3, asks_redo=False)),
        ("2151", Keyed(is_solved=False, result_mark=1, attitude_mark=5, asks_redo=True)),
        ("2 1 5 2#", Keyed(is_solved=False, result_mark=1, attitude_mark=5, asks_redo=False)),
        ("0", ForAPerson.WANTS_PERSON),
        ("150", ForAPerson.WANTS_PERSON),
        ("355", ForAPerson.KEYS_UNCLEAR),
        ("2153", ForAPerson.KEYS_UNCLEAR),
        ("1555", ForAPerson.KEYS_UNCLEAR),
        ("", None),
        ("1", None),
        ("215", None),  # he hung up before the last question
        ("１５５", None),
    ],
)
def test_keys_say_what_was_asked_in_its_order(pressed: str, said: object) -> None:
    assert read_keys(pressed) == said


@given(st.text("0123456789*#, ABCD", max_size=8))
def test_no_keys_ever_give_a_mark_that_nobody_could_press(pressed: str) -> None:
    said = read_keys(pressed)

    if isinstance(said, Keyed):
        assert {said.result_mark, said.attitude_mark} <= {1, 2, 3, 4, 5}
        assert not (said.is_solved and said.asks_redo)
