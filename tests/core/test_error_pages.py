"""Every refusal and every fault is answered once: page or JSON, in the reader's language."""

import io
import logging
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.errors import Conflict
from app.core.forms import FormRefused
from app.core.log_setup import HANDLER_NAME
from app.core.permissions import public
from tests.conftest import PageClient

pytestmark = pytest.mark.one_database

JSON = {"Accept": "application/json"}
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class LinesAreCrossed(Conflict):
    """Only for these tests."""

    code = "work-number-taken"


@pytest.fixture
def app(app: Flask) -> Flask:
    """Add views that fail in every way."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @public
    def refuse() -> str:
        raise LinesAreCrossed(field="work_number", work_number="1006")

    @public
    def refuse_form() -> str:
        raise FormRefused({"title": ["a", "b"]})

    @public
    def lack_a_parameter() -> str:
        raise LinesAreCrossed

    @public
    def break_down() -> str:
        raise LookupError("the caller 13912342817 is gone")

    for view in (refuse, refuse_form, lack_a_parameter, break_down):
        app.add_url_rule(f"/test/{view.__name__}", view_func=view, methods=["GET", "POST"])
    return app


def test_a_refusal_in_json_has_code_sentence_field_and_parameters(client: FlaskClient) -> None:
    answer = client.get("/test/refuse", headers={**JSON, "Accept-Language": "en"})

    assert answer.status_code == 409
    assert answer.json == {
        "refusal": {
            "code": "work-number-taken",
            "message": "Somebody has the work number 1006.",
            "field": "work_number",
            "parameters": {"work_number": "1006"},
            "fields": {},
        }
    }


def test_a_refused_form_names_its_fields(client: FlaskClient) -> None:
    answer = client.get("/test/refuse_form", headers=JSON)

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["refusal"]["fields"] == {"title": ["a", "b"]}


def test_a_refusal_without_its_parameter_still_answers_with_its_code(client: FlaskClient) -> None:
    answer = client.get("/test/lack_a_parameter", headers=JSON)

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["refusal"]["code"] == "work-number-taken"


@pytest.mark.parametrize(
    ("language", "told"), [("zh-CN", "工号 1006 已有人使用"), ("en", "the work number 1006")]
)
def test_a_person_reads_a_page_in_his_language(
    client: FlaskClient, language: str, told: str
) -> None:
    answer = client.get("/test/refuse", headers={**PAGE, "Accept-Language": language})

    assert answer.status_code == 409
    assert answer.mimetype == "text/html"
    assert told in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("DELETE", "/sign-in", 405, "method-not-allowed"),
        ("GET", "/account", 401, "sign-in-needed"),
    ],
)
def test_what_werkzeug_refuses_looks_like_our_own_refusals(
    client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.open(path, method=method, headers=JSON)

    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["refusal"]["code"] == code
    page = client.open(path, method=method, headers=PAGE)
    assert page.status_code in (status, 302)


def test_a_citizen_whose_link_is_dead_is_not_sent_to_the_staffs_door(client: FlaskClient) -> None:
    answer = client.get("/visit/of-no-ticket", headers=PAGE)

    assert answer.status_code == 404
    assert 'href="/"' not in answer.text
    assert 'href="/"' in client.get("/nowhere", headers=PAGE).text


def test_a_form_without_its_token_is_refused_as_a_stale_page(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data={"work_number": "1"}, headers=JSON)

    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["refusal"]["code"] == "csrf"


def test_too_large_a_request_is_refused(sign_in_as: Callable[..., PageClient], app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    browser = sign_in_as("agent")

    answer = browser.post("/account/password", data={"new_password": "x" * 5000}, headers=JSON)

    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["refusal"]["code"] == "too-large"


@pytest.mark.parametrize("headers", [JSON, PAGE], ids=["json", "page"])
def test_a_fault_gives_a_number_that_stands_in_the_log_and_says_nothing_else(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    [handler] = [each for each in logging.getLogger().handlers if each.name == HANDLER_NAME]
    assert isinstance(handler, logging.StreamHandler)
    log = io.StringIO()
    handler.setStream(log)

    answer = client.get("/test/break_down", headers=headers)

    reference = answer.headers["X-Request-Id"]
    assert answer.status_code == 500
    assert reference in answer.text
    assert headers is not PAGE or answer.text.count(reference) == 1
    assert "13912342817" not in answer.text
    assert "LookupError" not in answer.text
    assert reference in log.getvalue()
    assert "the caller 139****2817 is gone" in log.getvalue()


@pytest.mark.parametrize(
    ("headers", "is_page"),
    [
        (PAGE, True),
        ({}, True),
        ({"Accept": "*/*"}, True),
        (JSON, False),
        ({"Accept": "*/*", "Sec-Fetch-Dest": "empty"}, False),
        ({**PAGE, "X-CSRFToken": "t"}, True),
        ({"Accept": "application/json, text/html;q=0.5"}, False),
    ],
)
def test_scripts_get_json_and_people_get_pages(
    client: FlaskClient, headers: dict[str, str], is_page: bool
) -> None:
    answer = client.get("/nowhere", headers=headers)

    assert (answer.mimetype == "text/html") is is_page


def test_the_watchers_of_the_server_need_no_sign_in(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"is_alive": True}
    assert client.get("/readyz").json == {"is_ready": True}
