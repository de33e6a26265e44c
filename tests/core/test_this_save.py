"""What a save has looked up is not looked up again, and forgotten when the save ends."""

import pytest

from app.core import this_save
from app.core.database import unit_of_work

pytestmark = pytest.mark.usefixtures("app")


class Questions:
    """Counts what is asked of the database."""

    def __init__(self, *there: int) -> None:
        self.there = set(there)
        self.asked: list[list[int]] = []

    def find(self, ids: "list[int] | set[int]") -> dict[int, str]:
        self.asked.append(sorted(ids))
        return {each: f"row {each}" for each in ids if each in self.there}

    def row(self, one: int) -> str | None:
        return this_save.once_for_all("row", "call", one, self.find)


def test_one_question_is_asked_for_everything_that_was_foreseen() -> None:
    questions = Questions(1, 2)

    with unit_of_work():
        this_save.foresee("call", [1, 2, 3])
        rows = [questions.row(one) for one in (2, 1, 3, 3, 2)]

    assert rows == ["row 2", "row 1", None, None, "row 2"]
    assert questions.asked == [[1, 2, 3]]


def test_what_is_foreseen_later_is_asked_for_later_and_nothing_twice() -> None:
    questions = Questions(1, 2)

    with unit_of_work():
        this_save.foresee("call", [1])
        questions.row(1)
        this_save.foresee("call", [2])
        questions.row(2)

    assert questions.asked == [[1], [2]]


def test_what_nobody_foresaw_may_still_come() -> None:
    questions = Questions()

    with unit_of_work():
        assert questions.row(7) is None
        questions.there.add(7)
        assert questions.row(7) == "row 7"
        assert questions.row(7) == "row 7"

    assert questions.asked == [[7], [7]]


def test_what_was_made_in_the_save_is_there_without_a_question() -> None:
    questions = Questions()

    with unit_of_work():
        this_save.foresee("call", [1])
        this_save.remember(("row", 1), "made here")
        assert questions.row(1) == "made here"

    assert questions.asked == []


def test_the_next_save_asks_anew_and_nothing_is_remembered_outside_of_one() -> None:
    questions = Questions(1)

    for _ in range(2):
        with unit_of_work():
            this_save.foresee("call", [1])
            questions.row(1)
    this_save.foresee("call", [1])
    questions.row(1)
    questions.row(1)

    assert questions.asked == [[1], [1], [1], [1]]


def test_who_only_looks_asks_once_for_all_and_nothing_of_it_is_kept() -> None:
    questions = Questions(1, 2)

    with this_save.looking_at("call", [1, 2]):
        rows = [questions.row(one) for one in (2, 1)]
    with unit_of_work():
        with this_save.looking_at("call", [1, 2]):
            questions.row(1)
        this_save.foresee("call", [1])
        questions.row(1)

    assert rows == ["row 2", "row 1"]
    assert questions.asked == [[1, 2], [1, 2], [1]]
