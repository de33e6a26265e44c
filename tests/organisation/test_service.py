import csv
from collections import Counter

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.organisation import service
from app.organisation.models import RegionLevel, UnitKind

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def places(app: Flask) -> Flask:
    """Load the places and the units."""
    with unit_of_work():
        service.load_regions()
        service.load_units()
    return app


@pytest.mark.postgresql
def test_the_city_has_six_counties_two_functional_areas_and_101_towns() -> None:
    levels = Counter(region.level for region in service.list_regions())

    assert levels == {
        RegionLevel.CITY: 1,
        RegionLevel.COUNTY: 6,
        RegionLevel.FUNCTIONAL_AREA: 2,
        RegionLevel.TOWN: 101,
    }


def test_every_county_has_its_own_number_of_towns() -> None:
    counted = {
        county.name: len(service.towns_of(county.code)) for county in service.list_counties()
    }

    assert counted == {
        "源城区": 8,
        "紫金县": 18,
        "龙川县": 24,
        "连平县": 13,
        "和平县": 17,
        "东源县": 21,
        "江东新区": 2,
        "市高新区": 2,
    }


def test_a_town_of_the_same_name_in_two_counties_is_never_one_place() -> None:
    paths = {
        service.region_path(region.code)
        for region in service.list_regions(level=RegionLevel.TOWN)
        if region.name == "上坪镇"
    }

    assert paths == {"连平县 上坪镇", "龙川县 上坪镇"}


def test_no_two_towns_have_the_same_path() -> None:
    towns = service.list_regions(level=RegionLevel.TOWN)

    assert len({service.region_path(town.code) for town in towns}) == 101


def test_a_functional_area_has_no_administrative_code_and_says_which_towns_it_runs() -> None:
    area = service.get_region("FA-JD")

    assert not any(sign.isdigit() for sign in area.code)
    assert "临江镇" in area.note
    assert "待核实" in area.note
    assert [town.name for town in service.towns_of("FA-JD")] == ["古竹镇", "临江镇"]


def test_a_town_that_a_functional_area_runs_still_lies_in_its_county() -> None:
    town = next(town for town in service.towns_of("FA-JD") if town.name == "临江镇")

    assert service.region_path(town.code) == "紫金县 临江镇"
    assert town.code in {each.code for each in service.towns_of("441621")}


def test_counties_are_listed_before_functional_areas() -> None:
    assert [county.code for county in service.list_counties()][-2:] == ["FA-GX", "FA-JD"]


def test_an_unknown_place_is_refused_and_has_no_towns() -> None:
    with pytest.raises(service.UnknownRegion):
        service.region_path("000000")
    assert service.towns_of("000000") == []


@pytest.mark.postgresql
def test_loading_twice_changes_nothing() -> None:
    before = [(unit.id, unit.code, unit.name) for unit in service.list_units()]
    with unit_of_work():
        assert service.load_regions() == 0
        assert service.load_units() == 0

    assert [(unit.id, unit.code, unit.name) for unit in service.list_units()] == before


def test_what_the_city_changed_survives_loading_again() -> None:
    with unit_of_work():
        service.find_unit_by_code("water").name = "新名称"
    with unit_of_work():
        service.load_units()

    assert service.find_unit_by_code("water").name == "新名称"


def test_every_unit_of_the_file_is_there_once_with_its_parent() -> None:
    with (service.DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    units = service.list_units()
    codes = {unit.id: unit.code for unit in units}

    assert len({row["code"] for row in rows}) == len(rows) == len(units)
    assert {unit.code: codes.get(unit.parent_id or 0, "") for unit in units} == {
        row["code"]: row["parent_code"] for row in rows
    }


def test_there_is_one_unit_for_each_county_and_area() -> None:
    found = [
        *service.list_units(kind=UnitKind.COUNTY),
        *service.list_units(kind=UnitKind.FUNCTIONAL_AREA),
    ]

    assert {unit.region_code for unit in found} == {
        county.code for county in service.list_counties()
    }


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(service.UnknownUnit):
        service.get_unit(10_000)
    with pytest.raises(service.UnknownUnit):
        service.find_unit_by_code("nobody")
