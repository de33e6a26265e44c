"""From matches to offers: claim caller and agent, wish the ring; and how an offer ends.

Locks are taken in one order in the whole house: calls, then their entries and offers, then
presences, each by rising id (ADR 0017). A claim never waits for one: who is busy with something
else right now is left to the next round.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select, update

from app.call_queue import places, presences
from app.call_queue.events import OfferEnded, OfferMade, QueueChanged
from app.call_queue.line_picture import read_line, read_waiting, read_wanted
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import OFFER_MOVES, EntryState, OfferState, PresenceState
from app.call_queue.presences import Move
from app.call_queue.routing import Match, match
from app.calls import service as calls
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from app.core.state_machine import check_move

_OPEN = (
    select(Offer)
    .where(Offer.call_id.in_(bindparam("call_ids", expanding=True)), Offer.state == OfferState.OPEN)
    .order_by(Offer.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_TAKING = (
    update(QueueEntry)
    .where(
        QueueEntry.call_id.in_(bindparam("call_ids", expanding=True)),
        QueueEntry.state == EntryState.WAITING,
    )
    .values(state=EntryState.OFFERED)
    .returning(QueueEntry.call_id)
    .execution_options(synchronize_session=False)
)


def plan(*, looked_at: Collection[str] | None = None) -> list[Match]:
    """Decide who should get whom now; only reads. `looked_at`: see `may_be_offered`."""
    line = read_line(clock.now(), looked_at=looked_at)
    free = read_wanted(line)
    return match(read_waiting(line, free), free, now=line.at)


def claim(matches: Collection[Match]) -> int:
    """Make offers of matches that still hold; return how many.

    By conditional change: a caller or an agent whom somebody else took, or holds just now, is left
    out. A handful of statements serve the whole batch.
    """
    pairs = {one.call_id: one.agent_id for one in matches}
    there = calls.lock_waiting(pairs)
    ready = presences.lock_ready(agent for call, agent in pairs.items() if call in there)
    pairs = {call: agent for call, agent in pairs.items() if call in there and agent in ready}
    taken = _take_places(pairs)
    pairs = {call: agent for call, agent in pairs.items() if call in taken}
    if pairs:
        _offer(pairs, there, ready)
    return len(pairs)


def _take_places(call_ids: Collection[int]) -> set[int]:
    if not call_ids:
        return set()
    return set(db.session.execute(_TAKING, {"call_ids": list(call_ids)}).scalars())


def _offer(
    pairs: Mapping[int, int], there: Mapping[int, calls.Call], ready: Mapping[int, Presence]
) -> None:
    """Open the offers. The wishes are told first: phones ring before pops are looked up."""
    offers = [_new_offer(call_id, agent_id) for call_id, agent_id in pairs.items()]
    db.session.add_all(offers)
    db.session.flush()
    ring_seconds = int(given(QueuePolicy).ring.total_seconds())
    calls.ring_agents(
        [there[call_id] for call_id in pairs],
        phones={call_id: ready[agent_id].phone for call_id, agent_id in pairs.items()},
        ring_seconds=ring_seconds,
    )
    with db.session.no_autoflush:  # one write for all presences, not one for each
        for offer in offers:
            _hold(ready[offer.agent_id], offer)
    for offer in offers:
        _tell(offer)
    publish(QueueChanged())


def make_offer(call_id: int, presence: Presence) -> Offer:
    """Open an offer of a call that an exchange rings by itself, and move the agent to it."""
    offer = _new_offer(call_id, presence.agent_id)
    db.session.add(offer)
    db.session.flush()
    this_save.remember(("offer", call_id), offer)
    _hold(presence, offer)
    _tell(offer)
    return offer


def _new_offer(call_id: int, agent_id: int) -> Offer:
    at = clock.now()
    return Offer(
        call_id=call_id,
        agent_id=agent_id,
        state=OfferState.OPEN,
        made_at=at,
        ring_until=at + given(QueuePolicy).ring,
    )


def _hold(presence: Presence, offer: Offer) -> None:
    policy = given(QueuePolicy)
    presence.call_id, presence.offer_id = offer.call_id, offer.id
    step = Move(to=PresenceState.OFFERED, lasts=policy.ring + policy.ring_grace)
    presences.move(presence, step, at=offer.made_at)


def _tell(offer: Offer) -> None:
    publish(OfferMade(offer_id=offer.id, call_id=offer.call_id, agent_id=offer.agent_id))


def open_offer_of(call_id: int) -> Offer | None:
    """Return the open offer of a call, locked, if any."""
    offer = this_save.once_for_all("offer", "call", call_id, _locked)
    return offer if offer is not None and offer.state is OfferState.OPEN else None


def _locked(call_ids: Collection[int]) -> dict[int, Offer]:
    rows = db.session.execute(_OPEN, {"call_ids": list(call_ids)}).scalars()
    return {offer.call_id: offer for offer in rows}


def end_offer(offer: Offer, state: OfferState) -> None:
    """Close an offer and say why. Raises IllegalMove for one that is closed already."""
    check_move(OFFER_MOVES, offer.state, state)
    offer.state, offer.ended_at = state, clock.now()
    publish(
        OfferEnded(
            offer_id=offer.id,
            call_id=offer.call_id,
            agent_id=offer.agent_id,
            reason=state.value,
        )
    )


def rest(offer: Offer) -> None:
    """The exchange refused this ring: pause before the next, else it would be refused at once too.

    The caller rests a moment from everybody, and longer from this agent.
    """
    policy, now = given(QueuePolicy), clock.now()
    offer.rest_until = now + policy.pair_rest
    entry = places.entry_of(offer.call_id)
    if entry is not None:
        entry.rest_until = now + policy.call_rest


def put_back(call_id: int) -> None:
    """The caller waits again, in his old place: the moment of entry was never touched."""
    entry = places.entry_of(call_id)
    if entry is not None and entry.state is EntryState.OFFERED:
        places.move(entry, EntryState.WAITING)
    publish(QueueChanged(may_be_rung_for=True))
