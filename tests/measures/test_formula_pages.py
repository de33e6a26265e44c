"""A formula is tried on last month and then holds from a day on; what is over stays as it was."""

import re
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.audit.models import AuditLine
from app.core.database import db
from app.measures import formula_register
from tests import people
from tests.handling.cast import Cast, ask, audited, handled, make_cast
from tests.measures.test_reports import signed_in

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]
ADDRESS = "/figures/formulas/solution"
NOW = "2026-12-02T02:00:00Z"


@pytest.fixture
def cast(registers: None, app: Flask, frozen: time_machine.Traveller) -> Cast:
    """Last month one ticket was solved, one was not; a third is at work."""
    assert (app, registers) != (None, None)  # both stand before anybody works
    made = make_cast()
    ask(made, audited(made))
    ask(made, audited(made), is_solved=False, result_mark=2)
    handled(made)
    frozen.move_to(NOW)
    return made


def words(**changes: Any) -> dict[str, Any]:
    return {
        "denominator_asked_solved": "yes",
        "denominator_demand_merged": "no",
        "numerator_solved": "yes",
        "numerator_redone": "no",
        "exclusions": ["anonymous", "void"],
        "is_tiered": "y",
        "valid_from": "2026-12-03",
        "basis": "市热线办〔2026〕12号",
        "act": "set",
        **changes,
    }


def share_of(page: str, rate: str = "满意率") -> str:
    found = re.search(rf">{rate}<.*?(\d+\.\d\d%)", page, re.S)
    return found[1] if found else ""


def test_a_formula_is_tried_on_last_month_and_nothing_is_saved(app: Flask, cast: Cast) -> None:
    manager = signed_in(app, cast.manager)

    page = manager.post(
        ADDRESS, data=words(act="try", denominator_asked_solved="", numerator_solved="yes")
    )

    assert page.status_code == 200
    assert "试算对比" in page.text
    assert "50.00%" in page.text, "as it was: one of two"
    assert "33.33%" in page.text, "as tried: one of all three"
    assert 'value="市热线办〔2026〕12号"' in page.text, "nothing typed is lost"
    assert len(formula_register.history("solution")) == 1


def test_a_formula_holds_from_its_day_on_and_not_before(
    app: Flask, cast: Cast, frozen: time_machine.Traveller
) -> None:
    manager = signed_in(app, cast.manager)

    assert manager.post(ADDRESS, data=words()).status_code == 302

    [now, before] = formula_register.history("solution")
    assert (now.numerator, now.denominator) == ("solved !redone", "!demand_merged asked_solved")
    assert now.exclusions == {"anonymous", "void"}
    assert now.version != before.version
    planned = manager.get("/figures/formulas").text
    assert "2026-12-03 起有新公式" in planned
    november = manager.get("/figures?kind=month&day=2026-11-02").text
    frozen.move_to("2026-12-04T02:00:00Z")
    later = signed_in(app, cast.manager).get("/figures?kind=month&day=2026-11-02").text
    assert share_of(later, "解决率") == share_of(november, "解决率") == "50.00%"
    db.session.rollback()
    [line] = db.session.scalars(db.select(AuditLine).where(AuditLine.kind == "figures.formula_set"))
    assert (line.subject_id, line.data["valid_from"]) == ("solution", "2026-12-03")


SATISFACTION = "/figures/formulas/satisfaction"


def satisfied(mark: str | None, **changes: Any) -> dict[str, Any]:
    said = {
        "denominator_result_rated": "yes",
        "numerator_result_satisfied": "yes",
        "exclusions": ["anonymous", "void"],
        "is_tiered": "y",
        "valid_from": "2026-12-03",
        "basis": "市热线办〔2026〕13号",
        "act": "set",
        **changes,
    }
    return said if mark is None else {**said, "satisfied_from": mark}


def test_who_counts_as_satisfied_is_changed_from_a_day_on_and_no_finished_period_changes(
    app: Flask, cast: Cast, frozen: time_machine.Traveller
) -> None:
    ask(cast, audited(cast), result_mark=3)
    manager = signed_in(app, cast.manager)
    december = "/figures?kind=month&day=2026-12-02"
    shown = manager.get(SATISFACTION).text
    assert "对结果满意（3 基本满意及以上）" in shown
    assert "4 满意及以上" in shown

    tried = manager.post(SATISFACTION, data=satisfied("4", act="try")).text
    assert "试算对比" in tried
    assert manager.post(SATISFACTION, data=satisfied("4")).status_code == 302

    [now, before] = formula_register.history("satisfaction")
    assert (now.satisfied_from, before.satisfied_from) == (4, 3)
    november = share_of(manager.get("/figures?kind=month&day=2026-11-02").text)
    frozen.move_to("2026-12-04T02:00:00Z")
    manager = signed_in(app, cast.manager)
    assert "对结果满意（4 满意及以上）" in manager.get("/figures/formulas").text
    assert share_of(manager.get("/figures?kind=month&day=2026-11-02").text) == november == "50.00%"
    assert share_of(manager.get(december).text) == "0.00%"


def test_a_page_that_says_nothing_of_marks_leaves_them_as_they_are(app: Flask, cast: Cast) -> None:
    manager = signed_in(app, cast.manager)
    manager.post(SATISFACTION, data=satisfied("5"))

    assert manager.post(SATISFACTION, data=satisfied(None, valid_from="2026-12-05")).location

    marks = [each.satisfied_from for each in formula_register.history("satisfaction")]
    assert marks == [5, 5, 3]


@pytest.mark.parametrize("mark", ["1", "6", "", "ja"])
def test_a_mark_by_which_nobody_could_be_told_apart_is_refused_beside_its_field(
    app: Flask, cast: Cast, mark: str
) -> None:
    page = signed_in(app, cast.manager).post(SATISFACTION, data=satisfied(mark))

    assert page.status_code == 422
    assert 'id="satisfied_from-error"' in page.text or "invalid-feedback" in page.text
    assert "市热线办〔2026〕13号" in page.text
    assert len(formula_register.history("satisfaction")) == 1


def test_a_formula_of_calls_asks_for_no_mark(app: Flask, cast: Cast) -> None:
    page = signed_in(app, cast.manager).get("/figures/formulas/connect").text

    assert 'name="satisfied_from"' not in page


def test_what_was_planned_for_a_day_is_replaced_by_what_is_set_for_the_same_day(
    app: Flask, cast: Cast
) -> None:
    manager = signed_in(app, cast.manager)

    manager.post(ADDRESS, data=words())
    manager.post(ADDRESS, data=words(numerator_redone=""))

    assert [each.numerator for each in formula_register.history("solution")] == [
        "solved", "solved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": "2026-12-01"},
        {"valid_from": ""},
        {"valid_from": "2026-13-01"},
        {"basis": " "},
        {"exclusions": ["weather"]},
    ],
)
def test_a_bad_formula_is_refused_beside_its_field_and_nothing_changes(
    app: Flask, cast: Cast, changes: dict[str, Any]
) -> None:
    manager = signed_in(app, cast.manager)

    page = manager.post(ADDRESS, data=words(**changes))

    assert page.status_code in (409, 422)
    assert "invalid-feedback" in page.text
    assert len(formula_register.history("solution")) == 1


def test_who_only_reads_figures_sees_formulas_and_cannot_set_them(app: Flask, cast: Cast) -> None:
    assert cast
    browser: Any = app.test_client()
    leader = people.one_person("leader")
    people.sign_in(browser, leader.work_number)

    page = browser.get(ADDRESS)

    assert page.status_code == 200
    assert "试算" not in page.text
    assert browser.post(ADDRESS, data=words()).status_code == 403
    assert browser.get("/figures/formulas/no_such").status_code == 404


def test_a_period_before_any_formula_says_so_instead_of_an_empty_table(
    app: Flask, cast: Cast
) -> None:
    page = signed_in(app, cast.manager).get("/figures?kind=day&day=2020-01-01")

    assert page.status_code == 200
    assert "还没有适用的指标公式" in page.text
