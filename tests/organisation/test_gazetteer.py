"""The gazetteer: whose places are whose, what is one place, and what an agent is offered."""

from dataclasses import asdict, replace
from typing import Any

import pytest

from app.core import clock
from app.core.database import unit_of_work
from app.core.errors import Refusal
from app.core.seen import ChangedMeanwhile, seen_mark
from app.organisation import gazetteer, region_units, service
from app.organisation.events import PlaceAdded, PlaceChanged, PlaceRetired
from app.organisation.gazetteer import PlacesWanted
from app.organisation.models import GazetteerPlace
from app.organisation.place_words import (
    NotYourCounty,
    PlaceKind,
    PlaceThere,
    PlaceWords,
    TownElsewhere,
    UnfitCoordinates,
    UnknownPlace,
)

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

LONGCHUAN, LIANPING, ZIJIN, AREA = "441622", "441623", "441621", "FA-JD"
SHANGPING = {LONGCHUAN: "441622127", LIANPING: "441623101"}  # two towns called 上坪镇
LINJIANG = "441621109"  # lies in 紫金县, is run by 江东新区
VILLAGE = PlaceWords(
    kind=PlaceKind.VILLAGE, name="石陂村", other_names=("石皮", "Shipi"), county_code=LONGCHUAN,
    town_code=SHANGPING[LONGCHUAN],
)  # fmt: skip


def add(words: PlaceWords = VILLAGE, *, keeper: str | None = None, **changes: Any) -> int:
    with unit_of_work():
        return gazetteer.add_place(replace(words, **changes), keeper=keeper).id


def row(place_id: int) -> GazetteerPlace:
    return gazetteer.get_place(place_id, keeper=None)


def offered(typed: str, county: str = "") -> list[tuple[str, str, str]]:
    found = service.known_places(typed, county_code=county, at=clock.now())
    return [(each.path, each.address, each.kind) for each in found]


# --- whose it is -------------------------------------------------------------------------


def test_a_county_keeps_the_places_of_its_own_towns_and_of_no_others() -> None:
    mine = add(keeper=LONGCHUAN)
    theirs = add(county_code=LIANPING, town_code=SHANGPING[LIANPING])

    listed = gazetteer.list_places(PlacesWanted(), keeper=LONGCHUAN).items
    assert [each.id for each in listed] == [mine]
    with pytest.raises(UnknownPlace):
        gazetteer.get_place(theirs, keeper=LONGCHUAN)
    with pytest.raises(UnknownPlace), unit_of_work():
        gazetteer.retire_place(theirs, keeper=LONGCHUAN)
    with pytest.raises(NotYourCounty):
        add(keeper=LONGCHUAN, county_code=LIANPING, town_code=SHANGPING[LIANPING], name="别村")
    with pytest.raises(NotYourCounty), unit_of_work():
        gazetteer.change_place(
            mine, replace(VILLAGE, county_code=LIANPING, town_code=SHANGPING[LIANPING]),
            seen=None, keeper=LONGCHUAN,
        )  # fmt: skip
    assert gazetteer.list_places(PlacesWanted(), keeper="").total == 0


def test_places_of_a_town_run_by_another_body_are_kept_by_that_body() -> None:
    words = replace(VILLAGE, name="梧峰村", other_names=(), town_code=LINJIANG)
    place = row(add(words, keeper=AREA, county_code=AREA))

    assert (place.owner_code, place.county_code) == (AREA, ZIJIN)
    assert gazetteer.path_of(place) == "紫金县 临江镇 梧峰村"
    assert gazetteer.list_places(PlacesWanted(), keeper=ZIJIN).total == 0
    with pytest.raises(NotYourCounty):
        add(words, keeper=ZIJIN, county_code=ZIJIN, name="另一村")
    with pytest.raises(PlaceThere):
        add(words, county_code=ZIJIN)


@pytest.mark.parametrize(
    ("unit", "region"),
    [
        ("county-441623", LIANPING), ("town-441623101", LIANPING), ("fa-jd", AREA),
        ("town-441621109", AREA), ("hotline", ""), ("power-supply", ""),
    ],
)  # fmt: skip
def test_a_person_keeps_what_the_county_of_his_unit_runs(unit: str, region: str) -> None:
    assert region_units.region_of_unit(service.find_unit_by_code(unit).id) == region


def test_who_belongs_to_no_unit_keeps_nothing() -> None:
    assert region_units.region_of_unit(None) == ""
    assert region_units.running_region("441600", None) == ""
    assert region_units.running_region("", "nowhere") == ""


# --- what is one place -------------------------------------------------------------------


def test_one_name_in_two_towns_of_one_name_is_two_places() -> None:
    first = add()
    second = add(county_code=LIANPING, town_code=SHANGPING[LIANPING])

    assert [gazetteer.path_of(row(each)) for each in (first, second)] == [
        "龙川县 上坪镇 石陂村", "连平县 上坪镇 石陂村",
    ]  # fmt: skip
    assert offered("石陂", LIANPING) == [
        ("连平县 上坪镇", "石陂村", "village"), ("龙川县 上坪镇", "石陂村", "village"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["石陂村", "石皮", "shipi"])
def test_a_name_of_a_place_is_given_once_in_its_town(name: str) -> None:
    add()

    with pytest.raises(PlaceThere) as refusal:
        add(name=name, other_names=())
    assert refusal.value.parameters["place"] == "龙川县 上坪镇 石陂村"
    add(name="石陂村北", other_names=())  # part of a name is another name


@pytest.mark.parametrize(
    ("changes", "wrong", "field"),
    [
        ({"town_code": SHANGPING[LIANPING]}, TownElsewhere, "town_code"),
        ({"county_code": "441600", "town_code": ""}, TownElsewhere, "county_code"),
        ({"county_code": "000000", "town_code": ""}, TownElsewhere, "county_code"),
        ({"latitude": 24.1}, UnfitCoordinates, "longitude"),
        ({"longitude": 115.2}, UnfitCoordinates, "latitude"),
        ({"latitude": 115.2, "longitude": 24.1}, UnfitCoordinates, "latitude"),
        ({"latitude": float("nan"), "longitude": 115.2}, UnfitCoordinates, "latitude"),
    ],
)
def test_what_cannot_be_right_of_a_place_is_refused_at_its_field(
    changes: dict[str, Any], wrong: type[Refusal], field: str
) -> None:
    with pytest.raises(wrong) as refusal:
        add(**changes)

    assert refusal.value.field == field


# --- changes -----------------------------------------------------------------------------


def test_a_change_says_what_differs_and_two_people_lose_nothing(heard: list[Any]) -> None:
    place_id = add(keeper=LONGCHUAN)
    seen = seen_mark(asdict(gazetteer.words_of(row(place_id))))
    with unit_of_work():
        assert gazetteer.change_place(
            place_id, replace(VILLAGE, latitude=24.5, longitude=115.4), seen=seen, keeper=None
        )
    with pytest.raises(ChangedMeanwhile), unit_of_work():
        gazetteer.change_place(place_id, replace(VILLAGE, name="别名"), seen=seen, keeper=None)
    with unit_of_work():
        assert not gazetteer.change_place(
            place_id, replace(VILLAGE, latitude=24.5, longitude=115.4), seen=seen, keeper=None
        )

    told = [event for event in heard if isinstance(event, PlaceAdded | PlaceChanged)]
    assert [type(event) for event in told] == [PlaceAdded, PlaceChanged]
    assert getattr(told[1], "fields", "") == "latitude longitude"


def test_a_retired_place_is_offered_no_more_and_may_come_back(heard: list[Any]) -> None:
    place_id = add()
    for _ in range(2):
        with unit_of_work():
            gazetteer.retire_place(place_id, keeper=LONGCHUAN)

    assert offered("石陂") == []
    assert gazetteer.list_places(PlacesWanted(), keeper=None).total == 0
    assert gazetteer.list_places(PlacesWanted(retired=True), keeper=None).total == 1
    assert sum(isinstance(event, PlaceRetired) for event in heard) == 1
    with unit_of_work():
        gazetteer.restore_place(place_id, keeper=LONGCHUAN)
    assert offered("石陂") == [("龙川县 上坪镇", "石陂村", "village")]


def test_a_place_does_not_come_back_beside_one_that_took_its_name() -> None:
    old = add()
    with unit_of_work():
        gazetteer.retire_place(old, keeper=None)
    add(other_names=())

    with pytest.raises(PlaceThere), unit_of_work():
        gazetteer.restore_place(old, keeper=None)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (PlacesWanted(text="石"), 1), (PlacesWanted(text="SHIPI 石陂"), 1),
        (PlacesWanted(text="100%"), 0), (PlacesWanted(kind="village"), 1),
        (PlacesWanted(kind="estate"), 0), (PlacesWanted(county_code=LONGCHUAN), 1),
        (PlacesWanted(county_code=LIANPING), 0), (PlacesWanted(town_code="441622127"), 1),
    ],
)  # fmt: skip
def test_a_list_is_narrowed_by_words_kind_and_place(wanted: PlacesWanted, found: int) -> None:
    add()

    assert gazetteer.list_places(wanted, keeper=None).total == found


# --- what an agent is offered ------------------------------------------------------------


def test_a_place_is_found_by_its_other_name_and_by_its_town() -> None:
    add()

    assert offered("石皮") == [("龙川县 上坪镇", "石陂村", "village")]
    assert offered("上坪 石陂")[0] == ("龙川县 上坪镇", "石陂村", "village")
    assert offered("连平 石陂") == []


def test_who_chose_a_functional_area_stays_there_and_gets_its_places_first() -> None:
    add(name="梧峰村", other_names=(), county_code=ZIJIN, town_code=LINJIANG)
    add(name="梧峰新村", other_names=(), county_code=LONGCHUAN)

    [first, second] = service.known_places("梧峰", county_code=AREA, at=clock.now())
    assert (first.county_code, first.path, first.run_by) == (AREA, "紫金县 临江镇", AREA)
    assert second.county_code == LONGCHUAN
    [by_law, _] = service.known_places("梧峰", county_code=ZIJIN, at=clock.now())
    assert by_law.county_code == ZIJIN


def test_what_was_learnt_is_not_offered_beside_the_same_place_of_the_gazetteer() -> None:
    add()
    for address in ("石陂村", "石皮", "石陂村口小卖部"):
        with unit_of_work():
            service.learn_place(
                county_code=LONGCHUAN, town_code=SHANGPING[LONGCHUAN], address=address,
                at=clock.now(),
            )  # fmt: skip

    found = [address for _, address, _ in offered("石")]
    assert found.count("石陂村") == 1
    assert "石皮" not in found
    assert "石陂村口小卖部" in found
