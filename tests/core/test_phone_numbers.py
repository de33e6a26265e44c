"""Numbers are compared in one spelling and shown in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.phone_numbers import mask, mask_in_text, normalise


@pytest.mark.parametrize(
    ("raw", "one_spelling"),
    [
        ("13800001234", "+8613800001234"),
        ("+86 138 0000 1234", "+8613800001234"),
        ("8613800001234", "+8613800001234"),
        ("013800001234", "+8613800001234"),
        ("008613800001234", "+8613800001234"),
        ("07623333333", "+867623333333"),
        ("0762-3333333", "+867623333333"),
        ("3333333", "+867623333333"),
        ("+867623333333", "+867623333333"),
        ("02088881234", "+862088881234"),
        ("sip:13800001234@carrier", "+8613800001234"),
        ("95598", "95598"),
        ("110", "110"),
        ("12315", "12315"),
        ("+1 415 555 2671", "+14155552671"),
        ("anonymous", ""),
        ("  ", ""),
    ],
)
def test_every_way_of_writing_a_number_becomes_one(raw: str, one_spelling: str) -> None:
    assert normalise(raw) == one_spelling


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613912342817", "139****2817"),
        ("13912342817", "139****2817"),
        ("+867623333333", "0762****333"),
        ("02088881234", "020****234"),
        ("95598", "95598"),
        ("12345", "12345"),
        ("+14155552671", "+14****671"),
        ("", ""),
        ("anonymous", ""),
    ],
)
def test_a_persons_number_is_masked_and_an_offices_is_not(number: str, shown: str) -> None:
    assert mask(number) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("来电 13912342817 请回复", "来电 139****2817 请回复"),
        ("PJSIP/13912342817-00000001", "PJSIP/139****2817-00000001"),
        ("sip:+8613912342817@host", "sip:139****2817@host"),
        ("139 1234 2817 和 0762-3333333", "139****2817 和 0762****333"),
        ("number=%2B8613912342817", "number=%2B139****2817"),
        ("转 12315 或 95598", "转 12315 或 95598"),
        ("at 1732342394.125 in 20261123", "at 1732342394.125 in 20261123"),
        ("1700000000000 ms", "1700000000000 ms"),
        ("+14155552671", "+14****671"),
    ],
)
def test_numbers_inside_a_text_are_masked_and_moments_are_not(text: str, shown: str) -> None:
    assert mask_in_text(text) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_number_survives_whatever_it_is(number: str) -> None:
    assert number not in mask_in_text(f"call from {number}, please")
    assert normalise(normalise(number)) == normalise(number)


@given(st.text(max_size=40))
def test_whatever_a_carrier_sends_is_read_without_failing(raw: str) -> None:
    once = normalise(raw)

    assert normalise(once) == once
    mask(raw)
    mask_in_text(raw)
