from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.core import events
from app.core.database import unit_of_work
from app.core.state_machine import IllegalMove
from app.organisation import service as organisation
from app.organisation.service import UnknownUnit
from app.rules import service as rules
from knowledge_base import service
from knowledge_base.events import ArticleMoved, ArticleWritten
from knowledge_base.service import ArticleText

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
Write = Callable[..., int]


@pytest.fixture
def write(app: Flask) -> Write:  # noqa: ARG001 - the services need its context
    """Give a function that writes and publishes an article, changed as told; returns its id."""
    with unit_of_work():
        organisation.load_regions()
        organisation.load_units()
        rules.load_categories()
        unit_id = organisation.find_unit_by_code("housing-fund").id
    text = ArticleText(
        title="租房提取公积金",
        question="租房可以提公积金吗",
        answer="可以，凭身份证办理。",
        basis="窗口口径",
        unit_id=unit_id,
        category_code="2201",
        legacy_numbers=["12329"],
        keywords=["房租"],
        valid_from=AT,
    )

    def write_one(*, is_published: bool = True, **changes: object) -> int:
        with unit_of_work():
            article = service.write_article(replace(text, **changes))  # type: ignore[arg-type]
            if is_published:
                service.publish_article(article.id)
            return article.id

    return write_one


def found(text: str, *, line: str | None = None, at: datetime = AT) -> list[int]:
    """Return the ids of what is suggested."""
    return [each.article_id for each in service.suggest(text, line_number=line, at=at)]


@pytest.mark.postgresql
def test_a_published_article_is_found_with_its_unit_and_basis(write: Write) -> None:
    article_id = write()

    [suggestion] = service.suggest("公积金", line_number="12329", at=AT)

    assert suggestion.article_id == article_id
    assert suggestion.unit_name == "河源市住房公积金管理中心"
    assert suggestion.basis == "窗口口径"
    assert suggestion.score > 0


@pytest.mark.parametrize("words", ["提取", "租房", "公积金怎么提", "房租"])
def test_two_characters_are_enough(write: Write, words: str) -> None:
    article_id = write()

    assert found(words) == [article_id]


def test_a_draft_is_not_found(write: Write) -> None:
    write(is_published=False)

    assert found("公积金") == []


@pytest.mark.postgresql
def test_a_retired_article_is_gone_at_once(write: Write) -> None:
    article_id = write()
    assert found("公积金") == [article_id]

    with unit_of_work():
        service.retire_article(article_id)

    assert found("公积金") == []
    with pytest.raises(service.UnknownArticle):
        service.get_published_article(article_id, at=AT)


def test_an_article_is_found_only_while_it_holds(write: Write) -> None:
    until = AT + timedelta(days=30)
    article_id = write(valid_until=until)

    assert found("公积金", at=AT - timedelta(seconds=1)) == []
    assert found("公积金", at=AT) == [article_id]
    assert found("公积金", at=until - timedelta(seconds=1)) == [article_id]
    assert found("公积金", at=until) == []


@pytest.mark.postgresql
def test_new_words_are_found_as_soon_as_the_save_holds(write: Write) -> None:
    article_id = write()
    assert found("装修") == []

    article = service.get_article(article_id)
    text = ArticleText(
        title="装修提取",
        question=article.question,
        answer=article.answer,
        basis=article.basis,
        unit_id=article.unit_id,
        category_code=None,
        legacy_numbers=[],
        keywords=[],
        valid_from=AT,
    )
    with unit_of_work():
        service.change_article(article_id, text)

    assert found("装修") == [article_id]


def test_words_of_a_save_that_was_undone_are_forgotten(write: Write) -> None:
    article_id = write()

    with pytest.raises(RuntimeError), unit_of_work():
        service.retire_article(article_id)
        assert found("公积金") == []
        raise RuntimeError

    assert found("公积金") == [article_id]


def test_nothing_is_offered_when_nothing_fits(write: Write) -> None:
    write()

    assert found("天气预报") == []
    assert service.search("天气预报", at=AT) == []


def test_without_words_the_articles_of_the_dialled_line_are_offered(write: Write) -> None:
    article_id = write()
    write(title="居民医保缴费", legacy_numbers=["12393"])

    assert found("", line="12329") == [article_id]
    assert found("", line="99999") == []
    assert found("", line=None) == []


def test_of_two_equal_articles_the_one_of_the_dialled_line_comes_first(write: Write) -> None:
    first = write(title="提取公积金甲", legacy_numbers=["12345"])
    second = write(title="提取公积金乙", legacy_numbers=["12333"])

    assert found("提取公积金", line="12345") == [first, second]
    assert found("提取公积金", line="12333") == [second, first]


def test_a_title_is_given_once(write: Write) -> None:
    write()

    with pytest.raises(service.TitleTaken):
        write()


def test_an_article_needs_a_unit_that_vouches_for_it(write: Write) -> None:
    with pytest.raises(UnknownUnit):
        write(unit_id=10_000)


def test_an_article_cannot_be_published_twice(write: Write) -> None:
    article_id = write()

    with pytest.raises(IllegalMove), unit_of_work():
        service.publish_article(article_id)


def test_a_retired_article_comes_back_only_as_a_draft(write: Write) -> None:
    article_id = write()
    with unit_of_work():
        service.retire_article(article_id)

    with pytest.raises(IllegalMove), unit_of_work():
        service.publish_article(article_id)
    with unit_of_work():
        service.withdraw_article(article_id)
        service.publish_article(article_id)
    assert found("公积金") == [article_id]


def test_writing_and_moving_an_article_is_told(write: Write, heard: list[events.Event]) -> None:
    article_id = write()

    assert heard == [
        ArticleWritten(article_id=article_id, written_by=None),
        ArticleMoved(article_id=article_id, old="draft", new="published", moved_by=None),
    ]
