"""Erase what came as text about tickets whose time is over; that it came, and when, stays."""

from collections.abc import Collection

from sqlalchemy import select, update

from app.core.database import db
from app.core.phone_numbers import ERASED
from app.text_intake.models import InboundMessage, MessageLine
from app.tickets.erasing import GONE


def erase_of_tickets(ticket_ids: Collection[int]) -> frozenset[int]:
    """Erase senders and words of these tickets; return the answers as the outbox names them."""
    of_tickets = InboundMessage.ticket_id.in_(ticket_ids)
    ids = list(db.session.scalars(select(InboundMessage.id).where(of_tickets)))
    if not ids:
        return frozenset()
    came = update(InboundMessage).where(InboundMessage.id.in_(ids))
    db.session.execute(came.values(sender=ERASED, sender_name="", text=GONE))
    lines = MessageLine.message_id.in_(ids)
    answers = select(MessageLine.outbox_id).where(lines, MessageLine.outbox_id.is_not(None))
    told = frozenset(each for each in db.session.scalars(answers) if each is not None)
    db.session.execute(update(MessageLine).where(lines).values(text=GONE))
    return told


def ids_of_tickets(ticket_ids: Collection[int]) -> frozenset[int]:
    """Return the messages from which these tickets came."""
    wanted = select(InboundMessage.id).where(InboundMessage.ticket_id.in_(ticket_ids))
    return frozenset(db.session.scalars(wanted))
