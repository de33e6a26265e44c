"""What tests of messages share."""

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.handed_down import hand_down
from app.notifications.visit_invitation import CitizenSite
from tests import people
from tests.handling.cast import Cast, make_cast
from tests.notifications.links_sent import SITE


@pytest.fixture
def agent(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    """Give somebody who opens tickets."""
    return people.one_person("agent")


@pytest.fixture
def cast(app: Flask) -> Cast:  # noqa: ARG001 - tables of this app
    """Give everybody who works on a ticket."""
    return make_cast()


@pytest.fixture
def citizen_site(app: Flask) -> None:
    """Let citizens reach the site, so that links are sent."""
    hand_down(app, CitizenSite(address=SITE))
