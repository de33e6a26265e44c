"""What figures know of a ticket and of a call; nothing that tells who asked. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from app.handling.ticket_pictures import TicketPicture


@dataclass(frozen=True, kw_only=True)
class CallPicture:
    """One call that asked for a person of ours, as it is counted.

    `comes_again`: the same number asked about the same matter within some days; None while that is
    not decided, and of a call that nobody answered.
    """

    call_id: int
    requested_at: datetime
    is_answered: bool
    is_short: bool = False
    wait_seconds: float | None = None
    talk_seconds: float | None = None
    is_answered_at_once: bool = False
    has_ticket: bool = False
    comes_again: bool | None = None
    exclusions: frozenset[str] = field(default_factory=frozenset)


Picture = TicketPicture | CallPicture

__all__ = ["CallPicture", "Picture", "TicketPicture"]
