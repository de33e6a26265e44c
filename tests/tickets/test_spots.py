"""Coordinates: which of two numbers is which, and what does not lie here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.organisation.place_words import LATITUDES, LONGITUDES
from app.tickets.spots import (
    NOWHERE,
    CoordinatesSource,
    coordinates_text,
    read_coordinates,
    spot_at,
)


@pytest.mark.parametrize(
    "typed",
    ["23.743, 114.701", "114.701,23.743", "２３.743　114.701", "N23.743° E114.701°",
     "23.743；114.701", " 23.743/114.701 "],
)  # fmt: skip
def test_either_number_may_come_first(typed: str) -> None:
    assert read_coordinates(typed) == (23.743, 114.701)


@pytest.mark.parametrize(
    "typed",
    ["", "23.743", "23.743 114.701 5", "39.9, 116.4", "23.743, 23.7", "114.7, 114.8",
     "-23.743, 114.701", "abc, def", "23,743, 114,701", "1e2, 114.7"],
)  # fmt: skip
def test_what_does_not_lie_in_the_city_is_no_point_of_it(typed: str) -> None:
    assert read_coordinates(typed) is None
    assert spot_at(typed, CoordinatesSource.CALLER) == NOWHERE


@given(st.floats(*LATITUDES), st.floats(*LONGITUDES))
def test_what_is_written_is_read_again_to_a_tenth_of_a_metre(south: float, east: float) -> None:
    read = read_coordinates(coordinates_text(south, east))

    assert read is not None
    assert read == pytest.approx((south, east), abs=1e-6)
