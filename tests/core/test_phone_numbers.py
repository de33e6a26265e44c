"""Numbers are compared in one spelling and shown in another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.phone_numbers import extension_of, is_office, mask, mask_in_text, normalise


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
        # with country and area code
        ("+86 0762 333 3333", "+867623333333"),
        ("86-762-3333333", "+867623333333"),
        ("(0762) 3333333", "+867623333333"),
        ("０７６２－３３３３３３３", "+867623333333"),
        ("076213800001234", "+8613800001234"),
        ("+86 010 6655 4433", "+861066554433"),
        ("01066554433", "+861066554433"),
        ("4001234567", "+864001234567"),
        # an exchange's and a citizen's ways around a carrier
        ("17951 13800001234", "+8613800001234"),
        ("1795107623333333", "+867623333333"),
        ("tel:+86-762-3333333;ext=801", "+867623333333"),
        ("sip:+8613800001234;user=phone@10.0.0.1", "+8613800001234"),
        # short codes: 95, 96 and 1xxxx, also with what stands before them
        ("+8695588", "95588"),
        ("095588", "95588"),
        ("0762-95598", "95598"),
        ("076212345", "12345"),
        ("+86 0762 12345", "12345"),
        ("010086", "10086"),
        ("951234567", "951234567"),
        ("96888", "96888"),
        ("0762 968888", "968888"),
        ("118114", "118114"),
        ("12395", "12395"),
        # another city's hotline is another office
        ("02012345", "02012345"),
        # extensions
        ("0762-3333333 转 801", "+867623333333"),
        ("0762-3333333-801", "+867623333333"),
        ("3333333转分机12", "+867623333333"),
        ("07623333333,,801", "+867623333333"),
        ("0762 3333333 ext. 801", "+867623333333"),
        ("0762-3333333#801", "+867623333333"),
        # hidden
        ("Anonymous@anonymous.invalid", ""),
        ("+266696687", ""),
        ("隐藏号码", ""),
        ("未知", ""),
        ("Private Number", ""),
        ("0000", ""),
        ("erased", ""),
        # abroad
        ("00852 9123 4567", "+85291234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
        ("+44 20 7946 0018", "+442079460018"),
        ("001 415 555 2671", "+14155552671"),
    ],
)
def test_every_way_of_writing_a_number_becomes_one(raw: str, one_spelling: str) -> None:
    assert normalise(raw) == one_spelling


@pytest.mark.parametrize(
    ("raw", "extension"),
    [
        ("0762-3333333 转 801", "801"),
        ("0762-3333333-801", "801"),
        ("3333333转分机12", "12"),
        ("07623333333,,801", "801"),
        ("tel:+86-762-3333333;ext=801", "801"),
        ("0762 3333333 EXT 8", "8"),
        ("0762-3333333", ""),
        ("139-0000-2817", ""),
        ("138 0000 1234", ""),
        ("+852 9123 4567", ""),
        ("+1 415-555-2671", ""),
        ("95598 转 3", "3"),
        ("转 3", ""),
        ("", ""),
    ],
)
def test_an_extension_is_told_apart_from_its_number(raw: str, extension: str) -> None:
    assert extension_of(raw) == extension


@pytest.mark.parametrize(
    ("number", "is_an_offices"),
    [
        ("95598", True),
        ("12345", True),
        ("951234567", True),
        ("+8613800001234", False),
        ("+867623333333", False),
        ("", False),
    ],
)
def test_a_short_code_is_an_offices(number: str, is_an_offices: bool) -> None:
    assert is_office(number) is is_an_offices


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
