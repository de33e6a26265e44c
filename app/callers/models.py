"""Tables of the people who call and the numbers they call from."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.callers.misuse_rules import RestrictionLevel
from app.callers.misuse_states import AppealState, MarkState
from app.core.column_types import Json, Moment, word
from app.core.database import Model


class SpokenLanguage(StrEnum):
    """What a person would rather speak."""

    MANDARIN = "mandarin"
    HAKKA = "hakka"
    CANTONESE = "cantonese"
    ENGLISH = "english"


class Caller(Model):
    """A person outside. Without a name until somebody gives one.

    `merged_into_id` is who stands for this person since a merge by hand; it follows from the
    standing `PersonChange` rows (app.callers.families). `version` rises with every change by hand,
    so that no form undoes what somebody else did meanwhile.
    """

    __tablename__ = "callers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    language: Mapped[SpokenLanguage | None] = mapped_column(word(SpokenLanguage))
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("callers.id"), index=True)
    forgotten_at: Mapped[datetime | None] = mapped_column(Moment)


class CallerNumber(Model):
    """One number of one person. A number may belong to several persons: a family, a company.

    `is_contact`: given to be called back on, not (only) called from.
    """

    __tablename__ = "caller_numbers"
    __table_args__ = (UniqueConstraint("caller_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_id: Mapped[int] = mapped_column(ForeignKey("callers.id"))
    # As app.core.phone_numbers.normalise gives it: E.164, or a short code.
    number: Mapped[str] = mapped_column(String(32), index=True)
    extension: Mapped[str] = mapped_column(String(8), default="", server_default="")
    is_contact: Mapped[bool] = mapped_column(default=False, server_default=false())
    last_called_at: Mapped[datetime | None] = mapped_column(Moment)


class ChangeKind(StrEnum):
    """What was done to two persons by hand."""

    MERGE = "merge"
    SPLIT = "split"


class PersonChange(Model):
    """A merge of two persons, or a split of one in two; taken back by `undone_at`.

    `other_id` is who was merged into `kept_id`, or who was split off from him.
    """

    __tablename__ = "person_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(word(ChangeKind))
    kept_id: Mapped[int] = mapped_column(ForeignKey("callers.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("callers.id"), index=True)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    done_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime] = mapped_column(Moment)
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class CallerForgetting(Model):
    """A person's wish to be forgotten, and what was erased: figures, nothing personal."""

    __tablename__ = "caller_forgettings"

    id: Mapped[int] = mapped_column(primary_key=True)
    caller_id: Mapped[int] = mapped_column(ForeignKey("callers.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    done_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    done_at: Mapped[datetime] = mapped_column(Moment)
    details: Mapped[dict[str, Any]] = mapped_column(Json)


class CallerRestriction(Model):
    """A mark against misuse of the hotline, for a time: its number stands behind the others.

    Nobody is shut out by it (domain §1.14). `lifted_at` ends it before its time, after an appeal.
    """

    __tablename__ = "caller_restrictions"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(Text)
    put_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Moment)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    level: Mapped[RestrictionLevel] = mapped_column(
        word(RestrictionLevel), default=RestrictionLevel.BEHIND
    )
    daily_limit: Mapped[int | None]
    special_agent_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("misuse_marks.id"), index=True)


class MisuseMark(Model):
    """An agent says that a call misused the hotline; what a shift leader made of it.

    `warned_at` is when the caller was told the warning. Without it nothing follows.
    """

    __tablename__ = "misuse_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    marked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    marked_at: Mapped[datetime] = mapped_column(Moment)
    warned_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[MarkState] = mapped_column(word(MarkState), index=True)
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


class RestrictionAppeal(Model):
    """Somebody objects to a restriction, and what was decided by somebody else."""

    __tablename__ = "restriction_appeals"

    id: Mapped[int] = mapped_column(primary_key=True)
    restriction_id: Mapped[int] = mapped_column(ForeignKey("caller_restrictions.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    received_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[AppealState] = mapped_column(word(AppealState))
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
