"""An agent at his desk, for whoever tests what he does there."""

from typing import Any

import pytest

from tests.call_queue import desks
from tests.conftest import PageClient


@pytest.fixture
def desk(sign_in_as: Any) -> PageClient:
    """Sign an agent in and open his desk."""
    browser: PageClient = sign_in_as("agent")
    desks.open_desk(browser.person)
    return browser
