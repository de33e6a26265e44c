"""What happens in the knowledge base."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ArticleWritten(Event):
    """An article was written or its words were changed."""

    name: ClassVar[str] = "article.written"

    article_id: int
    written_by: int | None


@dataclass(frozen=True, kw_only=True)
class ArticleMoved(Event):
    """An article went from one review state to another."""

    name: ClassVar[str] = "article.moved"

    article_id: int
    old: str
    new: str
    moved_by: int | None
