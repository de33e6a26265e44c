"""What cannot be written down of a call, and why."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound


class NoSuchTicket(NotFound):
    """There is no such ticket."""

    code = "no-such-ticket"


class TicketIsErased(Conflict):
    """Its time was over and its words are gone: nothing is done with it any more."""

    code = "ticket-is-erased"


class DraftIsNewer(Conflict):
    """Another page saved this draft meanwhile; `version` and `body` are what it saved."""

    code = "draft-is-newer"


class AlreadyOnRecord(Conflict):
    """The very same record of this call was saved a moment ago."""

    code = "already-on-record"


class TicketAlreadyOpen(Conflict):
    """The very same demand of this call is a ticket already; `number` says which."""

    code = "ticket-already-open"


class NotInRegister(Invalid):
    """A code or an id names nothing in the registers; `field` says which."""


class UrgencyNeedsReason(Invalid):
    """The text holds `words` that call for haste, and the ticket does not hurry: say why."""

    code = "urgency-needs-reason"


class OtherWork(Conflict):
    """What is handled does not become what is only counted, nor the other way: enter it anew."""

    code = "ticket-other-work"


class TransferNotTaken(Invalid):
    """The ledger knows that nobody took this call when it was handed on, or that it came back."""

    code = "transfer-not-taken"


@contextmanager
def named(field: str) -> Iterator[None]:
    """Say at which field the register knows nothing of the name."""
    try:
        yield
    except NotFound as unknown:
        raise NotInRegister(field=field) from unknown


class ContactIsHidden(NotAllowed):
    """Who asked is kept secret from everybody but the first contact."""

    code = "ticket-contact-hidden"


class NoContact(Conflict):
    """The ticket has no number to call: the caller withheld it, or it was erased."""

    code = "ticket-without-contact"


class NotUncovered(NotAllowed):
    """What the level hides from this reader no reason of his uncovers."""

    code = "ticket-not-uncovered"


class NotYoursAnyMore(Conflict):
    """Somebody else acts on this ticket now: its channel can change nothing."""

    code = "ticket-not-yours-any-more"


class NumberMisread(Invalid):
    """The check digit of `number` does not fit: a digit was misheard or mistyped."""

    code = "ticket-number-misread"


class NoSuchView(NotFound):
    """There is no such saved view, or it is somebody else's."""

    code = "no-such-view"


class TooManyViews(Conflict):
    """Somebody keeps `most` views already."""

    code = "too-many-views"


class NoSuchExport(NotFound):
    """There is no such export, or it is somebody else's."""

    code = "no-such-export"
