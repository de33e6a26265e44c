"""Which known places are offered, and what of an address is learnt."""

from datetime import UTC, datetime, timedelta

import pytest

from app.organisation.place_ranking import KnownPlace, ranked, without_room

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def place(
    path: str, address: str = "", *, county: str = "1", times: int = 0, days: int = 0
) -> KnownPlace:
    return KnownPlace(
        county_code=county,
        town_code=path,
        address=address,
        path=path,
        times=times,
        last_used_at=NOW - timedelta(days=days) if times else None,
    )


def found(typed: str, *places: KnownPlace, county: str = "", limit: int = 8) -> list[str]:
    best = ranked(places, typed, county_code=county, at=NOW, limit=limit)
    return [f"{each.path} {each.address}".strip() for each in best]


def test_both_towns_of_one_name_are_offered_each_under_its_county() -> None:
    two = (place("连平县 上坪镇", county="2"), place("龙川县 上坪镇", county="1"))

    assert found("上坪", *two) == ["连平县 上坪镇", "龙川县 上坪镇"]
    assert found("上坪", *two, county="1")[0] == "龙川县 上坪镇"
    assert found("连平 上坪", *two) == ["连平县 上坪镇"]


def test_what_is_used_often_and_lately_comes_first() -> None:
    old = place("源城区 埔前镇", "市场路 1 号", times=3, days=120)
    new = place("源城区 埔前镇", "市场路 2 号", times=1, days=1)
    often = place("源城区 埔前镇", "市场路 3 号", times=9, days=1)

    assert [each[-3] for each in found("市场", old, new, often)] == ["3", "2", "1"]


def test_an_address_that_begins_with_what_is_typed_comes_before_one_that_holds_it() -> None:
    holds = place("源城区 源南镇", "新市场路", times=9)
    begins = place("源城区 源南镇", "市场路", times=1)

    assert found("市场", holds, begins)[0].endswith(" 市场路")


def test_nothing_typed_offers_nothing_and_a_list_has_an_end() -> None:
    many = [place("源城区 源南镇", f"市场路 {n} 号", times=1) for n in range(30)]

    assert found("   ", *many) == []
    assert len(found("市场", *many)) == 8


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("市场路 8 号 3栋502房", "市场路 8 号"),
        ("市场路8号A座1203室", "市场路8号"),
        ("翠湖花园 2单元 301", "翠湖花园"),
        ("建设大道 12 号", "建设大道 12 号"),
        ("大塘村", "大塘村"),
    ],
)
def test_a_flat_is_not_learnt(address: str, kept: str) -> None:
    assert without_room(address) == kept
