"""From the picture of the line to offers: read, match, claim, wish the ring."""

from sqlalchemy import CursorResult, Update, select, update

from app.accounts import service as accounts
from app.call_queue import presences
from app.call_queue.events import OfferEnded, OfferMade, QueueChanged
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.call_queue.presences import Move
from app.call_queue.routing import FreeAgent, Match, WaitingCall, match
from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given

BATCH = 200
"""How many callers one round looks at; the next round takes the rest."""


def has_work() -> bool:
    """Say, by a cheap look, whether anybody waits while anybody is ready."""
    waits = select(QueueEntry.id).where(QueueEntry.state == EntryState.WAITING).limit(1)
    ready = select(Presence.agent_id).where(Presence.state == PresenceState.READY).limit(1)
    return all(db.session.execute(one).first() is not None for one in (waits, ready))


def offer_all() -> int:
    """Offer every waiting caller for whom somebody is free; return how many offers were made."""
    matches = match(_waiting(), _free())
    return sum(_claim(pair) for pair in matches)


def _waiting() -> list[WaitingCall]:
    links_up = [link.exchange_id for link in calls.list_links() if link.is_up]
    wanted = (
        select(QueueEntry)
        .where(QueueEntry.state == EntryState.WAITING, QueueEntry.exchange_id.in_(links_up))
        .order_by(QueueEntry.priority.desc(), QueueEntry.entered_at, QueueEntry.call_id)
        .limit(BATCH)
    )
    return [
        WaitingCall(
            call_id=entry.call_id,
            exchange_id=entry.exchange_id,
            priority=entry.priority,
            waiting_since=entry.entered_at,
            skill=entry.skill,
        )
        for entry in db.session.execute(wanted).scalars()
    ]


def _free() -> list[FreeAgent]:
    wanted = select(Presence).where(Presence.state == PresenceState.READY)
    ready = list(db.session.execute(wanted).scalars())
    there = calls.phones_there()
    people = accounts.people([presence.agent_id for presence in ready])
    return [
        FreeAgent(
            agent_id=presence.agent_id,
            skills=frozenset(people[presence.agent_id].skills),
            exchange_ids=there.get(presence.phone, frozenset()),
            idle_since=presence.idle_since,
        )
        for presence in ready
        if presence.agent_id in people and presence.phone in there
    ]


def _claim(pair: Match) -> bool:
    """Take caller and agent by conditional update: whoever is second changes no row."""
    if calls.lock(pair.call_id) is not calls.CallState.WAITING:
        return False  # the exchange has not placed him yet, or he is gone
    taken = _changed_one(
        update(QueueEntry)
        .where(QueueEntry.call_id == pair.call_id, QueueEntry.state == EntryState.WAITING)
        .values(state=EntryState.OFFERED)
    )
    if not taken:
        return False
    presence = presences.lock(pair.agent_id)
    if presence is None or presence.state is not PresenceState.READY:
        put_back(pair.call_id)
        return False
    make_offer(pair.call_id, presence)
    ring_seconds = int(given(QueuePolicy).ring.total_seconds())
    calls.ring_agent(pair.call_id, phone=presence.phone, ring_seconds=ring_seconds)
    publish(QueueChanged())
    return True


def make_offer(call_id: int, presence: Presence) -> Offer:
    """Open an offer and move the agent to it."""
    at = clock.now()
    policy = given(QueuePolicy)
    offer = Offer(
        call_id=call_id,
        agent_id=presence.agent_id,
        state=OfferState.OPEN,
        made_at=at,
        ring_until=at + policy.ring,
    )
    db.session.add(offer)
    db.session.flush()
    presence.call_id, presence.offer_id = call_id, offer.id
    step = Move(to=PresenceState.OFFERED, lasts=policy.ring + policy.ring_grace)
    presences.move(presence, step, at=at)
    publish(OfferMade(offer_id=offer.id, call_id=call_id, agent_id=presence.agent_id))
    return offer


def open_offer_of(call_id: int) -> Offer | None:
    """Return the open offer of a call, if any."""
    wanted = select(Offer).where(Offer.call_id == call_id, Offer.state == OfferState.OPEN)
    return db.session.execute(wanted.with_for_update()).scalars().first()


def end_offer(offer: Offer, state: OfferState) -> None:
    """Close an offer and say why."""
    offer.state, offer.ended_at = state, clock.now()
    publish(
        OfferEnded(
            offer_id=offer.id,
            call_id=offer.call_id,
            agent_id=offer.agent_id,
            reason=state.value,
        )
    )


def put_back(call_id: int) -> None:
    """The caller waits again, in his old place: the moment of entry was never touched."""
    _changed_one(
        update(QueueEntry)
        .where(QueueEntry.call_id == call_id, QueueEntry.state == EntryState.OFFERED)
        .values(state=EntryState.WAITING)
    )
    publish(QueueChanged())


def _changed_one(change: Update) -> bool:
    result = db.session.execute(change)
    return isinstance(result, CursorResult) and result.rowcount == 1
