"""The lists of codes: dated, in order, never without what agents need, never deleted."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.events import Event
from app.core.seen import ChangedMeanwhile, seen_mark
from app.rules import code_register, service
from app.rules.code_lists import Code, CodeList, CodeTaken, CodeWords, LastOfItsList
from app.rules.events import CodeAdded, CodeEdited, CodeEnded

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = CodeWords(name_zh="夜班交接", name_en="Hand-over", position=5, valid_from=AT - DAY)

pytestmark = pytest.mark.usefixtures("lists")


@pytest.fixture
def lists(app: Flask, frozen: time_machine.Traveller) -> Flask:
    """Load what is shipped, on a working morning."""
    frozen.move_to(AT)
    with unit_of_work():
        service.load_wrap_up_codes()
        code_register.load_codes()
    return app


def names(code_list: CodeList, at: datetime = AT) -> list[str]:
    return [each.code for each in code_register.codes_now(code_list, at=at)]


def edit(code_list: CodeList, code: str, **changes: object) -> Code:
    shown = code_register.get_code(code_list, code).words
    with unit_of_work():
        code_register.edit_code(
            code_list, code, replace(shown, **changes), seen=seen_mark(asdict(shown))
        )
    return code_register.get_code(code_list, code)


@pytest.mark.postgresql
@pytest.mark.parametrize("code_list", CodeList)
def test_a_code_is_added_in_its_place_changed_and_ended(
    code_list: CodeList, heard: list[Event]
) -> None:
    with unit_of_work():
        code_register.add_code(code_list, "hand_over", WORDS)

    assert "hand_over" in names(code_list)
    assert edit(code_list, "hand_over", name_zh="交接班").words.name_zh == "交接班"
    with unit_of_work():
        code_register.end_code(code_list, "hand_over")
    assert "hand_over" not in names(code_list)
    kept = code_register.get_code(code_list, "hand_over")
    assert kept.words.valid_until == AT
    told = [each for each in heard if isinstance(each, CodeAdded | CodeEdited | CodeEnded)]
    assert [each.name for each in told] == ["code.added", "code.edited", "code.ended"]


def test_the_breaks_of_every_database_are_those_agents_had_before() -> None:
    assert names(CodeList.BREAK) == [
        "break", "meal", "meeting", "training", "coaching", "paperwork",
    ]  # fmt: skip
    with unit_of_work():
        assert code_register.load_codes() == 0


def test_a_code_holds_from_its_day_until_its_day() -> None:
    planned = replace(WORDS, valid_from=AT + DAY, valid_until=AT + 2 * DAY)
    with unit_of_work():
        code_register.add_code(CodeList.BREAK, "drill", planned)

    held = ["drill" in names(CodeList.BREAK, AT + days * DAY) for days in (0, 1, 2)]
    assert held == [False, True, False]


def test_a_code_is_not_given_twice_even_after_it_has_ended() -> None:
    with unit_of_work():
        code_register.end_code(CodeList.BREAK, "meal")

    with pytest.raises(CodeTaken), unit_of_work():
        code_register.add_code(CodeList.BREAK, "meal", WORDS)


@pytest.mark.parametrize("code", ["", "x", "Meal", "1st", "两字", "a" * 33, "a b", "a-b", "a\n"])
def test_a_code_is_something_that_a_record_can_name(code: str) -> None:
    with pytest.raises(Refusal, match="code-unfit"), unit_of_work():
        code_register.add_code(CodeList.BREAK, code, WORDS)


@pytest.mark.parametrize("code_list", [CodeList.BREAK, CodeList.WRAP_UP])
def test_the_last_code_that_agents_need_does_not_end(code_list: CodeList) -> None:
    *others, last = names(code_list)
    with unit_of_work():
        for code in others:
            code_register.end_code(code_list, code)

    with pytest.raises(LastOfItsList), unit_of_work():
        code_register.end_code(code_list, last)
    with pytest.raises(LastOfItsList):
        edit(code_list, last, valid_until=AT + DAY)
    assert names(code_list) == [last]


def test_a_code_cannot_end_before_it_begins() -> None:
    with pytest.raises(Refusal, match="ends-before-it-begins"):
        edit(CodeList.SKILL, "enterprise", valid_from=AT, valid_until=AT - DAY)


def test_who_saw_something_older_does_not_overwrite() -> None:
    shown = code_register.get_code(CodeList.BREAK, "meal").words
    edit(CodeList.BREAK, "meal", minutes=45)

    with pytest.raises(ChangedMeanwhile), unit_of_work():
        code_register.edit_code(
            CodeList.BREAK, "meal", replace(shown, minutes=30), seen=seen_mark(asdict(shown))
        )
    assert code_register.get_code(CodeList.BREAK, "meal").words.minutes == 45


def test_saying_once_more_what_stands_there_is_no_conflict(heard: list[Event]) -> None:
    shown = code_register.get_code(CodeList.BREAK, "meal").words
    with unit_of_work():
        code_register.edit_code(CodeList.BREAK, "meal", shown, seen="anything")

    assert [each for each in heard if isinstance(each, CodeEdited)] == []
