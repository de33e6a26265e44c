from urllib.parse import quote

import pytest

from telephony.asterisk.passage import numbers_in, read_passage
from telephony.port import Passage


def joined(**headers: str) -> str:
    """Join headers as landings.conf does."""
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in headers.items())


def test_a_call_without_such_headers_comes_with_nothing() -> None:
    assert read_passage("carrier", "max=") == Passage(trunk="carrier")
    assert read_passage("", "") == Passage()


def test_our_own_hop_and_the_forwards_left_are_read() -> None:
    passage = read_passage("carrier", joined(max="70", hop="hy1/1795417117.0"))

    assert (passage.max_forwards, passage.hops) == (70, ("hy1/1795417117.0",))


@pytest.mark.parametrize(
    ("header", "numbers"),
    [
        ('"Zhou, Ann" <sip:12315@10.0.0.1;user=phone>;reason=unconditional', ["12315"]),
        ("<sip:+867623331234@c.example:5060>;reason=no-answer, <tel:12315>;counter=1",
         ["+867623331234", "12315"]),
        ("<SIPS:12333@x>", ["12333"]),
        ("nonsense", []),
        ("", []),
    ],
)  # fmt: skip
def test_numbers_are_found_in_a_diversion(header: str, numbers: list[str]) -> None:
    assert numbers_in(header) == numbers


def test_the_last_entry_of_a_history_is_where_the_call_is_now() -> None:
    history = "<sip:12315@a>;index=1, <sip:07623339999@b?Reason=SIP%3Bcause%3D302>;index=1.1"
    passage = read_passage("carrier", joined(hist=history + ", <sip:07623330001@us>;index=1.1.1"))

    assert passage.diverted_from == ("07623339999", "12315")  # the latest first


def test_a_number_that_only_moves_from_host_to_host_was_diverted_once() -> None:
    history = "<sip:12315@a>;index=1, <sip:12315@b>;index=1.1, <sip:0762333@us>;index=1.1.1"

    assert read_passage("c", joined(hist=history)).diverted_from == ("12315",)


def test_what_both_headers_tell_is_told_once_and_a_second_diversion_stays_a_second() -> None:
    history = "<sip:12315@a>, <sip:1234567@b>, <sip:12345@us>"
    both = read_passage("c", joined(div="<sip:1234567@b>, <sip:12315@a>", hist=history))
    twice = read_passage("c", joined(div="<sip:12315@a>, <sip:12315@a>"))

    assert both.diverted_from == ("1234567", "12315")
    assert twice.diverted_from == ("12315", "12315")


def test_a_diversion_comes_before_the_history() -> None:
    passage = read_passage(
        "carrier", joined(div="<sip:1234567@a>", hist="<sip:12315@a>, <sip:12345@b>")
    )

    assert passage.diverted_from == ("1234567", "12315")


@pytest.mark.parametrize("left", ["-1", "7x", "9999", "١"])
def test_what_is_no_number_of_forwards_is_left_out(left: str) -> None:
    assert read_passage("carrier", joined(max=left)).max_forwards is None


def test_a_header_as_long_as_a_book_does_no_harm() -> None:
    passage = read_passage("x" * 500, joined(hop="y" * 5000, div="<sip:1@a>," * 500))

    assert len(passage.trunk) == len(passage.hops[0]) == 64
    assert len(passage.diverted_from) == 20
