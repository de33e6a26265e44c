"""The lists of codes as an administrator works in them."""

from collections.abc import Callable

import pytest
import time_machine

from app.core.database import unit_of_work
from app.rules import code_register
from app.rules.code_lists import CodeList
from tests.administration.keepers import (
    A_LOT,
    SCRIPT,
    errors_of,
    load_lists,
    page,
    seen_in,
    send,
    value_of,
)
from tests.conftest import PageClient

CODES = "/administration/codes"
NEW = {"code": "hand_over", "name_zh": "交接班", "name_en": "Hand-over", "position": "5",
       "minutes": "10", "valid_from": "2026-11-23T09:00", "valid_until": ""}  # fmt: skip
MEAL = {"name_zh": "用餐", "name_en": "Meal", "position": "20", "minutes": "60",
        "valid_from": "2020-01-01T08:00", "valid_until": ""}  # fmt: skip


@pytest.fixture
def manager(
    numbers: None,  # noqa: ARG001 - in its database
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the lists and sign in who keeps them."""
    browser = sign_in_as("hotline_manager")
    load_lists()
    return browser


def holding(code_list: CodeList = CodeList.BREAK) -> list[str]:
    return [each.code for each in code_register.codes_now(code_list)]


@pytest.mark.parametrize("code_list", CodeList)
def test_a_code_is_added_and_stands_in_its_place(manager: PageClient, code_list: CodeList) -> None:
    assert value_of(page(manager, f"/administration/new-code/{code_list}"), "position")
    assert send(manager, f"{CODES}/{code_list}", **NEW).status_code == 302

    assert "hand_over" in holding(code_list)
    html = page(manager, f"{CODES}/{code_list}")
    assert "交接班" in html
    assert "Hand-over" in html


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", ""), ("code", "X"), ("code", "meal time"), ("code", A_LOT), ("name_zh", " "),
        ("name_zh", A_LOT), ("name_en", ""), ("position", "first"), ("position", "-1"),
        ("position", "99999"), ("position", ""), ("minutes", "0"), ("minutes", "long"),
        ("valid_from", ""), ("valid_from", "soon"), ("valid_until", "2026-11-23T08:00"),
        ("valid_until", "never"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    manager: PageClient, field: str, typed: str
) -> None:
    answer = send(manager, f"{CODES}/break", **{**NEW, field: typed})

    assert answer.status_code == 422
    assert errors_of(answer.text, field)
    other = "name_en" if field != "name_en" else "name_zh"
    assert value_of(answer.text, other) == NEW[other]
    assert "hand_over" not in holding()


def test_a_form_that_is_sent_twice_adds_one_code_and_says_so(manager: PageClient) -> None:
    send(manager, f"{CODES}/break", **NEW)
    again = send(manager, f"{CODES}/break", **NEW)

    assert again.status_code == 409
    assert "hand_over" in errors_of(again.text, "code")
    assert holding().count("hand_over") == 1


def test_a_script_in_a_name_is_shown_as_text(manager: PageClient) -> None:
    send(manager, f"{CODES}/wrap_up", **{**NEW, "name_zh": SCRIPT})

    for path in (f"{CODES}/wrap_up", f"{CODES}/wrap_up/hand_over"):
        assert SCRIPT not in page(manager, path)


def test_two_administrators_at_one_code_lose_nothing(manager: PageClient) -> None:
    path = f"{CODES}/break/meal"
    seen = seen_in(page(manager, path))
    send(manager, path, **{**MEAL, "minutes": "45"}, seen=seen)

    answer = send(manager, path, **{**MEAL, "name_zh": "午饭", "minutes": "30"}, seen=seen)

    assert answer.status_code == 409
    assert "45" in errors_of(answer.text, "minutes")
    assert value_of(answer.text, "minutes") == "30"
    assert value_of(answer.text, "name_zh") == "午饭"
    assert code_register.get_code(CodeList.BREAK, "meal").words.minutes == 45
    meant = {**MEAL, "name_zh": "午饭", "minutes": "30", "seen": seen_in(answer.text)}
    assert send(manager, path, **meant).status_code == 302
    assert code_register.get_code(CodeList.BREAK, "meal").words.minutes == 30


def test_an_ended_code_stays_in_sight_and_may_hold_again(manager: PageClient) -> None:
    path = f"{CODES}/break/meal"
    assert send(manager, f"{path}/end").status_code == 302
    assert "meal" not in holding()
    assert "meal" in page(manager, f"{CODES}/break")

    again = {**MEAL, "seen": seen_in(page(manager, path))}
    assert send(manager, path, **again).status_code == 302
    assert "meal" in holding()


def test_a_moment_that_was_not_touched_keeps_its_seconds(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    frozen.shift(17)
    path = f"{CODES}/break/meal"
    send(manager, f"{path}/end")
    html = page(manager, path)
    shown = code_register.get_code(CodeList.BREAK, "meal").words

    same = {**MEAL, "valid_until": value_of(html, "valid_until"), "seen": seen_in(html)}
    assert send(manager, path, **same).status_code == 302
    assert code_register.get_code(CodeList.BREAK, "meal").words == shown


def test_the_last_break_cannot_be_ended_and_the_page_says_why(manager: PageClient) -> None:
    with unit_of_work():
        for code in holding()[1:]:
            code_register.end_code(CodeList.BREAK, code)

    answer = send(manager, f"{CODES}/break/break/end")

    assert answer.status_code == 409
    assert holding() == ["break"]


@pytest.mark.parametrize("path", ["nothing", "break/nothing", "break/%3Cscript%3E"])
def test_a_list_or_code_that_is_not_there_is_not_found(manager: PageClient, path: str) -> None:
    assert manager.get(f"{CODES}/{path}").status_code == 404


def test_a_list_without_any_code_teaches_how_to_begin(
    sign_in_as: Callable[..., PageClient],
) -> None:
    html = page(sign_in_as("hotline_manager"), f"{CODES}/skill")

    assert 'class="empty"' in html
    assert "/administration/new-code/skill" in html
