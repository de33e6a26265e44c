from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.ticket_numbers import is_ticket_number, ticket_number

DAY = date(2026, 11, 23)


def test_the_number_names_the_day_and_the_place_in_it() -> None:
    assert ticket_number(DAY, 418).startswith("HY20261123000418")


@given(st.integers(1, 999_999))
def test_every_number_is_known_as_one(sequence: int) -> None:
    assert is_ticket_number(ticket_number(DAY, sequence))


@given(st.integers(1, 999_999), st.integers(2, 16), st.integers(1, 9))
def test_one_digit_misheard_is_always_found(sequence: int, place: int, shift: int) -> None:
    number = ticket_number(DAY, sequence)
    wrong = str((int(number[place]) + shift) % 10)

    assert not is_ticket_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("sequence", [0, 1_000_000])
def test_a_day_has_room_for_six_digits(sequence: int) -> None:
    with pytest.raises(ValueError, match="room"):
        ticket_number(DAY, sequence)


@pytest.mark.parametrize("text", ["", "HY", "HY20261123", "12345", "HY20261123000418X", "hy²"])
def test_other_texts_are_no_ticket_numbers(text: str) -> None:
    assert not is_ticket_number(text)
