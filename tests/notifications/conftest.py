"""What tests of messages share."""

import pytest
from flask import Flask

from app.accounts.models import User
from tests import people


@pytest.fixture
def agent(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    """Give somebody who opens tickets."""
    return people.one_person("agent")
