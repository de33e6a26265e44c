"""What this room does when the outbox publishes: replies were sent, or came to nothing."""

from app.core.events import listen_within_save
from app.notifications.events import (
    MessageDelivered,
    MessageDied,
    MessageGivenUp,
    MessageSent,
    MessageWithheld,
)
from app.text_intake import replies


def register() -> None:
    """Listen to what becomes of messages."""
    listen_within_save(MessageSent, _sent)
    listen_within_save(MessageDelivered, _sent)
    listen_within_save(MessageDied, _failed)
    listen_within_save(MessageGivenUp, _failed)
    listen_within_save(MessageWithheld, _failed)


def _sent(event: MessageSent | MessageDelivered) -> None:
    replies.note_sent(event.message_id)


def _failed(event: MessageDied | MessageGivenUp | MessageWithheld) -> None:
    replies.note_failed(event.message_id)
