"""Everybody who works on a ticket."""

import pytest

from tests.handling.cast import Cast, make_cast


@pytest.fixture
def cast(app: object) -> Cast:  # noqa: ARG001 - tables of this app
    """Give one person of each role."""
    return make_cast()
