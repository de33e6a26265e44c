"""What the hotline does not take up, as an administrator works in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.core import clock
from app.core.database import db, unit_of_work
from app.rules import exclusion_register
from app.rules import service as rules
from app.rules.models import Exclusion
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

LIST = "/administration/exclusions"
X5 = f"{LIST}/X5"
NEW = {
    "code": "X10", "name_zh": "纯属咨询外地政策", "name_en": "Policies elsewhere",
    "treatment": "tell",
    "told_where": "当地 12345", "told_words": "请向当地 12345 咨询。", "basis": "本市规定",
    "position": "10", "valid_from": "",
}  # fmt: skip


@pytest.fixture
def manager(
    numbers: None,  # noqa: ARG001 - in its database
    frozen: time_machine.Traveller,  # noqa: ARG001 - the clock
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the lists and sign in who keeps them."""
    browser = sign_in_as("hotline_manager")
    load_lists()
    with unit_of_work():
        rules.load_exclusions()
    return browser


def holding() -> dict[str, Exclusion]:
    db.session.rollback()
    return {each.code: each for each in rules.list_exclusions()}


def as_shown(browser: PageClient, path: str = X5) -> dict[str, Any]:
    """Return the form of a page as a browser would send it back untouched."""
    html = page(browser, path)
    words = holding()["X5"]
    typed = {name: getattr(words, name) for name in exclusion_register.WORDS}
    return {**typed, "valid_from": "", "seen": seen_in(html)}


def in_(**later: int) -> str:
    """Return a moment as a field takes it."""
    moment = clock.now() + timedelta(**later) + timedelta(hours=8)
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_a_kind_is_added_and_is_offered_at_the_desk(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    assert value_of(page(manager, "/administration/new-exclusion"), "position") == "10"
    assert send(manager, LIST, **NEW).status_code == 302

    assert "纯属咨询外地政策" in page(manager, LIST)
    desk = sign_in_as("agent").get("/desk/snapshot").get_json()
    offered = {each["code"]: each for each in desk["form_rules"]["exclusions"]}
    assert offered["X10"]["told_words"] == "请向当地 12345 咨询。"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", ""), ("code", "x10"), ("code", "X 10"), ("code", A_LOT), ("code", "X5"),
        ("name_zh", " "), ("name_zh", A_LOT), ("name_en", ""), ("treatment", "laugh"),
        ("told_where", ""), ("told_where", A_LOT), ("told_words", ""), ("told_words", A_LOT),
        ("basis", ""), ("position", "first"), ("position", "-1"), ("valid_from", "soon"),
        ("valid_from", "2020-01-01T08:00"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    manager: PageClient, field: str, typed: str
) -> None:
    answer = send(manager, LIST, **{**NEW, field: typed})

    assert answer.status_code in {409, 422}
    assert errors_of(answer.text, field)
    other = "name_en" if field != "name_en" else "name_zh"
    assert value_of(answer.text, other) == NEW[other]
    assert "X10" not in holding()


def test_words_changed_from_a_date_hold_from_that_date_and_not_before(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    old = holding()["X5"].told_words
    changed = {**as_shown(manager), "told_words": "我为您转接。", "valid_from": in_(minutes=5)}
    assert send(manager, X5, **changed).status_code == 302

    assert holding()["X5"].told_words == old
    assert "我为您转接。" in page(manager, X5)
    assert "起有修改" in page(manager, LIST)
    frozen.shift(timedelta(minutes=6))
    assert holding()["X5"].told_words == "我为您转接。"
    assert old in page(manager, X5)  # what was told before stays in sight


def test_a_planned_change_can_be_taken_back_until_it_holds(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    old = holding()["X5"].told_words
    changed = {**as_shown(manager), "told_words": "我为您转接。", "valid_from": in_(days=2)}
    send(manager, X5, **changed)
    [planned] = exclusion_register.get_kind("X5").planned(clock.now())

    begins = planned.valid_from.isoformat()
    assert send(manager, f"{X5}/take-back", begins=begins).status_code == 302
    assert send(manager, f"{X5}/take-back", begins=begins).status_code == 409
    for nonsense in ("", "soon", "2026-11-25T10:00:00", "9" * 50):
        assert send(manager, f"{X5}/take-back", begins=nonsense).status_code == 409

    frozen.shift(timedelta(days=3))
    assert holding()["X5"].told_words == old


def test_two_administrators_at_one_kind_lose_nothing(manager: PageClient) -> None:
    mine = {**as_shown(manager), "told_words": "我说的。"}
    send(manager, X5, **{**as_shown(manager), "told_words": "同事说的。"})

    answer = send(manager, X5, **mine)

    assert answer.status_code == 409
    assert "同事说的。" in errors_of(answer.text, "told_words")
    assert "我说的。" in answer.text
    assert holding()["X5"].told_words == "同事说的。"
    assert send(manager, X5, **{**mine, "seen": seen_in(answer.text)}).status_code == 302
    assert holding()["X5"].told_words == "我说的。"


def test_a_change_that_a_colleague_planned_meanwhile_is_not_overwritten_unseen(
    manager: PageClient,
) -> None:
    mine = {**as_shown(manager), "told_words": "我说的。", "valid_from": in_(days=2)}
    send(manager, X5, **{**mine, "told_words": "同事说的。"})

    answer = send(manager, X5, **mine)

    assert answer.status_code == 409
    assert "同事说的。" in answer.text  # among what is planned


def test_a_form_that_is_sent_twice_is_one_change(manager: PageClient) -> None:
    changed = {**as_shown(manager), "told_words": "我为您转接。"}
    assert send(manager, X5, **changed).status_code == 302
    assert send(manager, X5, **changed).status_code == 302

    assert len(exclusion_register.get_kind("X5").versions) == 2


def test_an_ended_kind_is_offered_no_more_stays_in_sight_and_may_hold_again(
    manager: PageClient, frozen: time_machine.Traveller
) -> None:
    shown = as_shown(manager)
    assert send(manager, f"{X5}/end", ends_at=in_(minutes=5)).status_code == 302
    assert "X5" in holding()
    frozen.shift(timedelta(minutes=6))
    assert "X5" not in holding()
    assert "X5" in page(manager, LIST)

    again = {**shown, "seen": seen_in(page(manager, X5))}
    assert send(manager, X5, **again).status_code == 302
    assert "X5" in holding()


@pytest.mark.parametrize("typed", ["soon", "2020-01-01T08:00"])
def test_a_wrong_end_is_said_beside_its_field(manager: PageClient, typed: str) -> None:
    answer = send(manager, f"{X5}/end", ends_at=typed)

    assert answer.status_code == 422
    assert errors_of(answer.text, "ends_at")
    assert "X5" in holding()


def test_a_script_in_the_words_is_shown_as_text(manager: PageClient) -> None:
    send(manager, LIST, **{**NEW, "told_words": SCRIPT, "name_zh": SCRIPT})

    for path in (LIST, f"{LIST}/X10"):
        assert SCRIPT not in page(manager, path)


def test_the_list_without_any_kind_teaches_how_to_begin(
    sign_in_as: Callable[..., PageClient],
) -> None:
    html = page(sign_in_as("hotline_manager"), LIST)

    assert 'class="empty"' in html
    assert "/administration/new-exclusion" in html


def test_a_kind_that_is_not_there_is_not_found(manager: PageClient) -> None:
    for code in ("nothing", "%3Cscript%3E"):
        assert manager.get(f"{LIST}/{code}").status_code == 404


def test_each_deed_stands_in_the_audit(
    manager: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    send(manager, LIST, **NEW)
    send(manager, X5, **{**as_shown(manager), "told_words": "新的。", "valid_from": in_(days=1)})
    [planned] = exclusion_register.get_kind("X5").planned(clock.now())
    send(manager, f"{X5}/take-back", begins=planned.valid_from.isoformat())
    send(manager, f"{X5}/end")

    html = page(sign_in_as("auditor"), "/audit")
    for told in (
        "新增了不予受理情形 X10",
        "修改了不予受理情形 X5的告知用语",
        "停用了不予受理情形 X5",
        "撤销了不予受理情形 X5原定",
    ):
        assert told in html, told
