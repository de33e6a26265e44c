"""What becomes of a waiting state whose deadline has passed. Run by the switchboard's loop."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, or_, select

from app.call_queue import offering, presences
from app.call_queue.events import DeskClosed
from app.call_queue.models import DeskLink, Offer, Presence, QueueEntry
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    EntryState,
    NotReadyReason,
    OfferState,
    PresenceState,
)
from app.call_queue.presences import Move
from app.calls import service as calls
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given

HasOutcome = Callable[[int], bool]
"""Says whether a call has left a record or a ticket (the tickets room knows)."""


def has_due(now: datetime) -> bool:
    """Say, by a cheap look, whether anything waits for its exit."""
    late_links = exists().where(DeskLink.lease_until < now)
    late_states = exists().where(_presence_due(now))
    late_offers = exists().where(_offer_due(now))
    any_late = select(or_(late_states, late_offers, late_links))
    return bool(db.session.execute(any_late).scalar_one())


def run_due(now: datetime, *, has_outcome: HasOutcome) -> None:
    """Give every waiting state whose time is over its named exit."""
    _drop_late_links(now)
    for offer in list(db.session.execute(select(Offer).where(_offer_due(now))).scalars()):
        _miss(offer)
    for presence in list(db.session.execute(select(Presence).where(_presence_due(now))).scalars()):
        locked = presences.lock(presence.agent_id)
        if locked is not None and locked.until is not None and locked.until < now:
            _exit(locked, has_outcome=has_outcome)


def _presence_due(now: datetime) -> ColumnElement[bool]:
    return Presence.until < now


def _offer_due(now: datetime) -> ColumnElement[bool]:
    grace = given(QueuePolicy).ring_grace
    return (Offer.state == OfferState.OPEN) & (Offer.ring_until < now - grace)


def _miss(offer: Offer) -> None:
    """The exchange said nothing in time: take the ring back and offer the caller elsewhere."""
    presence = presences.lock(offer.agent_id)
    offering.end_offer(offer, OfferState.MISSED)
    offering.put_back(offer.call_id)
    call = calls.get_call(offer.call_id)
    if call.state is not calls.CallState.ENDED and presence is not None:
        calls.stop_ringing(call.id, phone=presence.phone)
    if presence is not None and presence.offer_id == offer.id:
        presence.call_id = presence.offer_id = None
        if presence.state is PresenceState.OFFERED:
            presences.move(presence, Move(to=PresenceState.MISSED, reason="no_answer"))


def _exit(presence: Presence, *, has_outcome: HasOutcome) -> None:
    if presence.state is PresenceState.WRAP_UP:
        _end_wrap_up(presence, has_outcome=has_outcome)
    elif presence.state is PresenceState.RECONNECTING:
        _give_up(presence)
    elif presence.state is PresenceState.LINK_LOST:
        presence.next_state = presence.next_reason = None
        presences.move(presence, Move(to=PresenceState.SIGNED_OUT))
    elif presence.state is PresenceState.OFFERED:
        presence.call_id = presence.offer_id = None
        presences.move(presence, Move(to=PresenceState.MISSED, reason="no_answer"))
    else:
        presence.until = None


def _end_wrap_up(presence: Presence, *, has_outcome: HasOutcome) -> None:
    """Time for the next call, unless this one has left nothing yet: then its page stays."""
    if presence.call_id is not None and not has_outcome(presence.call_id):
        reason = NotReadyReason.RECORD_UNFINISHED
        presences.move(presence, Move(to=PresenceState.NOT_READY, reason=reason))
        return
    presences.close_call(presence)
    presences.settle(presence)


def _give_up(presence: Presence) -> None:
    """The phone did not come back: the caller goes to the front of the line, by his own entry."""
    if presence.call_id is not None:
        calls.give_up_agent(presence.call_id)
        calls.return_to_queue(presence.call_id)
        wanted = select(QueueEntry).where(QueueEntry.call_id == presence.call_id)
        entry = db.session.execute(wanted.with_for_update()).scalar_one_or_none()
        if entry is not None:
            entry.state, entry.left_at = EntryState.WAITING, None
    presences.close_call(presence)
    presences.lose_link(presence, then=PresenceState.NOT_READY, reason=NotReadyReason.PHONE_LOST)


def _drop_late_links(now: datetime) -> None:
    late = select(DeskLink).where(DeskLink.lease_until < now)
    for link in list(db.session.execute(late).scalars()):
        db.session.execute(delete(DeskLink).where(DeskLink.link_id == link.link_id))
        after_link_gone(link.agent_id)


def after_link_gone(agent_id: int) -> None:
    """A desk page is gone: with the last one the agent leaves the routing at once."""
    presence = presences.lock(agent_id)
    if presence is None or presences.has_desk(agent_id):
        return
    publish(DeskClosed(agent_id=agent_id, phone=presence.phone))
    if presence.state in {PresenceState.READY, PresenceState.NOT_READY, PresenceState.MISSED}:
        then, reason = presence.state, presence.reason
        if then is PresenceState.MISSED:
            then = PresenceState.NOT_READY
        presences.lose_link(presence, then=then, reason=reason)
