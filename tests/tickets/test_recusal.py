"""The staff of a complained-about unit are kept out of the matter; nobody else is."""

import pytest

from app.rules.type_natures import Nature
from app.tickets.recusal import UnitPicture, keeps_out, kept_out, proposed

BUREAU, SECTION, OFFICE, HOTLINE, COUNTY, COUNTY_BUREAU = 1, 2, 3, 4, 5, 6
UNITS = [
    UnitPicture(id=BUREAU, name="河源市城市管理和综合执法局"),
    UnitPicture(id=SECTION, name="市容科", parent_id=BUREAU),
    UnitPicture(id=OFFICE, name="执法一中队", parent_id=SECTION),
    UnitPicture(id=HOTLINE, name="12345热线中心", parent_id=BUREAU, is_hotline=True),
    UnitPicture(id=COUNTY, name="河源市源城区"),
    UnitPicture(id=COUNTY_BUREAU, name="源城区城市管理局", parent_id=COUNTY),
]
PLACES = ["河源市", "源城区"]


def test_a_unit_and_all_below_it_are_kept_out_and_its_superior_is_not() -> None:
    assert kept_out(SECTION, Nature.COMPLAINT, UNITS) == {SECTION, OFFICE}
    assert kept_out(BUREAU, Nature.REPORT, UNITS) == {BUREAU, SECTION, OFFICE}


@pytest.mark.parametrize("kind", [Nature.CONSULT, Nature.HELP, Nature.SUGGESTION])
def test_who_is_asked_something_is_no_party(kind: Nature) -> None:
    assert kept_out(BUREAU, kind, UNITS) == frozenset()


def test_nobody_is_kept_out_where_no_unit_is_complained_about() -> None:
    assert kept_out(None, Nature.COMPLAINT, UNITS) == frozenset()


def test_the_two_ways_of_asking_say_the_same() -> None:
    for respondent in UNITS:
        out = kept_out(respondent.id, Nature.COMPLAINT, UNITS)
        for unit in UNITS:
            is_hotline_asked_about_itself = unit.is_hotline and respondent.id == unit.id
            said = respondent.id in keeps_out(unit.id, UNITS)
            assert said is (unit.id in out and not is_hotline_asked_about_itself)


def test_a_register_that_goes_round_in_a_circle_ends_nevertheless() -> None:
    ring = [UnitPicture(id=1, name="a", parent_id=2), UnitPicture(id=2, name="b", parent_id=1)]

    assert kept_out(1, Nature.COMPLAINT, ring) == {1, 2}
    assert keeps_out(1, ring) == {1, 2}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("河源市城市管理和综合执法局的人", BUREAU),
        ("城市管理和综合执法局", BUREAU),
        ("源城区城市管理局工作人员", COUNTY_BUREAU),
        ("源城区 城市管理局", COUNTY_BUREAU),
        ("楼下的烧烤店", None),
        ("", None),
        ("局", None),
    ],
)
def test_a_unit_is_proposed_from_the_words_and_only_where_they_are_clear(
    text: str, found: int | None
) -> None:
    assert proposed(text, UNITS, prefixes=PLACES) == found


def test_two_units_of_the_same_name_are_no_answer() -> None:
    twins = [UnitPicture(id=1, name="上坪镇人民政府"), UnitPicture(id=2, name="上坪镇人民政府")]

    assert proposed("上坪镇人民政府", twins, prefixes=[]) is None
