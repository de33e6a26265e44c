"""The promise that a unit contacts who asked, within a limit of its own: begun, and kept by proof.

Kept is it by a call of the platform in which the citizen talked, and by nothing else: not by a try
that reached nobody, not by a visit or a telephone of one's own that nothing proves, not by a reply
that was handed in. A move of the ticket may end the clock without that; then nobody owes the
contact any more, or another unit does, and it was not made.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from app.core.database import db
from app.handling import clocks
from app.handling.clock_rules import ClockKind, Matter
from app.handling.models import Contact, TicketClock
from app.rules.running_clocks import ClockEvent
from app.tickets.service import Ticket


def begin(ticket: Ticket, matter: Matter, *, at: datetime, by: int | None) -> None:
    """Let the lead owe the first contact from now on, where a rule promises it."""
    clocks.finish(ticket.id, ClockKind.CONTACT, at=at, by=by)
    if clocks.limit_owed(ClockKind.CONTACT, matter, at) is None:
        return
    wanted = clocks.Begin(
        kind=ClockKind.CONTACT, matter=matter, at=at, by=by, unit_id=ticket.lead_unit_id
    )
    clocks.begin(ticket, wanted)


def stays_with(ticket: Ticket) -> bool:
    """Say whether the lead owes it already, or has made it in this round."""
    row = clocks.newest(ticket.id, ClockKind.CONTACT)
    if row is None or (row.unit_id, row.round) != (ticket.lead_unit_id, ticket.round):
        return False
    return row.done_at is None or made_at(row, talks_of(ticket.id)) is not None


def keep(contact: Contact) -> None:
    """Let a contact that a call proves end the clock, as of when the citizen began to talk."""
    row = clocks.running(contact.ticket_id, ClockKind.CONTACT)
    talked_at = contact.talked_at
    if row is None or contact.unit_id is None or talked_at is None or talked_at < row.started_at:
        return
    clocks.tell(row, ClockEvent.DONE, at=talked_at, by=contact.by)


def talks_of(ticket_id: int) -> list[datetime]:
    """Return when a unit talked with the citizen, as far as calls prove it."""
    asked = select(Contact.talked_at).where(
        Contact.ticket_id == ticket_id,
        Contact.talked_at.is_not(None),
        Contact.unit_id.is_not(None),
    )
    return [each for each in db.session.scalars(asked) if each is not None]


def made_at(row: TicketClock, talks: Iterable[datetime]) -> datetime | None:
    """Return when the contact for which a clock waited was made; None: it was not."""
    ended_at = row.done_at
    made = [
        each for each in talks if each >= row.started_at and (ended_at is None or each <= ended_at)
    ]
    return min(made, default=None)


def was_kept(row: TicketClock, talks: Iterable[datetime], *, now: datetime) -> bool | None:
    """Say whether the contact was made in time; None while it still may be, or nobody owes it."""
    if row.due_at is None:
        return None
    made = made_at(row, talks)
    if made is not None:
        return made <= row.due_at
    return False if (row.done_at or now) > row.due_at else None
