"""The queue follows the ledger: each verb answers one fact about a call, inside its save."""

from datetime import datetime

from app.call_queue import offering, places, presences
from app.call_queue.events import QueueChanged
from app.call_queue.models import Offer, Presence, WrapUp
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    EntryState,
    OfferState,
    PresenceState,
)
from app.call_queue.presences import Move
from app.calls import events as facts
from app.calls import service as calls
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given

PHONE_UNREACHABLE = "phone-unreachable"
"""An exchange's code for an order that it cannot fulfil because of the phone (telephony.port)."""


def caller_waits(fact: facts.CallWaiting) -> None:
    """Enter the line, or go back to the old place in it."""
    if fact.is_first:
        places.enter_first(fact.call_id, at=fact.at)
        publish(QueueChanged(may_be_rung_for=True))
        return
    entry = places.enter(fact.call_id, at=fact.at)
    offer = offering.open_offer_of(fact.call_id)
    if offer is not None and calls.has_rung_at(fact.call_id, agent_id=offer.agent_id):
        # An offer made since the last ring failed stands: its own ring is on its way.
        _fail_offer(offer, OfferState.MISSED)
    elif offer is not None:
        places.move(entry, EntryState.OFFERED)
    _part_from(fact.call_id, at=fact.at)
    publish(QueueChanged(may_be_rung_for=True))


def caller_left_alone(fact: facts.CallLeftAlone) -> None:
    """The exchange queues him by itself: nobody of us may ring for him now."""
    entry = places.entry_of(fact.call_id)
    if entry is not None:
        places.move(entry, EntryState.LEFT)
    offer = offering.open_offer_of(fact.call_id)
    if offer is not None:
        _fail_offer(offer, OfferState.WITHDRAWN)
    _part_from(fact.call_id, at=clock.now())
    publish(QueueChanged())


def agent_rang(fact: facts.AgentRang) -> None:
    """A phone rings. Where we made no offer the exchange rings by itself: show it all the same."""
    if offering.open_offer_of(fact.call_id) is not None:
        return
    presence = presences.lock(fact.agent_id)
    if presence is not None and presence.state is PresenceState.READY:
        offering.make_offer(fact.call_id, presence)
        entry = places.entry_of(fact.call_id)
        if entry is not None and entry.state is EntryState.WAITING:
            places.move(entry, EntryState.OFFERED)


def call_answered(fact: facts.CallAnswered) -> None:
    """The agent talks, for the first time or again after his phone was lost."""
    offer = offering.open_offer_of(fact.call_id)
    if offer is not None:
        won = offer.agent_id == fact.agent_id
        offering.end_offer(offer, OfferState.ANSWERED if won else OfferState.WITHDRAWN)
        if not won:
            _release(offer)
    _part_from(fact.call_id, at=fact.at, but=fact.agent_id)
    entry = places.entry_of(fact.call_id)
    if entry is not None:
        places.move(entry, EntryState.TAKEN, at=fact.at)
    presence = presences.lock(fact.agent_id)
    if presence is None:
        return
    presence.call_id, presence.offer_id = fact.call_id, None
    presences.move(presence, Move(to=PresenceState.TALKING), at=fact.at)
    publish(QueueChanged())


def ring_failed(fact: facts.RingFailed) -> None:
    """The phone did not take the call: the offer ends; the exchange places the caller again."""
    offer = offering.open_offer_of(fact.call_id)
    if offer is None or offer.agent_id != fact.agent_id:
        return
    is_withdrawn = fact.reason == OfferState.WITHDRAWN
    _fail_offer(offer, OfferState.WITHDRAWN if is_withdrawn else OfferState.MISSED, fact.reason)


def agent_lost(fact: facts.AgentLost) -> None:
    """The agent's phone is gone in mid-call: keep the caller for him until the deadline."""
    presence = presences.lock(fact.agent_id)
    if presence is None or presence.call_id != fact.call_id:
        return
    if presence.state is PresenceState.TALKING:
        step = Move(to=PresenceState.RECONNECTING, lasts=given(QueuePolicy).reconnect)
        presences.move(presence, step, at=fact.at)
    call = calls.get_call(fact.call_id)
    if not calls.is_keeping(call):
        calls.keep_caller(call.id)
    resume(presence)


def phone_there(fact: facts.PhoneThere) -> None:
    """A phone registered: it may be the one that a kept caller waits for."""
    presence = _at_phone(fact.phone)
    if presence is None or presence.state not in presences.IN_TALK or presence.call_id is None:
        return
    call = calls.get_call(presence.call_id)
    if call.exchange_id != fact.exchange_id or call.agent_id != presence.agent_id:
        return
    if calls.agent_came_back_elsewhere(call, phone=presence.phone):
        calls.lose_agent(call.id, because="phone_registered_anew")
    else:
        resume(presence)


def phone_away(fact: facts.PhoneAway) -> None:
    """A phone went. In mid-call the caller must not sit in dead air until somebody notices."""
    presence = _at_phone(fact.phone)
    if presence is None or presence.call_id is None:
        return
    call = calls.get_call(presence.call_id)
    is_his = call.agent_id == presence.agent_id  # and not that of a colleague he helps
    if (
        is_his
        and call.exchange_id == fact.exchange_id
        and (presence.state is PresenceState.TALKING)
    ):
        calls.lose_agent(call.id, because="phone_away")


def call_ended(fact: facts.CallEnded) -> None:
    """The caller is gone: out of the line, the offer ends, the agent finishes his work."""
    entry = places.entry_of(fact.call_id)
    if entry is not None and entry.state is not EntryState.TAKEN:
        places.move(entry, EntryState.LEFT, at=fact.at)
    offer = offering.open_offer_of(fact.call_id)
    if offer is not None:
        offering.end_offer(offer, OfferState.CALLER_GONE)
        _release(offer)
    _part_from(fact.call_id, at=fact.at)
    _release_everybody_beside(fact.call_id)
    publish(QueueChanged())


def order_refused(fact: facts.OrderRefused) -> None:
    """The exchange would not ring: the offer is taken back, and nobody missed anything.

    Only a phone that cannot be reached rests its agent: else he would be offered the same caller
    again at once, and again.
    """
    if fact.kind != "RingAgent":
        return
    calls.lock(fact.call_id)
    offer = offering.open_offer_of(fact.call_id)
    presence = presences.lock(offer.agent_id) if offer is not None else None
    if offer is None or presence is None or presence.phone != fact.phone:
        return
    if fact.code == PHONE_UNREACHABLE:
        _fail_offer(offer, OfferState.MISSED, "unreachable")
    else:
        offering.rest(offer)
        _fail_offer(offer, OfferState.WITHDRAWN)


def resume(presence: Presence) -> None:
    """Ring the agent's new registration for the caller who is kept for him."""
    if presence.call_id is None or presence.state is not PresenceState.RECONNECTING:
        return
    call = calls.get_call(presence.call_id)
    ring_seconds = int(given(QueuePolicy).resume_ring.total_seconds())
    calls.resume_with(call, phone=presence.phone, ring_seconds=ring_seconds)


def _at_phone(phone: str) -> Presence | None:
    """Return who has a call at this phone, locked with it.

    Of desks that come and go by the thousand, almost none has: they are not even locked.
    """
    agent_id = presences.in_call_at(phone)
    return presences.lock_with_call(agent_id) if agent_id is not None else None


def agent_left(fact: facts.CallTransferred) -> None:
    """He gave the caller to somebody else: the work after the call begins."""
    presence = presences.lock(fact.from_agent_id)
    if presence is not None and presence.call_id == fact.call_id:
        _part(presence, at=fact.at)


def call_handed_over(fact: facts.CallHandedOver) -> None:
    """The caller talks with somebody outside: no desk of ours has him on its line."""
    _part_from(fact.call_id, at=fact.at)


def _part_from(call_id: int, *, at: datetime, but: int | None = None) -> None:
    """Whoever had this call has it no longer, except agent `but`: the work after it begins."""
    for presence in presences.in_talk_on(call_id):
        if presence.agent_id != but and not presences.is_beside(presence):
            _part(presence, at=at)


def _part(presence: Presence, *, at: datetime) -> None:
    if presence.call_id is None or presence.state not in presences.IN_TALK:
        return
    if presences.is_beside(presence):
        presences.release(presence)
        return
    work = WrapUp(call_id=presence.call_id, agent_id=presence.agent_id, started_at=at, extensions=0)
    db.session.add(work)
    this_save.remember(("wrap-up", presence.call_id, presence.agent_id), work)
    presences.move(presence, Move(to=PresenceState.WRAP_UP, lasts=given(QueuePolicy).wrap_up))


def _release_everybody_beside(call_id: int) -> None:
    """Colleagues who were rung or asked, supervisors, and who called in vain."""
    beside = [*presences.in_talk_on(call_id), *presences.expecting(call_id)]
    for presence in beside:
        if presences.is_beside(presence):
            presences.release(presence)


def _fail_offer(offer: Offer, state: OfferState, reason: str = "no_answer") -> None:
    offering.end_offer(offer, state)
    _release(offer, missed=reason if state is OfferState.MISSED else None)
    offering.put_back(offer.call_id)


def _release(offer: Offer, *, missed: str | None = None) -> None:
    """Free the agent from an offer; `missed` says why he did not take it, if that was his part."""
    presence = presences.lock(offer.agent_id)
    if presence is None or presence.offer_id != offer.id:
        return
    presence.call_id = presence.offer_id = None
    if presence.state is PresenceState.OFFERED:
        presences.leave_offer(presence, missed=missed)
