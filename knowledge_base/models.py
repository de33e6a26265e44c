"""Tables of the knowledge base."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model
from knowledge_base.review_states import ReviewState


class Article(Model):
    """A question, its answer, the unit that vouches for it and what it rests on."""

    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(128), unique=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    # A category has a row for each time its words hold: no key of another table.
    category_code: Mapped[str | None] = mapped_column(String(8))
    # The lines whose callers ask this; an answer from the dialled line comes first.
    legacy_numbers: Mapped[list[str]] = mapped_column(Json)
    keywords: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[ReviewState] = mapped_column(word(ReviewState))
    is_sample: Mapped[bool]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime | None] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)

    def holds_at(self, at: datetime) -> bool:
        """Say whether its dates allow reading it out at `at`; the state is another matter."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until)


class SearchStamp(Model):
    """A word that changes with the articles: a process whose index has another one rebuilds it."""

    __tablename__ = "search_stamps"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    stamp: Mapped[str] = mapped_column(String(32))
