"""Who stands for whom, after merges and splits in any order."""

import pytest

from app.callers.families import GoesRound, roots


def test_nobody_stands_for_who_was_never_merged() -> None:
    assert roots({}) == {}


def test_a_chain_of_merges_ends_at_the_last_one() -> None:
    assert roots({1: 2, 2: 3}) == {1: 3, 2: 3}
    assert roots({2: 3, 1: 2}) == {1: 3, 2: 3}


def test_a_merge_taken_out_of_the_middle_leaves_the_others() -> None:
    assert roots({1: 2, 4: 3}) == {1: 2, 4: 3}


def test_two_persons_are_never_each_part_of_the_other() -> None:
    with pytest.raises(GoesRound):
        roots({1: 2, 2: 1})
    with pytest.raises(GoesRound):
        roots({1: 1})
