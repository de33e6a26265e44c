"""Tables of demands that came as text, and of what was said to and fro."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model
from app.text_intake.message_states import MessageState, Part


class InboundMessage(Model):
    """A demand that came as text: it waits for an answer until `due_at`."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        UniqueConstraint("channel_id", "message_key"),
        Index("ix_inbound_messages_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("entry_channels.id"))
    # The sender's own name for the message: the same one twice is the same message.
    message_key: Mapped[str] = mapped_column(String(64))
    sender: Mapped[str] = mapped_column(String(128))
    sender_name: Mapped[str] = mapped_column(String(64), default="")
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Moment)
    limit: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[MessageState] = mapped_column(word(MessageState))
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    first_answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    close_reason: Mapped[str] = mapped_column(String(32), default="")
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)


class MessageLine(Model):
    """One line of a conversation by text after the first message; OUT is sent by the outbox.

    `outbox_id` names the message there; `sent_at` is when a carrier took it.
    """

    __tablename__ = "message_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("inbound_messages.id"), index=True)
    part: Mapped[Part] = mapped_column(word(Part))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
