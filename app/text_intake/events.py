"""Facts about demands that come as text."""

from dataclasses import dataclass
from typing import ClassVar

from app.core.events import Event


@dataclass(frozen=True, kw_only=True)
class MessageArrived(Event):
    """A demand came as text; its clock runs."""

    name: ClassVar[str] = "message.arrived"
    message_id: int
    channel_id: int


@dataclass(frozen=True, kw_only=True)
class MessageTaken(Event):
    """Somebody answers a message from now on."""

    name: ClassVar[str] = "message.taken"
    message_id: int
    taken_by: int


@dataclass(frozen=True, kw_only=True)
class MessageGivenBack(Event):
    """Whoever took a message put it back into the list."""

    name: ClassVar[str] = "message.given_back"
    message_id: int
    given_back_by: int


@dataclass(frozen=True, kw_only=True)
class MessageAnswered(Event):
    """A reply to a message waits to be sent; `line_id` names it."""

    name: ClassVar[str] = "message.answered"
    message_id: int
    line_id: int
    answered_by: int


@dataclass(frozen=True, kw_only=True)
class MessageMadeTicket(Event):
    """A message is a ticket now."""

    name: ClassVar[str] = "message.made_ticket"
    message_id: int
    ticket_id: int
    made_by: int


@dataclass(frozen=True, kw_only=True)
class MessageClosed(Event):
    """A message was closed without an answer, for a reason."""

    name: ClassVar[str] = "message.closed"
    message_id: int
    reason: str
    closed_by: int


@dataclass(frozen=True, kw_only=True)
class MessageRead(Event):
    """Somebody opened a message and read who sent it and what it says."""

    name: ClassVar[str] = "message.read"
    message_id: int
    read_by: int
