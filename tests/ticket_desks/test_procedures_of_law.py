"""What goes by mediation or enforcement is not chased for satisfaction (R17), and says its law."""

from typing import Any

import pytest
from flask import Flask

from app.core import clock as wall
from app.core.database import unit_of_work
from app.handling import results
from app.handling.counted_tickets import tickets_opened
from app.handling.reply_checks import ResultTellsTooLittle
from app.handling.ticket_pictures import TicketPicture
from app.measures import formula_register, telling
from app.measures.formula_register import FormulaWords
from app.measures.formulas import Figure, Subject, reckon
from app.measures.periods import PeriodKind, period_of
from app.measures.telling_groups import By
from app.rules import code_register
from app.rules.code_lists import CodeList, CodeWords
from tests.conftest import A_WORKING_MORNING
from tests.handling import cast as play
from tests.handling.cast import Cast, saved
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, words

LAW = "《中华人民共和国消费者权益保护法》第三十九条"
UNIT = "urban-management"
MONTH = period_of(A_WORKING_MORNING.date(), PeriodKind.MONTH)


def spoken_with(cast: Cast, **changes: Any) -> int:
    ticket_id = play.handled(cast, **changes)
    play.reach(cast, ticket_id)
    return ticket_id


def pictures() -> list[TicketPicture]:
    return tickets_opened(MONTH.begins, MONTH.ends, now=wall.now())


def figure(code: str) -> Figure:
    found = {each.code: each for each in formula_register.holding(MONTH.last)}
    return reckon(found[code], pictures())


def test_a_procedure_needs_its_law_and_one_of_the_list_of_today(cast: Cast) -> None:
    ticket_id = spoken_with(cast)
    with pytest.raises(ResultTellsTooLittle) as without:
        play.hand_in(cast, ticket_id, procedure="mediation")
    with pytest.raises(code_register.UnknownCode):
        play.hand_in(cast, ticket_id, procedure="lottery", legal_basis=LAW)
    with unit_of_work():
        code_register.end_code(CodeList.PROCEDURE, "enforcement")
    with pytest.raises(code_register.UnknownCode):
        play.hand_in(cast, ticket_id, procedure="enforcement", legal_basis=LAW)

    assert without.value.field == "legal_basis"
    play.hand_in(cast, ticket_id, procedure="mediation", legal_basis=LAW)
    assert results.results_of(ticket_id)[-1].procedure == "mediation"


def test_once_an_auditor_lets_it_hold_satisfaction_leaves_it_out_and_says_why(cast: Cast) -> None:
    ticket_id = spoken_with(cast)
    play.hand_in(cast, ticket_id, procedure="mediation", legal_basis=LAW)
    assert [each.exclusions for each in pictures()] == [frozenset()], "said, not found to hold"
    saved(results.send_back, ticket_id, "empty_words", doer=cast.auditor)
    assert [each.exclusions for each in pictures()] == [frozenset()]

    play.hand_in(cast, ticket_id, procedure="mediation", legal_basis=LAW)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id, result_mark=1, is_solved=False)

    for code in ("satisfaction", "solution"):
        assert figure(code).denominator == ()
        assert figure(code).excluded == {"mediation": (ticket_id,)}
    assert figure("attitude").denominator == (ticket_id,), (
        "how he was treated is asked all the same"
    )


def test_how_often_a_unit_and_a_person_say_so_is_a_telling_figure(cast: Cast) -> None:
    play.audited(cast)
    play.hand_in(cast, spoken_with(cast), procedure="enforcement", legal_basis=LAW)

    (row,) = telling.count_telling(MONTH, By.PERSON).rows["procedures"]
    assert (row.key, row.times, row.of) == (str(cast.unit.user_id), 1, 2)


def test_it_is_chosen_at_the_units_desk_and_the_auditor_reads_what_follows(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = spoken_with(cast)
    browser = desks.at("city_liaison", UNIT)
    address = f"/unit/tickets/{ticket_id}"
    seen = seen_in(page(browser, address), "result")
    typed = {"public_reply": play.REPLY, "solved": "yes", "once_key": "one", "seen": seen,
             "procedure": "mediation"}  # fmt: skip
    refused = browser.post(
        f"{address}/result", data={f"result-{name}": value for name, value in typed.items()}
    )
    assert refused.status_code == 422
    assert errors_of(refused.text, "result-legal_basis")

    typed |= {"legal_basis": LAW}
    sent = {f"result-{name}": value for name, value in typed.items()}
    assert browser.post(f"{address}/result", data=sent).status_code == 302
    read = words(page(desks.at("dispatcher"), f"/audit-results/{ticket_id}"))
    assert "承办单位称按“行政调解”程序办理" in read


def test_a_unit_reads_on_its_own_page_by_which_procedure_its_result_went(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = spoken_with(cast)
    browser = desks.at("city_liaison", UNIT)
    play.hand_in(cast, ticket_id, procedure="mediation", legal_basis=LAW)

    assert "行政调解" in words(page(browser, f"/unit/tickets/{ticket_id}"))


def test_a_procedure_that_the_city_adds_is_a_reason_that_a_formula_may_name(
    app: Flask, cast: Cast
) -> None:
    assert app.testing
    said = CodeWords(name_zh="行政裁决", name_en="Ruling", position=30, valid_from=wall.now())
    with unit_of_work():
        code_register.add_code(CodeList.PROCEDURE, "ruling", said)
    assert "ruling" in formula_register.reasons_of(Subject.TICKETS)
    asked = FormulaWords(
        denominator="asked_solved", numerator="solved", exclusions=frozenset({"ruling"}),
        is_tiered=True, satisfied_from=3,
    )  # fmt: skip
    formula = formula_register.would_be(
        "solution", asked, valid_from=MONTH.last, basis="市热线办〔2026〕12号"
    )
    ticket_id = spoken_with(cast)
    play.hand_in(cast, ticket_id, procedure="ruling", legal_basis=LAW)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id)

    assert reckon(formula, pictures()).excluded == {"ruling": (ticket_id,)}


# --- the mark for efficiency --------------------------------------------------------------


def test_the_efficiency_rate_divides_fair_and_better_marks_by_those_that_were_given(
    cast: Cast,
) -> None:
    for mark in (5, 3, 2, None):
        play.ask(cast, play.audited(cast), efficiency_mark=mark)

    rate = figure("efficiency")
    assert (len(rate.numerator), len(rate.denominator)) == (2, 3)
    assert "待市里确认" in rate.formula.basis
    assert rate.formula.is_tiered
