"""What cannot be done with messages and their texts."""

from app.core.errors import Conflict, Invalid, NotFound


class NoSuchMessage(NotFound):
    """There is no such message."""

    code = "message-not-found"


class NoSuchText(NotFound):
    """Messages have no such text."""

    code = "message-text-not-found"


class MessageMoved(Conflict):
    """The message stands elsewhere by now: it was sent, or somebody else saw to it."""

    code = "message-moved"


class AsksUnheard(Invalid):
    """A text asks for an opinion about a result that it does not tell."""

    code = "template-asks-unheard"
