"""The log of deletions: a row for each class of records and each day; files that are to go."""

from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment
from app.core.database import Model


class DeletionRound(Model):
    """What one day's round over a class deleted, up to when, and by which version of its rule.

    `deleted` is counted in the save that deletes, so it is right whenever a round was cut short.
    `held` and `waiting` are what was due and stayed: for a legal hold, or because something that
    has not come to its end still needs it.
    """

    __tablename__ = "deletion_rounds"
    __table_args__ = (UniqueConstraint("record_class", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_class: Mapped[str] = mapped_column(String(32))
    day: Mapped[date]  # the city's
    keep_days: Mapped[int]
    rule_from: Mapped[datetime] = mapped_column(Moment)  # which of the dated lengths it was
    basis: Mapped[str] = mapped_column(String(200))
    before: Mapped[datetime] = mapped_column(Moment)
    deleted: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(Moment)
    touched_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class AttachmentDeletion(Model):
    """A file of a ticket whose time was over; written before the file goes, `done_at` after."""

    __tablename__ = "attachment_deletions"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(String(160))
    sha256: Mapped[str] = mapped_column(String(64))
    wished_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
