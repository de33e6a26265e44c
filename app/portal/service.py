"""How far a demand has come, told to whoever has its number and its check code (ADR 0028)."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.results import replies
from app.tickets import stepping
from app.tickets.check_codes import is_check_code
from app.tickets.service import Ticket, TicketState
from app.tickets.ticket_numbers import without_round_and_part
from app.tickets.unit_view import hidden_in_text

_SPACING = re.compile(r"[\s\-.]+")


class NothingToTell(NotFound):
    """No demand has this number and this code; which of the two is wrong is not said."""

    code = "no-such-progress"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What is told; of a confidential demand only where it stands."""

    number: str
    state: TicketState
    request_type: str | None
    opened_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    public_reply: str
    is_confidential: bool
    is_counted_only: bool = False  # nobody handles it, and no answer is owed


def spelled(number: str) -> str:
    """Spell a number as it is kept: without gaps, in capitals, with its beginning."""
    plain = _SPACING.sub("", without_round_and_part(number)).upper()
    return f"HY{plain}" if plain.isdecimal() else plain


def progress_of(number: str, code: str) -> Progress:
    """Return how far a demand has come. Raises NothingToTell.

    A wrong number takes the same way as a wrong code: one question, one comparison.
    """
    ticket = db.session.scalar(select(Ticket).where(Ticket.number == spelled(number)))
    is_right = is_check_code(code, ticket.check_code if ticket else None)
    if ticket is None or not is_right:
        raise NothingToTell
    is_open_to_read = not ticket.is_confidential
    reply = replies.public_reply(ticket) if is_open_to_read else ""
    return Progress(
        number=ticket.number,
        state=ticket.state,
        request_type=ticket.request_type if is_open_to_read else None,
        opened_at=ticket.opened_at if is_open_to_read else None,
        due_at=ticket.due_at if is_open_to_read else None,
        closed_at=ticket.closed_at if is_open_to_read else None,
        public_reply=hidden_in_text(reply, caller_name=ticket.caller_name),
        is_confidential=ticket.is_confidential,
        is_counted_only=is_open_to_read and stepping.is_counted_only(ticket),
    )
