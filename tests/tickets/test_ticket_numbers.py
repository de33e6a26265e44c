from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tickets.ticket_numbers import groups_of, is_ticket_number, read_number, ticket_number

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


@given(st.integers(1, 999_999))
def test_a_number_is_read_aloud_in_groups_and_is_whole_when_they_are_put_together(
    sequence: int,
) -> None:
    number = ticket_number(DAY, sequence)
    parts = groups_of(number)

    assert "".join(parts) == number
    assert parts[:3] == ("HY", "2026", "1123")
    assert [len(part) for part in parts] == [2, 4, 4, 3, 3, 1]


def test_a_text_that_is_no_number_stays_in_one_piece() -> None:
    assert groups_of("HBD-1") == ("HBD-1",)


@given(
    st.integers(1, 999_999),
    st.sampled_from(["{}", " {} ", "hy{d}", "{d}", "HY-{g}", "ＨＹ{w}", "hy {g}"]),
)
def test_a_number_is_found_however_it_was_typed_or_said(sequence: int, way: str) -> None:
    number = ticket_number(DAY, sequence)
    digits = number[2:]
    wide = digits.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    typed = way.format(number, d=digits, w=wide, g=" ".join((digits[:4], digits[4:8], digits[8:])))

    asked = read_number(typed)
    assert (asked.number, asked.is_whole, asked.is_wrong) == (number, True, False)


@given(st.integers(1, 999_999), st.integers(10, 16), st.integers(1, 9))
def test_a_misheard_digit_is_told_and_not_searched_for_in_vain(
    sequence: int, place: int, shift: int
) -> None:
    number = ticket_number(DAY, sequence)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert read_number(wrong).is_wrong
    assert read_number(wrong[2:]).is_wrong


@pytest.mark.parametrize(
    "text", ["", "路灯", "HY2026", "HY202611230004180123", "0826081308493182401", "123456789012345"]
)
def test_what_is_not_one_of_our_numbers_is_not_called_wrong(text: str) -> None:
    assert not read_number(text).is_wrong
