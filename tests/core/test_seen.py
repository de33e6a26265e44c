"""What a form saw: fits as long as nobody saved something else."""

import pytest

from app.core.seen import ChangedMeanwhile, check_seen, seen_mark


def test_the_same_values_have_the_same_mark_in_any_order() -> None:
    assert seen_mark({"a": 1, "b": "二"}) == seen_mark({"b": "二", "a": 1})


@pytest.mark.parametrize("other", [{"a": 2}, {"a": "1"}, {"a": None}, {"a": 1, "b": 1}, {}])
def test_other_values_have_another_mark(other: dict[str, object]) -> None:
    with pytest.raises(ChangedMeanwhile):
        check_seen(seen_mark({"a": 1}), other)


@pytest.mark.parametrize("seen", ["", "x" * 16, "x" * 100_000])
def test_a_mark_that_nobody_gave_out_fits_nothing(seen: str) -> None:
    with pytest.raises(ChangedMeanwhile):
        check_seen(seen, {"a": 1})
