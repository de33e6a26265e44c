"""What the queue keeps of one call: to whom it was offered, what agents did because of it."""

from collections.abc import Sequence

from sqlalchemy import select

from app.call_queue.models import Offer, PresenceChange
from app.core.database import db


def offers_of(call_id: int) -> Sequence[Offer]:
    """Return the offers of a call, in the order in which they were made."""
    return list(
        db.session.scalars(select(Offer).where(Offer.call_id == call_id).order_by(Offer.id))
    )


def presence_steps_of(call_id: int) -> Sequence[PresenceChange]:
    """Return the steps of agents that belong to a call."""
    wanted = select(PresenceChange).where(PresenceChange.call_id == call_id)
    return list(db.session.scalars(wanted.order_by(PresenceChange.id)))
