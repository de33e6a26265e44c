"""What the desk for messages refuses, and why."""

from app.core.errors import Conflict, Invalid, NotFound


class NoSuchMessage(NotFound):
    """There is no such message."""

    code = "no-such-text"


class TakenByOther(Conflict):
    """Somebody was quicker; `name` says who."""

    code = "message-taken-by-other"


class NotTakenByYou(Conflict):
    """Only who took a message answers it."""

    code = "message-not-taken-by-you"


class MessageIsOver(Conflict):
    """The message was dealt with already."""

    code = "message-is-over"


class MessageUnfit(Invalid):
    """A message that a gateway brought lacks something; `field` says what."""

    code = "message-unfit"
