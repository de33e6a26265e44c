"""A zero character in an address is never asked of a database: PostgreSQL knows no such text."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.organisation import service as organisation
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


BY_ID_OR_DAY = (
    ("agent", "/texts", ("channel",)),
    ("hotline_manager", "/tickets", ("view", "unit", "channel", "first_contact", "opened_from")),
    ("hotline_manager", "/results", ("channel", "since")),
    ("hotline_manager", "/figures", ("day",)),
    ("city_liaison", "/duty-roster", ("unit", "week", "person")),
    ("channel_clerk", "/channel-cases", ("channel",)),
)


@pytest.mark.postgresql
@pytest.mark.usefixtures("registers")
@pytest.mark.parametrize(("role", "path", "names"), BY_ID_OR_DAY)
def test_an_id_or_a_day_that_nothing_can_have_answers_as_for_nothing(
    sign_in_as: Callable[..., PageClient], role: str, path: str, names: tuple[str, ...]
) -> None:
    browser = sign_in_as(role, unit_id=organisation.find_unit_by_code("urban-management").id)
    assert browser.get(path).status_code == 200

    answers = {
        f"{name}={written}": browser.get(f"{path}?{name}={written}").status_code
        for name in names
        for written in ("9" * 26, "2147483648", "0001-01-01", "9999-12-31", "-1")
    }

    assert {asked: code for asked, code in answers.items() if code >= 500} == {}


def test_acts_on_a_ticket_that_no_ticket_can_be_do_nothing(
    sign_in_as: Callable[..., PageClient],
) -> None:
    manager = sign_in_as("hotline_manager")
    far = "9" * 26

    several = manager.post("/tickets/bulk", data={"act": "export_csv", "ids": [far]})
    printed = manager.post("/privacy/prints", json={"kind": "ticket", "id": int(far)})

    assert (several.status_code, printed.status_code) == (422, 404)


def test_a_path_with_a_zero_character_is_not_found(client: FlaskClient) -> None:
    assert client.get("/tickets/%00").status_code == 404
