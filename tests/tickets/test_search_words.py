"""What is found by a word, whatever the language; an index never loses what a text holds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.search_words import (
    index_terms,
    is_in,
    looked_for,
    number_looked_for,
    pairs_of,
    searched_text,
)

SIGNS = st.text(alphabet="停水管道施工噪声AbＡ1２ ,，。-'\\_%", max_size=24)


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("宏图花园停水三天", "停水"),
        ("宏图花园停水三天", "水"),
        ("宏图花园停水三天", "三天 宏图"),
        ("ＷｉＦｉ 信号差", "wifi"),
        ("路灯（12号）不亮", "12号"),
        ("路灯（12号）不亮", "不亮，路灯"),
    ],
)
def test_a_word_is_found_wherever_it_stands(text: str, typed: str) -> None:
    assert is_in(searched_text(text), looked_for(typed))


def test_characters_that_stand_apart_are_not_a_word() -> None:
    assert not is_in(searched_text("停电。水压低"), looked_for("停水"))


@given(text=SIGNS, typed=SIGNS)
def test_what_a_text_holds_the_index_of_pairs_holds_too(text: str, typed: str) -> None:
    searched, words = searched_text(text), looked_for(typed)
    pairs = pairs_of(searched)

    has_all = all(term[1:-1] in pairs for term in index_terms(words))

    assert has_all or not is_in(searched, words)


def test_a_single_character_is_looked_up_by_itself_and_not_as_the_beginning_of_pairs() -> None:
    assert index_terms(looked_for("求")) == ["'求'"]
    assert "求" in pairs_of(searched_text("要求尽快处理"))


@given(text=SIGNS)
def test_nothing_that_a_query_would_misread_gets_into_it(text: str) -> None:
    assert all(re.fullmatch(r"'[^\W_]{1,2}'", each) for each in index_terms(looked_for(text)))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("HY2026", "HY2026"),
        ("hy 2026 1123", "HY20261123"),
        ("202611230004", "HY202611230004"),
        ("HY", "HY"),
        ("13800138000", ""),
        ("2026年", ""),
        ("停水", ""),
    ],
)
def test_the_beginning_of_a_number_is_known_as_one(typed: str, number: str) -> None:
    assert number_looked_for(typed) == number
