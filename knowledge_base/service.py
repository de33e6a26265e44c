"""Write, publish and find what agents may answer."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, insert, select, update

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.events import publish
from app.core.state_machine import check_move
from app.organisation import service as organisation
from knowledge_base.events import ArticleMoved, ArticleWritten
from knowledge_base.models import Article, SearchStamp
from knowledge_base.review_states import MOVES, ReviewState
from knowledge_base.search import ArticleIndex, Entry

STAMP = "articles"
_STAMP = select(SearchStamp.stamp).where(SearchStamp.name == STAMP)


class UnknownArticle(NotFound):
    """No article has this id."""

    code = "article-not-found"


class TitleTaken(Conflict):
    """Titles are unique: two answers under one title would contradict each other some day."""

    code = "article-title-taken"


@dataclass(frozen=True, kw_only=True)
class ArticleText:
    """The words of an article, as its unit hands them in."""

    title: str
    question: str
    answer: str
    basis: str
    unit_id: int
    category_code: str | None
    legacy_numbers: list[str]
    keywords: list[str]
    valid_from: datetime
    valid_until: datetime | None = None
    is_sample: bool = False


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """An article offered to an agent. `score` only orders; it is not a probability."""

    article_id: int
    title: str
    unit_name: str
    answer: str
    basis: str
    valid_until: datetime | None
    score: float
    category_code: str | None = None


@dataclass(frozen=True)
class _Picture:
    """An index and the stamp it was made at."""

    stamp: str
    index: ArticleIndex


_pictures: WeakKeyDictionary[Engine, _Picture] = WeakKeyDictionary()
_building = threading.Lock()


def suggest(
    text: str, *, line_number: str | None, limit: int = 5, at: datetime | None = None
) -> list[Suggestion]:
    """Return what may answer this caller, best first; an empty list when nothing fits.

    `text` is what the agent typed so far. Without any, the articles of the dialled line
    `line_number` are offered. Only published articles that hold at `at` (default: now).
    """
    moment = at or clock.now()
    if text.strip():
        return _shown(_found(text, line=line_number, at=moment, limit=limit))
    of_line = _index().of_line(line_number, at=moment, limit=limit)
    return _shown([(article_id, 0.0) for article_id in of_line])


def search(text: str, *, limit: int = 20, at: datetime | None = None) -> list[Suggestion]:
    """Return the published articles that fit the words, best first."""
    if not text.strip():
        return []
    return _shown(_found(text, line=None, at=at or clock.now(), limit=limit))


def get_article(article_id: int) -> Article:
    """Return the article in whatever state. Raises UnknownArticle."""
    article = db.session.get(Article, article_id)
    if article is None:
        raise UnknownArticle
    return article


def get_published_article(article_id: int, *, at: datetime | None = None) -> Article:
    """Return an article that may be read out at `at` (default: now). Raises UnknownArticle."""
    article = get_article(article_id)
    if article.status != ReviewState.PUBLISHED or not article.holds_at(at or clock.now()):
        raise UnknownArticle
    return article


def list_published(*, at: datetime | None = None) -> list[Article]:
    """Return the articles that may be read out at `at` (default: now)."""
    moment = at or clock.now()
    return [
        article
        for article in list_articles(status=ReviewState.PUBLISHED)
        if article.holds_at(moment)
    ]


def list_articles(*, status: ReviewState | None = None) -> list[Article]:
    """Return all articles, or those in one state, in the order they were written."""
    asked = select(Article).order_by(Article.id)
    if status is not None:
        asked = asked.where(Article.status == status)
    return list(db.session.scalars(asked))


def write_article(text: ArticleText, *, written_by: int | None = None) -> Article:
    """Add an article as a draft; nobody at a desk sees it yet.

    Raises TitleTaken, organisation's UnknownUnit. Publishes ArticleWritten.
    """
    organisation.get_unit(text.unit_id)
    _check_title_is_free(text.title, except_id=None)
    article = Article(**_columns(text), status=ReviewState.DRAFT, updated_at=clock.now())
    db.session.add(article)
    db.session.flush()
    mark_changed()
    publish(ArticleWritten(article_id=article.id, written_by=written_by))
    return article


def change_article(article_id: int, text: ArticleText, *, written_by: int | None = None) -> Article:
    """Replace the words of an article; its state stays. Raises UnknownArticle, TitleTaken."""
    article = get_article(article_id)
    organisation.get_unit(text.unit_id)
    _check_title_is_free(text.title, except_id=article_id)
    for column, value in _columns(text).items():
        setattr(article, column, value)
    article.updated_at = clock.now()
    db.session.flush()
    mark_changed()
    publish(ArticleWritten(article_id=article.id, written_by=written_by))
    return article


def publish_article(article_id: int, *, moved_by: int | None = None) -> Article:
    """Put a draft in front of the agents. Raises IllegalMove, UnknownArticle."""
    return _move(article_id, ReviewState.PUBLISHED, moved_by=moved_by)


def withdraw_article(article_id: int, *, moved_by: int | None = None) -> Article:
    """Take an article back to draft: off the desks at once. Raises IllegalMove."""
    return _move(article_id, ReviewState.DRAFT, moved_by=moved_by)


def retire_article(article_id: int, *, moved_by: int | None = None) -> Article:
    """Take an article out of use. Old enquiry records still name it. Raises IllegalMove."""
    return _move(article_id, ReviewState.RETIRED, moved_by=moved_by)


def mark_changed() -> None:
    """Tell every process that its index is old; takes effect when the save holds."""
    # A fresh word, not a counter: after a save that was undone a counter would come back to the
    # same number with other articles behind it.
    stamp = uuid4().hex
    changed = db.session.execute(
        update(SearchStamp)
        .where(SearchStamp.name == STAMP)
        .values(stamp=stamp)
        .returning(SearchStamp.name)
    ).scalar()
    if changed is None:
        db.session.execute(insert(SearchStamp).values(name=STAMP, stamp=stamp))


def _move(article_id: int, new: ReviewState, *, moved_by: int | None) -> Article:
    article = get_article(article_id)
    old = article.status
    check_move(MOVES, old, new)
    article.status = new
    article.updated_at = clock.now()
    db.session.flush()
    mark_changed()
    publish(ArticleMoved(article_id=article.id, old=old, new=new, moved_by=moved_by))
    return article


def _columns(text: ArticleText) -> dict[str, Any]:
    return {name: getattr(text, name) for name in ArticleText.__dataclass_fields__}


def _check_title_is_free(title: str, *, except_id: int | None) -> None:
    taken_by = db.session.scalar(select(Article.id).where(Article.title == title))
    if taken_by is not None and taken_by != except_id:
        raise TitleTaken(field="title")


def _found(text: str, *, line: str | None, at: datetime, limit: int) -> list[tuple[int, float]]:
    hits = _index().find(text, line=line, at=at, limit=limit)
    return [(hit.article_id, hit.score) for hit in hits]


def _shown(scored: list[tuple[int, float]]) -> list[Suggestion]:
    wanted = [article_id for article_id, _ in scored]
    asked = select(Article).where(
        Article.id.in_(wanted),
        # The index may be one save old; the database has the last word.
        Article.status == ReviewState.PUBLISHED,
    )
    articles = {article.id: article for article in db.session.scalars(asked)} if wanted else {}
    return [
        _suggestion(articles[article_id], score=score)
        for article_id, score in scored
        if article_id in articles
    ]


def _suggestion(article: Article, *, score: float) -> Suggestion:
    return Suggestion(
        article_id=article.id,
        title=article.title,
        unit_name=organisation.get_unit(article.unit_id).name,
        answer=article.answer,
        basis=article.basis,
        valid_until=article.valid_until,
        score=score,
        category_code=article.category_code,
    )


def _index() -> ArticleIndex:
    """Return the index of this process, made anew if an article changed since."""
    engine = db.engine
    stamp = _stamp()
    picture = _pictures.get(engine)
    if picture is None or picture.stamp != stamp:
        with _building:
            picture = _pictures.get(engine)
            if picture is None or picture.stamp != stamp:
                picture = _Picture(stamp=stamp, index=ArticleIndex(_entries()))
                _pictures[engine] = picture
    return picture.index


def _entries() -> list[Entry]:
    return [
        Entry(
            article_id=article.id,
            texts={
                "title": article.title,
                "question": article.question,
                "keywords": " ".join(article.keywords),
                "answer": article.answer,
            },
            lines=frozenset(article.legacy_numbers),
            valid_from=article.valid_from,
            valid_until=article.valid_until,
        )
        for article in list_articles(status=ReviewState.PUBLISHED)
    ]


def _stamp() -> str:
    return db.session.scalar(_STAMP) or ""
