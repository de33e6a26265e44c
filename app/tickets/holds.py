"""Legal holds on tickets: while one stands, nothing of the ticket is deleted, whatever its age.

It holds what belongs to the ticket as well: its recordings, its messages, the lines of the audit
about it, and the tickets that were merged into it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.core.events import publish
from app.tickets import stepping
from app.tickets.events import TicketHeld, TicketHoldLifted
from app.tickets.models import Ticket, TicketHold

SHORTEST_REASON = 4
LONGEST_REASON = 500


class TicketHeldAlready(Conflict):
    """A hold stands on this ticket."""

    code = "ticket-held-already"


class TicketNotHeld(Conflict):
    """No hold stands on this ticket."""

    code = "ticket-not-held"


class HoldReasonShort(Invalid):
    """A hold is set and lifted with a reason that says something."""

    code = "hold-reason-short"


class HoldEndsBefore(Invalid):
    """A hold that ends at once, or has ended, holds nothing."""

    code = "hold-ends-before"


def hold_ticket(ticket_id: int, *, reason: str, until: datetime | None, held_by: int) -> TicketHold:
    """Keep a ticket from deletion until a moment, or (None) until somebody lifts the hold.

    Raises NoSuchTicket, TicketIsErased, HoldReasonShort, HoldEndsBefore, TicketHeldAlready.
    """
    ticket = stepping.read_for_change(ticket_id)
    now = clock.now()
    said = _checked(reason)
    if until is not None and until <= now:
        raise HoldEndsBefore(field="until")
    if standing_hold(ticket_id) is not None:
        raise TicketHeldAlready
    hold = TicketHold(ticket_id=ticket_id, reason=said, until=until, set_by=held_by, set_at=now)
    db.session.add(hold)
    db.session.flush()
    publish(
        TicketHeld(
            ticket_id=ticket_id, number=ticket.number, reason=said, until=until, held_by=held_by
        )
    )
    return hold


def lift_hold(ticket_id: int, *, reason: str, lifted_by: int) -> None:
    """Let time pass again for a ticket. Raises NoSuchTicket, HoldReasonShort, TicketNotHeld."""
    ticket = stepping.read_for_change(ticket_id)
    said = _checked(reason)
    hold = standing_hold(ticket_id)
    if hold is None:
        raise TicketNotHeld
    hold.lift_reason, hold.lifted_by, hold.lifted_at = said, lifted_by, clock.now()
    publish(
        TicketHoldLifted(
            ticket_id=ticket_id, number=ticket.number, reason=said, lifted_by=lifted_by
        )
    )


def standing_hold(ticket_id: int) -> TicketHold | None:
    """Return the hold that stands on a ticket, or None."""
    wanted = select(TicketHold).where(TicketHold.ticket_id == ticket_id, _stands(clock.now()))
    return db.session.scalars(wanted.order_by(TicketHold.id.desc()).limit(1)).first()


def holds_of(ticket_id: int) -> Sequence[TicketHold]:
    """Return every hold that a ticket has had, the newest first."""
    wanted = select(TicketHold).where(TicketHold.ticket_id == ticket_id)
    return db.session.scalars(wanted.order_by(TicketHold.id.desc())).all()


def standing_holds() -> Sequence[tuple[TicketHold, str]]:
    """Return every hold that stands, the newest first, with the number of its ticket."""
    wanted = select(TicketHold, Ticket.number).join(Ticket, Ticket.id == TicketHold.ticket_id)
    found = db.session.execute(wanted.where(_stands(clock.now())).order_by(TicketHold.id.desc()))
    return [(hold, number) for hold, number in found]


def held_ids() -> frozenset[int]:
    """Return the tickets that are held: those with a hold, and those they were merged with.

    What was merged into another has its reply there: neither says anything without the other.
    """
    held = set(db.session.scalars(select(TicketHold.ticket_id).where(_stands(clock.now()))))
    if not held:
        return frozenset()  # nearly always, and every round and every sweep asks
    masters = select(Ticket.master_id).where(Ticket.id.in_(held), Ticket.master_id.is_not(None))
    merged = select(Ticket.id).where(Ticket.master_id.in_(held))
    found = {*held, *db.session.scalars(masters), *db.session.scalars(merged)}
    return frozenset(each for each in found if each is not None)


def is_any_held(ticket_ids: Collection[int]) -> bool:
    """Say whether one of these tickets is held."""
    return not held_ids().isdisjoint(ticket_ids)


def _stands(now: datetime) -> ColumnElement[bool]:
    return TicketHold.lifted_at.is_(None) & or_(TicketHold.until.is_(None), TicketHold.until > now)


def _checked(reason: str) -> str:
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise HoldReasonShort(field="reason", shortest=SHORTEST_REASON)
    return said[:LONGEST_REASON]
