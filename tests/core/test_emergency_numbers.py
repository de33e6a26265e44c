import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.emergency_numbers import (
    EMERGENCY_NUMBERS,
    EmergencyNotDialledHere,
    EmergencyNumber,
    check_dialable,
    check_no_emergency,
    is_emergency,
)
from app.core.phone_numbers import normalise

WRITTEN_IN_FRONT = ["", "0", "0762", "0762-", "010", "021 ", "+86", "86", "0086", "+86 762 ",
                    "0086762", "(0762)", "17951", "17951 0762", "+86-0762-", "#31#"]  # fmt: skip
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize("front", WRITTEN_IN_FRONT)
@pytest.mark.parametrize("number", sorted(EMERGENCY_NUMBERS))
def test_an_emergency_number_is_known_whatever_stands_in_front(front: str, number: str) -> None:
    assert is_emergency(front + number)
    assert is_emergency((front + number).translate(FULL_WIDTH))


@pytest.mark.parametrize(
    "written",
    [
        "１１０", "1 1 0", " 119 ", "1-2-0", "12　2", "１２３９５", "12119#", "110,1", "119;ext=2",
        "sip:110@10.0.0.1", "SIP:119@carrier", "tel:120", "tel:+86-110", "sips:122@x;user=phone",
        "110w1", "110*1", "\u200b110", "1\u200b1\u200b0", "1.1.0", "＋86110", "０７６２１１０",
        "110".translate(ARABIC), "110转1", "110 分机 2", "119 ext. 3", "0,110", "120内线1",
    ],
)  # fmt: skip
def test_no_spelling_hides_an_emergency_number(written: str) -> None:
    assert is_emergency(written)


@pytest.mark.parametrize(
    "written",
    ["", "12345", "12315", "96119", "1100", "11012", "110110", "12011", "076212315", "0762",
     "13800110119", "966999", "96112", "96999", "9990", "07620999", "11200", "07623333110",
     "07623120110", "+8613911012395", "12395110", "95598", "2110"],
)  # fmt: skip
def test_a_number_that_only_looks_like_one_is_none(written: str) -> None:
    assert not is_emergency(written)


@given(st.sampled_from(sorted(EMERGENCY_NUMBERS)), st.data())
def test_blanks_and_hyphens_anywhere_change_nothing(number: str, data: st.DataObject) -> None:
    between = st.sampled_from(["", " ", "-", ".", "　", "\u200b", "\t"])
    written = "".join(digit + data.draw(between) for digit in number)

    assert is_emergency(written)


@given(st.text("0123456789+-, #*;xw转分机内线()", max_size=14))
def test_what_would_be_dialled_as_an_emergency_number_is_known_as_one(written: str) -> None:
    if normalise(written) in EMERGENCY_NUMBERS:
        assert is_emergency(written)


def test_the_node_knows_the_same_emergency_numbers_as_the_register() -> None:
    template = Path("deploy/asterisk/templates/control.conf").read_text()
    rule = template.split("[may-be-dialled]")[1]
    known = re.search(r"\((\d{3,5}(?:\|\d{3,5})+)\)\$", rule)

    assert known is not None
    assert set(known[1].split("|")) == EMERGENCY_NUMBERS


def test_an_emergency_number_is_neither_registered_nor_forwarded_to() -> None:
    with pytest.raises(EmergencyNumber) as refused:
        check_no_emergency("０７６２-110", field="forward_to")

    assert refused.value.code == "emergency-number"
    assert refused.value.field == "forward_to"
    check_no_emergency("07623331234")


def test_only_a_live_site_dials_an_emergency_number() -> None:
    with pytest.raises(EmergencyNotDialledHere):
        check_dialable("+86 110", is_live_site=False)

    check_dialable("110", is_live_site=True)
    check_dialable("12315", is_live_site=False)
