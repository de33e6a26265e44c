"""What an agent's page fetches stays light; the charts of the board are none of it."""

import pytest

from tests.bench.desk_page import GOAL_KB, files_of_the_desk, kilobytes

pytestmark = pytest.mark.browser


def test_the_desk_weighs_no_more_than_its_goal() -> None:
    assert kilobytes(files_of_the_desk()) <= GOAL_KB


def test_the_desk_fetches_neither_the_charts_nor_the_board() -> None:
    names = " ".join(files_of_the_desk())

    assert "AgentDesk" in names
    assert "DayCurve" not in names
    assert "ShiftBoard" not in names


def test_windows_over_the_desk_and_the_second_language_come_later() -> None:
    names = " ".join(files_of_the_desk())

    assert "zh-CN" in names
    assert "/en-" not in names
    assert "DeskDialogs" not in names
    assert "TicketForm" not in names
