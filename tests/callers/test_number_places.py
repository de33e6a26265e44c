"""A number says where it was given out, and by whom."""

import gzip
import random

import phonenumbers
import pytest

from app.callers.number_places import PREFIXES, place_of
from app.core.phone_numbers import normalise
from scripts import number_places as made


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        ("0762-3333333", "广东省河源市", "Heyuan, Guangdong"),
        ("020 8888 1234", "广东省广州市", "Guangzhou, Guangdong"),
        ("010 6655 4433", "北京市", "Beijing"),
        ("13912342817", "江苏省常州市 · 中国移动", "Changzhou, Jiangsu · China Mobile"),
        ("+852 9123 4567", "中国香港特别行政区", "Hong Kong SAR China"),
        ("+1 415 555 2671", "美国", "United States"),
        ("+44 20 7946 0018", "英国", "United Kingdom"),
    ],
)
def test_a_number_comes_from_somewhere(number: str, zh: str, en: str) -> None:
    assert place_of(normalise(number)) == {"zh-CN": zh, "en": en}


@pytest.mark.parametrize(
    "number", ["", "12345", "95598", "02012345", "+999123", "+", "+86", "+86abc"]
)
def test_what_was_given_out_nowhere_has_no_place(number: str) -> None:
    assert place_of(number) is None


@pytest.mark.slow
def test_every_prefix_is_the_librarys_own() -> None:
    from phonenumbers import carrier, geocoder  # noqa: PLC0415 - heavy, and only here

    assert gzip.decompress(PREFIXES.read_bytes()).decode("utf-8").split("\n") == made.lines()
    dice = random.Random(12345)
    for _ in range(2000):
        number = f"+861{dice.randrange(3, 10)}{dice.randrange(10**9):09}"
        asked = phonenumbers.parse(number)
        for language, page in (("zh", "zh-CN"), ("en", "en")):
            parts = [
                geocoder.description_for_valid_number(asked, language)
                if phonenumbers.is_valid_number(asked)
                else "",
                carrier.name_for_number(asked, language),
            ]
            if phonenumbers.is_valid_number(asked) and parts[0] not in ("中国", "China"):
                found = (place_of(number) or {}).get(page, "")
                assert found == " · ".join(part for part in parts if part), number
