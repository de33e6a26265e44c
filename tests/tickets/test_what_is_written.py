"""The rules of records and tickets: what they carry, what hurries, what is alike or hidden."""

import pytest

from app.rules.type_natures import Nature
from app.tickets import enquiry_rules, ticket_elements
from app.tickets.likeness import ALIKE, Matter, likeness, text_likeness
from app.tickets.ticket_states import EnquiryResult
from app.tickets.unit_view import hidden_in_text
from app.tickets.urgency_triggers import triggers_in


def test_every_result_and_every_type_of_request_has_its_row() -> None:
    assert set(enquiry_rules.MUST_CARRY) == set(EnquiryResult)
    assert set(ticket_elements.NEEDED) == set(Nature)


def test_an_answer_is_an_article_or_words() -> None:
    answered = EnquiryResult.ANSWERED
    both = {"category_code": "0602", "article_id": None, "note": ""}

    [group] = enquiry_rules.lacking(answered, both)
    assert enquiry_rules.place_of(group) == "note"
    assert enquiry_rules.lacking(answered, {**both, "article_id": 3}) == []
    assert enquiry_rules.lacking(answered, {**both, "note": "已告知"}) == []


def test_lacking_elements_come_in_their_order() -> None:
    lacking = ticket_elements.lacking(Nature.COMPLAINT, {"content": "x"})

    assert [each.value for each in lacking] == ["occurred", "county_code", "respondent", "demand"]


def test_words_that_hurry_are_found_in_any_text_and_not_across_two() -> None:
    assert triggers_in(["他扬言", "路灯漏电"], ["漏电", "扬言", "跳楼"]) == ["漏电", "扬言"]
    assert triggers_in(["漏", "电"], ["漏电"]) == []
    assert triggers_in(["x"], [""]) == []


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("停水", "停水", 1.0, 1.0),
        ("沿江路路灯坏了一周没人修", "沿江路路灯坏了，没有人修", 0.6, 0.99),
        ("路灯不亮", "医保报销比例", 0.0, 0.0),
        ("水", "水", 1.0, 1.0),
        ("", "路灯", 0.0, 0.0),
        ("，。！", "，。！", 0.0, 0.0),
    ],
)
def test_texts_are_as_alike_as_their_words(one: str, other: str, least: float, most: float) -> None:
    assert least <= text_likeness(one, other) <= most
    assert text_likeness(one, other) == text_likeness(other, one)


def test_the_same_words_in_another_town_are_less_alike() -> None:
    here = Matter(text="市场路路灯不亮", town_code="441622127", category_code="0205")
    same = Matter(text="市场路的路灯不亮", town_code="441622127", category_code="0205")
    elsewhere = Matter(text="市场路的路灯不亮", town_code="441623101", category_code="0205")

    assert likeness(here, same) > likeness(here, elsewhere)
    assert likeness(here, same) > ALIKE


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("请回电 13900002817", "请回电 ***"),
        ("身份证 44160219900101123X", "身份证 ***"),
        ("车牌粤P·12345 停在门口", "车牌*** 停在门口"),
        ("翠湖花园 3栋 2单元 502房漏水", "翠湖花园 *** *** ***漏水"),
        ("陈小明说楼上陈小明也知道", "***说楼上***也知道"),
        ("沿江路 12 号路灯不亮", "沿江路 12 号路灯不亮"),
    ],
)
def test_the_unit_reads_nothing_that_leads_to_the_caller(text: str, hidden: str) -> None:
    assert hidden_in_text(text, caller_name="陈小明") == hidden


def test_a_single_character_is_no_name_to_hide() -> None:
    assert hidden_in_text("陈述情况", caller_name="陈") == "陈述情况"
