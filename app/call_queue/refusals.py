"""What agents and supervisors may be told when something cannot be done now."""

from app.core.errors import Conflict, Invalid


class NotWhileInACall(Conflict):
    """What was asked can only be done when no call is on the desk's line."""

    code = "not-while-in-a-call"


class NoDeskOpen(Conflict):
    """The desk page is not connected; nobody could see a call arrive."""

    code = "no-desk-open"


class UnknownReason(Invalid):
    """The reason is not one that people choose."""

    code = "unknown-reason"


class AnsweredAlready(Conflict):
    """The agent has answered this call himself, on another page."""

    code = "answered-already"


class NotYourCall(Conflict):
    """The call is no longer on this agent's desk."""

    code = "not-your-call"
