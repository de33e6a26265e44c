"""Tables of the desk itself: messages, notices, own settings, and the machine it stands on."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment, word
from app.core.database import Model

LONGEST_MESSAGE = 500
"""Characters of a message or of its answer."""


class DeskMessage(Model):
    """A word from a desk to a colleague; `to_id` None: a call for help to the shift leaders."""

    __tablename__ = "desk_messages"
    __table_args__ = (Index("ix_desk_messages_sent_at", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))
    text: Mapped[str] = mapped_column(String(LONGEST_MESSAGE))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(String(LONGEST_MESSAGE))
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class NoticeKind(StrEnum):
    """What somebody else did at a desk."""

    STATE_FORCED = "state_forced"
    OFFER_FREED = "offer_freed"


class DeskNotice(Model):
    """What somebody did at an agent's desk; it stands there until `seen_at`."""

    __tablename__ = "desk_notices"
    __table_args__ = (Index("ix_desk_notices_agent_id_seen_at", "agent_id", "seen_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind] = mapped_column(word(NoticeKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    told_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    # Of a forced state: which one, of a pause its reason, and why it was forced.
    state: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(32))
    why_code: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(200))
    is_later: Mapped[bool]
    # Of a freed offer: the call.
    call_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id"))


class DeskSettings(Model):
    """How one person has set up his desk: keys, loudness, size of text."""

    __tablename__ = "desk_settings"

    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class DeskHolder(Model):
    """The machine on which an agent's desk works now; pages on other machines stand aside."""

    __tablename__ = "desk_holders"

    agent_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    machine: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime] = mapped_column(Moment)
