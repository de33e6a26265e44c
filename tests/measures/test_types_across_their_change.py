"""Published totals are counted again from single tickets, and compared across a change of types."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.core.clock import CITY_TIME
from app.measures.periods import PeriodKind, period_of
from app.measures.type_schemes import compare_types, count_by_dictionary, count_types
from app.rules import type_register
from app.rules.type_natures import Nature
from app.rules.type_versions import RequestKind, TypeBook
from tests.measures.lianping import (
    FIRST_OF_Q2_2025,
    FIRST_OF_Q4_2023,
    Q2_2025,
    Q4_2023,
    tickets_of,
)

DAY = timedelta(days=1)
NOVEL = RequestKind(code="novel", name_zh="新的", name_en="New", nature=Nature.HELP)


@pytest.fixture
def book(registers: None, app: Flask) -> TypeBook:  # noqa: ARG001 - in their database
    """Return the dictionaries that are shipped."""
    return type_register.read_book()


def test_the_seven_types_of_2023_are_counted_exactly() -> None:
    counted = count_types(tickets_of(Q4_2023, FIRST_OF_Q4_2023))

    assert counted == Q4_2023
    assert sum(counted.values()) == 2595


def test_the_five_types_of_2025_are_counted_exactly() -> None:
    counted = count_types(tickets_of(Q2_2025, FIRST_OF_Q2_2025))

    assert counted == Q2_2025
    assert sum(counted.values()) == 3136


def test_each_ticket_lies_in_its_quarter() -> None:
    for published, first in ((Q4_2023, FIRST_OF_Q4_2023), (Q2_2025, FIRST_OF_Q2_2025)):
        quarter = period_of(first.astimezone(CITY_TIME).date(), PeriodKind.QUARTER)
        assert all(
            quarter.begins <= each.opened_at < quarter.ends for each in tickets_of(published, first)
        )


def test_both_quarters_are_compared_in_todays_types(book: TypeBook) -> None:
    changes = compare_types(
        count_by_dictionary(tickets_of(Q4_2023, FIRST_OF_Q4_2023), book),
        count_by_dictionary(tickets_of(Q2_2025, FIRST_OF_Q2_2025), book),
        book=book,
        told_in="guangdong-2025",
    )

    assert [(each.request_type, each.earlier, each.later) for each in changes] == [
        ("consult", 249, 57),
        ("complaint", 155 + 1662 + 144, 2840),
        ("help", 309, 169),
        ("suggestion", 11, 12),
        ("report", 65, 58),
        ("praise", 0, 0),
        ("void", 0, 0),
    ]
    assert sum(each.earlier for each in changes) == 2595
    assert sum(each.change for each in changes) == 3136 - 2595
    assert not any(each.is_unmapped for each in changes)


def test_a_type_that_no_mapping_knows_stands_apart_and_is_not_lost(book: TypeBook) -> None:
    strange = {**Q4_2023, "strange": 3}
    silent = TypeBook(versions=book.versions)
    for told_by, apart in ((book, 3), (silent, 2595 + 3)):
        counts = count_by_dictionary(tickets_of(strange, FIRST_OF_Q4_2023), told_by)
        changes = compare_types(counts, {}, book=told_by, told_in="guangdong-2025")

        assert sum(each.earlier for each in changes if each.is_unmapped) == apart
        assert sum(each.earlier for each in changes) == 2595 + 3


def test_a_dictionary_that_comes_later_moves_no_figure_of_before(book: TypeBook) -> None:
    kinds = (*book.version("guangdong-2025").kinds[:5], NOVEL)
    later = replace(
        book.version("guangdong-2025"), code="next", valid_from=FIRST_OF_Q2_2025 + 400 * DAY,
        kinds=kinds,
    )  # fmt: skip
    more = replace(book, versions=(*book.versions, later))
    before, now = (
        compare_types(
            count_by_dictionary(tickets_of(Q4_2023, FIRST_OF_Q4_2023), each),
            count_by_dictionary(tickets_of(Q2_2025, FIRST_OF_Q2_2025), each),
            book=each,
            told_in="guangdong-2025",
        )
        for each in (book, more)
    )

    assert now == before
