"""A page of results asks the database a handful of things, whatever stands on it."""

from collections.abc import Callable

import pytest

from app.organisation import service as organisation
from tests.channel_entries.clerks import load_channels
from tests.conftest import PageClient
from tests.plans import questions_put
from tests.results.test_results import open_one

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.one_database]


@pytest.mark.parametrize(
    ("role", "unit"), [("leader", "hotline"), ("county_dispatcher", "county-441623")]
)
def test_many_places_on_a_page_of_results_are_named_without_asking_for_each(
    sign_in_as: Callable[..., PageClient], role: str, unit: str
) -> None:
    load_channels()
    agent_id = sign_in_as("agent").person.id
    towns = organisation.towns_of("441623")
    unit_id = organisation.find_unit_by_code(unit).id
    reader = sign_in_as(role, unit_id=unit_id)
    for town in towns:
        open_one(agent_id, county_code="441623", town_code=town.code)
    reader.get("/results")  # names were read a moment ago

    with questions_put() as asked:
        html = reader.get("/results").text

    assert len(towns) > 10
    for town in towns:
        assert organisation.region_path(town.code) in html
    assert len(asked) <= 13, asked


def test_the_paths_of_all_places_are_those_of_each() -> None:
    paths = organisation.region_paths()

    assert paths == {
        each.code: organisation.region_path(each.code) for each in organisation.list_regions()
    }
