"""Erases a person from the messages that were for him; that there were some stays."""

from collections.abc import Collection

from sqlalchemy import or_, select, update

from app.core.database import db
from app.core.phone_numbers import ERASED
from app.notifications.message_states import MessageState
from app.notifications.models import Message, MessageTry, SimulatedMessage
from app.notifications.occasions import Recipient
from app.notifications.reach import WhyNot

GONE = "***"


def erase_person(numbers: Collection[str]) -> int:
    """Erase these numbers and what was told to them; return how many messages that were.

    One that waits is withheld.
    """
    asked = select(Message).where(
        Message.recipient.in_({Recipient.CALLER, Recipient.SENDER}), Message.address.in_(numbers)
    )
    rows = list(db.session.scalars(asked.with_for_update()))
    for row in rows:
        _erase(row)
    kept = select(SimulatedMessage).where(SimulatedMessage.address.in_(numbers))
    for shown in db.session.scalars(kept):
        shown.address, shown.body, shown.subject = ERASED, GONE, GONE
    return len(rows)


def erase_of_tickets(ticket_ids: Collection[int], *, also: Collection[int] = ()) -> None:
    """Erase what was told of these tickets, to whomever, and these messages besides.

    That somebody was told, when, and by which way, stays.
    """
    asked = select(Message).where(or_(Message.ticket_id.in_(ticket_ids), Message.id.in_(also)))
    rows = list(db.session.scalars(asked.with_for_update()))
    for row in rows:
        _erase(row)
        row.reply_to = ""
    tries = select(MessageTry.key).where(MessageTry.message_id.in_([row.id for row in rows]))
    keys = {row.key for row in rows} | set(db.session.scalars(tries))
    shown = update(SimulatedMessage).where(SimulatedMessage.key.in_(keys))
    db.session.execute(shown.values(address=ERASED, body=GONE, subject=GONE))


def ids_of_tickets(ticket_ids: Collection[int]) -> frozenset[int]:
    """Return the messages about these tickets."""
    return frozenset(
        db.session.scalars(select(Message.id).where(Message.ticket_id.in_(ticket_ids)))
    )


def _erase(row: Message) -> None:
    row.address, row.body, row.subject = ERASED, GONE, GONE
    if row.state is MessageState.WAITING:
        row.state, row.reason = MessageState.WITHHELD, str(WhyNot.ERASED)
