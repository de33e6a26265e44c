"""Erases a person from the messages that were for him; that there were some stays."""

from collections.abc import Collection

from sqlalchemy import select

from app.core.database import db
from app.core.phone_numbers import ERASED
from app.notifications.message_states import MessageState
from app.notifications.models import Message, SimulatedMessage
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
        row.address, row.body, row.subject = ERASED, GONE, GONE
        if row.state is MessageState.WAITING:
            row.state, row.reason = MessageState.WITHHELD, str(WhyNot.ERASED)
    kept = select(SimulatedMessage).where(SimulatedMessage.address.in_(numbers))
    for shown in db.session.scalars(kept):
        shown.address, shown.body, shown.subject = ERASED, GONE, GONE
    return len(rows)
