"""Our waits are those of queueing theory: equal call by call, and near the formula in the mean.

`python -m scripts.routing_oracle` does the same with a million calls.
"""

from collections.abc import Callable

import pytest

from scripts.routing_oracle import LOADS, Load, compare, erlang_c_wait

CALLS = 8_000


@pytest.mark.slow
@pytest.mark.parametrize("load", LOADS, ids=lambda each: f"{each.agents}-at-{each.occupancy}")
def test_every_wait_is_the_one_that_kiefer_and_wolfowitz_give(
    load: Load, record_property: Callable[[str, object], None]
) -> None:
    found = compare(load, CALLS, seed=load.agents)

    assert found.unequal == 0
    record_property("mean_wait_seconds", round(found.mean_wait, 2))
    record_property("erlang_c_seconds", round(found.erlang_c, 2))


@pytest.mark.parametrize(
    ("load", "expected"),
    [(Load(agents=1, occupancy=0.5), 180.0), (Load(agents=2, occupancy=0.5), 60.0)],
)
def test_the_formula_gives_what_can_be_reckoned_by_hand(load: Load, expected: float) -> None:
    assert erlang_c_wait(load) == pytest.approx(expected)
