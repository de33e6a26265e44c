"""A rate divides what its dated formula says, and leaves out what has a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.handling.ticket_pictures import TicketPicture
from app.measures.formulas import (
    Formula,
    Subject,
    UnknownCondition,
    check_expression,
    holding_at,
    holds,
    reckon,
    version_of,
)
from app.measures.grouping import Group, grouped, ranked
from app.measures.reading import shipped_formulas
from tests.catalogues import keys, read

SOLVED = Formula(
    code="solution",
    name_zh="解决率",
    name_en="Solution rate",
    subject=Subject.TICKETS,
    denominator="asked_solved",
    numerator="solved",
    exclusions=frozenset({"anonymous", "mediation"}),
    is_tiered=True,
    valid_from=date(2021, 1, 1),
)


def ticket(ticket_id: int, **changes: object) -> TicketPicture:
    plain = TicketPicture(
        ticket_id=ticket_id, opened_at=datetime(2026, 11, 2, tzinfo=UTC), request_type="complaint"
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_what_is_excluded_is_in_neither_part_and_has_its_reason() -> None:
    figure = reckon(
        SOLVED,
        [
            ticket(1, is_solved=True),
            ticket(2, is_solved=False),
            ticket(3, is_solved=False, exclusions=frozenset({"mediation"})),
            ticket(4, is_solved=None, exclusions=frozenset({"mediation"})),
        ],
    )

    assert figure.numerator == (1,)
    assert figure.denominator == (1, 2)
    assert figure.excluded == {"mediation": (3,)}
    assert figure.value == 0.5


def test_of_nothing_there_is_no_rate() -> None:
    assert reckon(SOLVED, [ticket(1)]).value is None


def test_a_condition_can_be_turned_round() -> None:
    assert holds("!solved asked_solved", ticket(1, is_solved=False))
    assert not holds("!solved asked_solved", ticket(1, is_solved=True))


SATISFIED = replace(
    SOLVED, code="satisfaction", denominator="result_rated", numerator="result_satisfied"
)


@pytest.mark.parametrize(("mark", "satisfied"), [(2, 4), (3, 3), (4, 2), (5, 1)])
def test_from_which_mark_on_somebody_is_satisfied_is_said_by_the_formula(
    mark: int, satisfied: int
) -> None:
    rated = [ticket(each, result_mark=each) for each in range(1, 6)]

    figure = reckon(replace(SATISFIED, satisfied_from=mark), [*rated, ticket(6)])

    assert figure.denominator == (1, 2, 3, 4, 5)
    assert len(figure.numerator) == satisfied
    assert min(figure.numerator) == mark


def test_who_said_nothing_is_not_satisfied_whatever_the_mark() -> None:
    assert holds("!result_satisfied", ticket(1), satisfied_from=2)


def test_another_mark_is_another_version_only_where_marks_are_counted() -> None:
    assert replace(SATISFIED, satisfied_from=4).version != SATISFIED.version
    assert replace(SOLVED, satisfied_from=4).version == SOLVED.version


def test_what_was_published_before_a_city_could_choose_the_mark_keeps_its_version() -> None:
    versions = {each.code: each.version for each in shipped_formulas()}

    assert versions["satisfaction"] == "5d62ebe6"
    assert versions["attitude"] == "670936e9"


def test_the_shipped_rates_of_satisfaction_count_the_upper_three_of_five() -> None:
    marked = {each.code: each.satisfied_from for each in shipped_formulas() if each.asks_for_marks}

    assert marked == {"satisfaction": 3, "attitude": 3, "efficiency": 3}


@pytest.mark.parametrize("expression", ["", "solved or true", "__import__", "!nothing"])
def test_a_formula_with_a_word_that_nobody_knows_is_refused(expression: str) -> None:
    with pytest.raises(UnknownCondition):
        check_expression(expression, Subject.TICKETS)


def test_a_new_formula_holds_from_its_day_on_and_changes_the_version() -> None:
    newer = replace(SOLVED, exclusions=frozenset(), valid_from=date(2026, 7, 1))
    before, after = date(2026, 6, 30), date(2026, 7, 1)

    assert holding_at([newer, SOLVED], before) == [SOLVED]
    assert holding_at([newer, SOLVED], after) == [newer]
    assert version_of([SOLVED]) != version_of([newer])
    assert replace(SOLVED, name_zh="别的名字").version == SOLVED.version


def test_units_are_ranked_within_their_tier_and_only_there() -> None:
    pictures = [
        ticket(number, unit_id=unit, is_solved=solved)
        for number, (unit, solved) in enumerate(
            [(1, True), (1, True), (2, True), (2, False), (3, False), (4, True), (None, True)]
        )
    ]
    tiers = {"1": "city_bureau", "2": "city_bureau", "3": "town", "4": "town"}

    rows = ranked(grouped(SOLVED, pictures, Group.UNIT, tiers=tiers))

    assert [(row.tier, row.key, row.rank) for row in rows] == [
        ("", "", None),
        ("city_bureau", "1", 1),
        ("city_bureau", "2", 2),
        ("town", "4", 1),
        ("town", "3", 2),
    ]


def test_every_shipped_formula_can_be_reckoned_and_every_reason_has_a_name() -> None:
    formulas = shipped_formulas()
    names = keys(read("zh_Hans_CN"))

    assert {each.code for each in formulas} >= {
        "connect", "in_15_seconds", "direct", "dispatch_accuracy", "sign_in_time",
        "handle_in_time", "answer_in_time", "return", "improper_return", "response", "solution",
        "satisfaction", "redo", "repeat", "extension", "suspension", "supervision", "visit",
    }  # fmt: skip
    for each in formulas:
        if each.subject is Subject.TICKETS:
            reckon(each, [ticket(1)])
        assert all(f"figures.reason_{reason}" in names for reason in each.exclusions)
