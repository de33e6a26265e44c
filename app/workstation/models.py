"""Tables of the desk itself: messages between desks, own settings, and the machine it stands on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Json, Moment
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
