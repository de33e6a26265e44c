"""Whoever may no longer come in hears nothing more either."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts import service as accounts
from app.core.database import unit_of_work
from app.core.extensions import socketio
from tests.conftest import PageClient


@pytest.mark.parametrize("auth", [{}, {"watches_only": True}])
def test_revoking_sessions_ends_every_connection(
    app: Flask, sign_in_as: Callable[..., PageClient], auth: dict[str, bool]
) -> None:
    browser = sign_in_as("agent")
    connection = socketio.test_client(app, flask_test_client=browser, auth=auth)
    assert connection.is_connected()

    with unit_of_work():
        accounts.bump_epoch(browser.person.id)

    assert not connection.is_connected()
