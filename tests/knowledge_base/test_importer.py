from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.channels import service as channels
from app.core.database import unit_of_work
from app.organisation import service as organisation
from app.rules import service as rules
from knowledge_base import importer, service
from knowledge_base.importer import read_sample_articles

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
# Words of a promise that no agent may give on the telephone.
PROMISES = ("保证", "一定能", "肯定能", "马上解决")


@pytest.fixture
def articles(app: Flask) -> Flask:
    """Load what articles point at, and the articles."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        rules.load_categories()
        channels.load_numbers()
        importer.load_articles(now=AT)
    return app


def test_there_are_at_least_sixty_articles_with_different_titles() -> None:
    titles = [article["title"] for article in read_sample_articles()]

    assert len(titles) >= 60
    assert len(set(titles)) == len(titles)
    assert max(map(len, titles)) <= 128


def test_every_answer_is_three_to_six_sentences_and_promises_nothing() -> None:
    for article in read_sample_articles():
        assert 3 <= article["answer"].count("。") <= 6, article["title"]
        assert not any(word in article["answer"] for word in PROMISES), article["title"]


def test_every_article_says_what_it_rests_on_and_is_found_by_short_keywords() -> None:
    for article in read_sample_articles():
        assert article["basis"]
        assert article["keywords"]
        assert all(len(keyword) <= 20 for keyword in article["keywords"])


@pytest.mark.usefixtures("articles")
def test_every_line_of_an_article_is_in_the_register() -> None:
    numbers = {entry.number for entry in channels.list_numbers()}

    for article in service.list_articles():
        assert set(article.legacy_numbers) <= numbers, article.title


@pytest.mark.usefixtures("articles")
def test_every_line_has_an_article_to_begin_with() -> None:
    for entry in channels.list_numbers():
        assert service.suggest("", line_number=entry.number, at=AT), entry.number


@pytest.mark.postgresql
@pytest.mark.usefixtures("articles")
def test_sample_articles_are_marked_and_hold_for_a_year() -> None:
    for article in service.list_articles():
        assert article.is_sample
        assert article.holds_at(AT)
        assert article.valid_until is not None
        assert article.valid_until - article.valid_from == timedelta(days=365)


@pytest.mark.postgresql
@pytest.mark.usefixtures("articles")
def test_loading_twice_changes_nothing() -> None:
    with unit_of_work():
        assert importer.load_articles(now=AT + timedelta(days=3)) == 0


@pytest.mark.usefixtures("articles")
def test_a_retired_sample_does_not_come_back() -> None:
    article_id = service.list_articles()[0].id
    with unit_of_work():
        service.retire_article(article_id)
        importer.load_articles(now=AT)

    assert service.get_article(article_id).status == "retired"
