"""What every test of the end of records begins with."""

from typing import Any

import pytest
from flask import Flask

from app.core.database import unit_of_work
from app.rules import service as rules
from tests import people


@pytest.fixture
def lengths(registers: None, app: Flask) -> None:  # noqa: ARG001 - its tables
    """Load how long each class is kept, as it is shipped."""
    with unit_of_work():
        rules.load_retention_rules()


@pytest.fixture
def agent(app: Flask) -> Any:  # noqa: ARG001 - its tables
    """Give somebody who takes calls."""
    return people.one_person("agent")
