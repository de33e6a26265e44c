"""What an agent's page fetches stays light; the charts of the board are none of it."""

import pytest

from tests.bench.desk_page import files_of_the_desk, kilobytes

pytestmark = pytest.mark.browser

# What it weighs today. The goal is 250, a row of the bench says so: dialogs and the second language
# are still fetched with the rest (docs/bench.md).
HEAVIEST_KB = 265


def test_the_desk_grows_no_heavier_than_it_is() -> None:
    assert kilobytes(files_of_the_desk()) <= HEAVIEST_KB


def test_the_desk_fetches_neither_the_charts_nor_the_board() -> None:
    names = " ".join(files_of_the_desk())

    assert "AgentDesk" in names
    assert "DayCurve" not in names
    assert "ShiftBoard" not in names
