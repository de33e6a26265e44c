"""Everybody who works on a ticket."""

import pytest

from tests.handling.cast import Cast, make_cast
from tests.handling.fast_lane import switch_on


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()


@pytest.fixture
def lane(registers: None, app: object, frozen: object) -> None:  # noqa: ARG001 - rules of this app
    """Let the city have its fast lane open."""
    switch_on()
