"""Reads who waits and what everybody does, as the shift leader's board shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.call_queue.models import Offer, Presence, PresenceChange, QueueEntry
from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.core.database import db


@dataclass(frozen=True, kw_only=True)
class AgentNow:
    """What one agent does. `call_id` is the call on his desk, if any.

    `is_too_long`: he is not ready for longer than is agreed for his reason.
    """

    agent_id: int
    phone: str
    state: PresenceState
    reason: str | None
    since: datetime
    until: datetime | None
    next_state: PresenceState | None
    call_id: int | None
    is_too_long: bool


@dataclass(frozen=True, kw_only=True)
class PlaceNow:
    """One caller in line; the offer that rings for him, if one does."""

    call_id: int
    entered_at: datetime
    offer_id: int | None
    offered_to: int | None


def agents_now() -> list[AgentNow]:
    """Return everybody who has not signed out, by phone."""
    wanted = select(Presence).where(Presence.state != PresenceState.SIGNED_OUT)
    return [
        AgentNow(
            agent_id=each.agent_id,
            phone=each.phone,
            state=each.state,
            reason=each.reason,
            since=each.since,
            until=each.until,
            next_state=each.next_state,
            call_id=each.call_id,
            is_too_long=each.warned_at is not None,
        )
        for each in db.session.execute(wanted.order_by(Presence.phone)).scalars()
    ]


def line_now(*, at_most: int) -> list[PlaceNow]:
    """Return the callers in line who came first, so many."""
    entries = (
        select(QueueEntry.call_id, QueueEntry.entered_at)
        .where(QueueEntry.state.in_({EntryState.WAITING, EntryState.OFFERED}))
        .order_by(QueueEntry.entered_at, QueueEntry.call_id)
        .limit(at_most)
    )
    places = db.session.execute(entries).all()
    open_offers = select(Offer.id, Offer.call_id, Offer.agent_id).where(
        Offer.state == OfferState.OPEN, Offer.call_id.in_([row.call_id for row in places])
    )
    offers = {row.call_id: row for row in db.session.execute(open_offers)}
    return [
        PlaceNow(
            call_id=row.call_id,
            entered_at=row.entered_at,
            offer_id=offers[row.call_id].id if row.call_id in offers else None,
            offered_to=offers[row.call_id].agent_id if row.call_id in offers else None,
        )
        for row in places
    ]


def newest_step() -> int:
    """Return the number of the newest step of any agent: another one means that somebody moved."""
    return db.session.execute(select(func.max(PresenceChange.id))).scalar_one() or 0
