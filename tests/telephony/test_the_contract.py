"""The contract of the port itself: enough promises, tried everywhere, none left out in silence."""

import ast
from pathlib import Path

import pytest

from tests.telephony.benches import BENCHES, NOT_BY_NATURE, REAL_NODE

HERE = Path(__file__).parent
FEWEST_PROMISES = 30


def promises() -> set[str]:
    """Return the names of all tests that ask for a bench."""
    return {
        one.name
        for path in HERE.glob("test_*.py")
        for one in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(one, ast.FunctionDef)
        and {argument.arg for argument in one.args.args} & {"bench", "link"}
    }


@pytest.mark.parametrize("exchange", [*sorted(BENCHES), REAL_NODE])
def test_each_kind_of_exchange_makes_at_least_thirty_promises(exchange: str) -> None:
    made = {promise for promise in promises() if (exchange, promise) not in NOT_BY_NATURE}
    assert len(made) >= FEWEST_PROMISES


def test_a_promise_that_is_left_out_somewhere_exists_and_says_why() -> None:
    for (exchange, promise), why in NOT_BY_NATURE.items():
        assert exchange in {*BENCHES, REAL_NODE}
        assert promise in promises()
        assert len(why) > 20
