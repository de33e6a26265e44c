"""Tables of messages: the outbox, every try, the texts, and what the simulator was given."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.column_types import Moment, word
from app.core.database import Model
from app.notifications.message_states import MessageState
from app.notifications.occasions import Occasion, Recipient, Way


class Message(Model):
    """One message to one person. Written within the save of what caused it, sent afterwards.

    `once_key` names cause, person and way, so that no cause tells a person twice. `key` is what a
    provider gets at every try.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_state_way_due_at", "state", "way", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(String(160), unique=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    occasion: Mapped[Occasion] = mapped_column(word(Occasion))
    recipient: Mapped[Recipient] = mapped_column(word(Recipient))
    way: Mapped[Way] = mapped_column(word(Way))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    recipient_name: Mapped[str] = mapped_column(String(64))  # of ours; a caller's is not kept
    # Whoever wrote to us is answered through the gateway of his channel, by its name for his words.
    channel: Mapped[str] = mapped_column(String(32), default="")
    reply_to: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(String(128), index=True)  # personal, always shown masked
    language: Mapped[str] = mapped_column(String(8))
    template: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    is_urgent: Mapped[bool]
    asks_visit: Mapped[bool] = mapped_column(default=False)  # the text holds the link of a visit
    state: Mapped[MessageState] = mapped_column(word(MessageState))
    # Why it is withheld, or why the last try failed.
    reason: Mapped[str] = mapped_column(String(48), default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str] = mapped_column(String(32), default="")  # whose it is while it is sent
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)


class MessageTry(Model):
    """One time that a message was handed to a provider, or that its provider reported of it.

    `outcome` is `sent`, `delivered` or why not; `key` the one that the provider was given.
    """

    __tablename__ = "message_tries"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    nth: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    provider: Mapped[str] = mapped_column(String(32))
    outcome: Mapped[str] = mapped_column(String(48))
    key: Mapped[str] = mapped_column(String(36), default="", index=True)
    detail: Mapped[str] = mapped_column(String(16), default="")  # a status, never words


class MessageText(Model):
    """What messages of one kind say in one language from a moment on."""

    __tablename__ = "message_texts"
    __table_args__ = (UniqueConstraint("template", "language", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(48))
    language: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(100))
    body: Mapped[str] = mapped_column(String(1000))
    valid_from: Mapped[datetime] = mapped_column(Moment)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SimulatedMessage(Model):
    """What the simulated provider was given; the same key again only counts."""

    __tablename__ = "simulated_messages"

    key: Mapped[str] = mapped_column(String(36), primary_key=True)
    way: Mapped[Way] = mapped_column(word(Way))
    address: Mapped[str] = mapped_column(String(128))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    first_at: Mapped[datetime] = mapped_column(Moment, index=True)
    times: Mapped[int]
