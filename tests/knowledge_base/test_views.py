from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import service as rules
from knowledge_base import importer, service

pytestmark = pytest.mark.usefixtures("articles")


@pytest.fixture
def articles(app: Flask) -> Flask:
    """Load the sample articles."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        rules.load_categories()
        importer.load_articles(now=clock.now())
    return app


def test_an_agent_finds_an_article_and_reads_it(sign_in_as: Callable[..., Any]) -> None:
    browser = sign_in_as("agent")
    title = "租房怎么提取住房公积金"

    page = browser.get("/knowledge?q=公积金租房")
    assert page.status_code == 200
    assert title in page.text

    article = next(each for each in service.list_articles() if each.title == title)
    page = browser.get(f"/knowledge/{article.id}")
    assert page.status_code == 200
    assert article.basis in page.text
    assert "示例" in page.text


def test_a_search_without_hits_says_so(sign_in_as: Callable[..., Any]) -> None:
    page = sign_in_as("agent").get("/knowledge?q=天气预报")

    assert page.status_code == 200
    assert "没有合适的知识条目" in page.text


def test_an_empty_box_lists_what_there_is(sign_in_as: Callable[..., Any]) -> None:
    page = sign_in_as("agent").get("/knowledge")

    assert page.text.count("list-group-item-action") == len(service.list_articles())


def test_what_was_typed_is_shown_as_text(sign_in_as: Callable[..., Any]) -> None:
    page = sign_in_as("agent").get("/knowledge?q=<script>alert(1)</script>")

    assert "<script>alert(1)" not in page.text


def test_too_long_a_question_is_refused(sign_in_as: Callable[..., Any]) -> None:
    assert sign_in_as("agent").get("/knowledge?q=" + "长" * 201).status_code == 422


def test_a_retired_article_cannot_be_read(sign_in_as: Callable[..., Any]) -> None:
    article_id = service.list_articles()[0].id
    with unit_of_work():
        service.retire_article(article_id)

    assert sign_in_as("agent").get(f"/knowledge/{article_id}").status_code == 404


def test_a_role_without_the_permission_is_turned_away(sign_in_as: Callable[..., Any]) -> None:
    assert sign_in_as("auditor").get("/knowledge").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/knowledge").status_code in (302, 401)
