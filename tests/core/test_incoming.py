"""A zero character in an address is never asked of a database: PostgreSQL knows no such text."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PageClient

ASKED = (
    "text", "number", "unit", "county", "kind", "mode", "state", "role", "day", "month", "page",
    "after", "since", "until", "person", "act", "tab", "pool", "view", "sort", "channel",
)  # fmt: skip
NOT_ASKED = ("/socket.io", "/health", "/sign-out")


@pytest.fixture
def pages(app: Flask) -> list[str]:
    """Return every page that is read without naming a thing."""
    return sorted(
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
        if not str(rule).startswith(NOT_ASKED)
    )


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "role", ["agent", "dispatcher", "hotline_manager", "leader", "auditor", "system_admin"]
)
def test_a_list_searched_for_a_zero_character_answers_as_for_nothing(
    sign_in_as: Callable[..., PageClient], pages: list[str], role: str
) -> None:
    browser = sign_in_as(role)
    query = "&".join(f"{name}=%00" for name in ASKED)

    answers = {path: browser.get(f"{path}?{query}").status_code for path in pages}

    assert list(answers.values()).count(200) >= 5
    assert {path: code for path, code in answers.items() if code >= 500} == {}


def test_a_path_with_a_zero_character_is_not_found(client: FlaskClient) -> None:
    assert client.get("/tickets/%00").status_code == 404
