"""Where a demand that came as text stands. Pure."""

from enum import StrEnum


class MessageState(StrEnum):
    """Where a message stands; only who took it answers it."""

    WAITING = "waiting"
    TAKEN = "taken"
    ANSWERED = "answered"
    TICKET = "ticket"  # it became one
    CLOSED = "closed"  # without an answer, with a reason


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.WAITING: frozenset({MessageState.TAKEN, MessageState.ANSWERED}),
    MessageState.TAKEN: frozenset(
        {
            MessageState.WAITING,
            MessageState.ANSWERED,
            MessageState.TICKET,
            MessageState.CLOSED,
        }
    ),
    MessageState.ANSWERED: frozenset({MessageState.TICKET, MessageState.WAITING}),
    MessageState.TICKET: frozenset(),
    MessageState.CLOSED: frozenset(),
}
"""What may follow what. An answered message may still become a ticket; one whose reply was not
delivered waits again, and is answered when that reply is sent after all."""

OPEN = frozenset({MessageState.WAITING, MessageState.TAKEN})


class Part(StrEnum):
    """Who said a line."""

    IN = "in"
    OUT = "out"


class CloseReason(StrEnum):
    """Why a message is closed without an answer."""

    DUPLICATE = "duplicate"
    SPAM = "spam"
    EMPTY = "empty"
