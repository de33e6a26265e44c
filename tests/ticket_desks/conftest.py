"""Everybody who works on a ticket, and the browsers of those who sit at a desk."""

from collections.abc import Callable

import pytest

from tests.conftest import PageClient
from tests.handling.cast import Cast, make_cast
from tests.ticket_desks.browsers import Desks


@pytest.fixture
def cast(registers: None, app: object, frozen: object) -> Cast:  # noqa: ARG001 - their database
    """Give one person of each role."""
    return make_cast()


@pytest.fixture
def desks(cast: Cast, sign_in_as: Callable[..., PageClient]) -> Desks:
    """Give a browser for whoever is asked for, at the hotline or at his unit."""
    return Desks(cast, sign_in_as)
