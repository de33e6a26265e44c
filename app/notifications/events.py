"""What happens to messages and their texts."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """A provider has taken a message."""

    name: ClassVar[str] = "message.sent"
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageDelivered(Event):
    """A message has arrived, its provider says."""

    name: ClassVar[str] = "message.delivered"
    message_id: int


@dataclass(frozen=True, kw_only=True)
class MessageWithheld(Event):
    """A message that waited will never be sent: `why`."""

    name: ClassVar[str] = "message.withheld"
    message_id: int
    why: str


@dataclass(frozen=True, kw_only=True)
class MessageDied(Event):
    """A message will not be tried again by itself: somebody has to look."""

    name: ClassVar[str] = "message.died"
    message_id: int
    ticket_id: int | None
    way: str
    why: str


@dataclass(frozen=True, kw_only=True)
class MessageRetried(Event):
    """Somebody lets a message that had failed be tried again."""

    name: ClassVar[str] = "message.retried"
    message_id: int
    retried_by: int


@dataclass(frozen=True, kw_only=True)
class MessageGivenUp(Event):
    """Somebody decided that a message is not sent any more."""

    name: ClassVar[str] = "message.given_up"
    message_id: int
    given_up_by: int


@dataclass(frozen=True, kw_only=True)
class MessageTextSet(Event):
    """Messages of a kind say something else from `valid_from` on."""

    name: ClassVar[str] = "message.text_set"
    template: str
    language: str
    valid_from: datetime
    set_by: int | None
