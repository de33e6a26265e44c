"""Credit codes, sums and counts: what is taken, what is not; which fields a reader is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets import credit_codes
from app.tickets.credit_codes import SIGNS, is_credit_code, plain_code
from app.tickets.field_groups import GROUPS, HIDDEN_FROM_UNIT, NEVER_ASKED, grouped, without_hidden
from app.tickets.outside_kinds import UnfitOutsideNumber, searched_number
from app.tickets.person_details import read_amount, read_count

SEVENTEEN = st.text(alphabet=SIGNS, min_size=17, max_size=17)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", "91440300708461136T"])
def test_codes_of_real_organisations_are_known(code: str) -> None:
    assert is_credit_code(code)


@given(SEVENTEEN)
def test_every_first_part_has_one_check_sign(first: str) -> None:
    right = [sign for sign in SIGNS if is_credit_code(first + sign)]

    assert right == [credit_codes.check_sign(first)]


@given(SEVENTEEN, st.integers(0, 16), st.integers(1, 30))
def test_one_sign_misheard_is_always_found(first: str, place: int, shift: int) -> None:
    code = first + credit_codes.check_sign(first)
    other = SIGNS[(SIGNS.index(code[place]) + shift) % 31]

    assert not is_credit_code(code[:place] + other + code[place + 1 :])


@given(SEVENTEEN, st.integers(0, 15))
def test_two_neighbours_swapped_are_always_found(first: str, place: int) -> None:
    code = first + credit_codes.check_sign(first)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_credit_code(swapped) is (swapped == code)


@pytest.mark.parametrize(
    "code", ["", "91350100M000100Y4", "91350100M000100Y433", "91350100MO00100Y43", "９１３５"]
)
def test_what_has_another_form_is_no_code(code: str) -> None:
    assert not is_credit_code(code)


def test_a_code_is_kept_in_one_way_however_it_was_typed() -> None:
    assert plain_code(" ９1350100m000-100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("0", 0), ("12000", 12000), ("12,000", 12000), ("１２，０００", 12000),
        ("12 000 元", 12000),
        ("12000.49", 12000), ("12000.5", 12001), ("1000000000000", 10**12),
        ("1000000000001", None), ("", None), ("-5", None), ("1,00", None), ("一万", None),
        ("1.234", None), ("1e5", None), ("12000.", None), ("12000.5.5", None),
    ],
)  # fmt: skip
def test_a_sum_is_read_in_whole_yuan_or_not_at_all(typed: str, yuan: int | None) -> None:
    assert read_amount(typed) == yuan


@pytest.mark.parametrize(
    ("typed", "people"),
    [("1", 1), ("３０", 30), (" 30 ", 30), ("1000000", 10**6), ("1000001", None), ("0", None),
     ("many", None), ("3.5", None), ("-3", None), ("", None), ("99999999", None)],
)  # fmt: skip
def test_a_number_of_people_is_a_number_of_at_least_one(typed: str, people: int | None) -> None:
    assert read_count(typed) == people


def test_a_reader_sees_what_is_filled_and_what_was_never_asked_apart() -> None:
    groups = {each.name: each for each in grouped({"content": "路灯不亮", "amount": ""})}

    assert groups["matter"].filled == ("content",)
    assert "amount" in groups["matter"].empty
    shown = [name for each in groups.values() for name in (*each.filled, *each.empty)]
    every = {name for names in GROUPS.values() for name in names}
    assert sorted(shown) == sorted(every - NEVER_ASKED)


def test_what_leads_to_the_caller_is_not_among_what_a_unit_reads() -> None:
    values = dict.fromkeys([*HIDDEN_FROM_UNIT, "content"], "某")

    assert without_hidden(values) == {"content": "某"}


def test_a_number_elsewhere_is_looked_up_without_its_signs_and_needs_some_of_substance() -> None:
    assert searched_number(" 粤-2026/0001 号 ") == "粤20260001号"
    for nothing in ("", "--", "1-2", "  a "):
        with pytest.raises(UnfitOutsideNumber):
            searched_number(nothing)
