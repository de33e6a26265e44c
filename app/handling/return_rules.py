"""Whether a unit may ask for a ticket to be taken from it. Pure.

First-contact rules F1–F4 (domain rules 1.7): whoever has any part of the duty stays and may only
call in others; a return is asked in the window, with its reason, its basis and the unit that should
have it; a second one that was refused settles the matter; after so many dispatches the hotline
decides itself.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import Conflict, Invalid
from app.tickets.ticket_flags import TicketFlag

MOST_REFUSED = "most.refused_returns"
"""The rule that says how many refused returns settle the matter (F3)."""
MOST_REFUSED_UNSAID = 2
"""Domain rule F3, for a city that has no such rule yet."""


def return_key(flags: Collection[str]) -> str:
    """Return the rule that gives the window: what is complex takes a unit longer to see (R07)."""
    is_complex = TicketFlag.COMPLEX in flags
    return "limit.return_complex" if is_complex else "limit.return"


class ReturnTooLate(Conflict):
    """The window for returns is over: the ticket counts as accepted (F3)."""

    code = "return-too-late"


class ReturnRefusedBefore(Conflict):
    """Returns of this unit were refused as often as may be: the ticket is its own (F3)."""

    code = "return-refused-before"


class PartIsYours(Invalid):
    """Whoever has a part of the duty leads, and calls in others for the rest (F1)."""

    code = "return-part-is-yours"


class ProposedIsYourself(Invalid):
    """A return names another unit."""

    code = "return-proposes-itself"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A return as it is asked for."""

    at: datetime
    until: datetime | None  # the window's end; None: the calendar's year is not known yet
    refused_before: int
    most_refused: int
    has_part: bool
    unit_id: int
    proposed_unit_id: int


def check_return(wish: Wish) -> None:
    """Refuse a return that may not be asked; raises the four above."""
    if wish.refused_before >= wish.most_refused:
        raise ReturnRefusedBefore
    if wish.until is not None and wish.at > wish.until:
        raise ReturnTooLate
    if wish.has_part:
        raise PartIsYours(field="has_part")
    if wish.proposed_unit_id == wish.unit_id:
        raise ProposedIsYourself(field="proposed")


def goes_to_adjudication(dispatches: int, *, most: int) -> bool:
    """Say whether a ticket was sent about often enough: the hotline names who handles it (F4)."""
    return dispatches >= most
