"""What becomes of a waiting state whose deadline has passed. Run by the switchboard's loop."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import BindParameter, ColumnElement, bindparam, delete, exists, or_, select

from app.call_queue import offering, places, presences
from app.call_queue.events import DeskClosed, NotReadyTooLong, QueueChanged
from app.call_queue.models import DeskLink, Offer, Presence
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    PAUSE_EXITS,
    WAITING_EXITS,
    EntryState,
    NotReadyReason,
    OfferState,
    PresenceState,
)
from app.call_queue.presences import Move
from app.calls import outcomes
from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given

HasOutcome = Callable[[int], bool]
"""Says whether a call has left a record or a ticket (the tickets room knows)."""

_NOW: BindParameter[datetime] = bindparam("now")

# Built once: building it costs more than asking.
IS_ANY_DUE: ColumnElement[bool] = or_(
    exists().where(Presence.until < _NOW),
    exists().where(Offer.state == OfferState.OPEN, Offer.ring_until < bindparam("rung_until")),
    exists().where(DeskLink.lease_until < _NOW),
    outcomes.is_any_overdue(_NOW, bindparam("sent_until")),
)
"""The question, for use inside another, whether anything waits for its exit; see `moments_of`."""
_ANY_DUE = select(IS_ANY_DUE)


def moments_of(now: datetime) -> dict[str, datetime]:
    """Return the moments that `IS_ANY_DUE` asks for."""
    return {
        "now": now,
        "rung_until": now - given(QueuePolicy).ring_grace,
        "sent_until": outcomes.sent_until(now),
    }


def has_due(now: datetime) -> bool:
    """Say, by a cheap look, whether anything waits for its exit."""
    return bool(db.session.execute(_ANY_DUE, moments_of(now)).scalar_one())


def find_due(now: datetime, *, has_outcome: HasOutcome) -> list[Callable[[], None]]:
    """Return one exit for each state whose time is over; each looks again before it acts.

    Each needs a save of its own: one that fails holds up no other, and locks stay in order.
    """
    gone = DeskLink.lease_until < now
    links = select(DeskLink.link_id).where(gone).order_by(DeskLink.link_id)
    offers = select(Offer.id).where(_offer_due(now)).order_by(Offer.id)
    agents = select(Presence.agent_id).where(_presence_due(now)).order_by(Presence.agent_id)
    return [
        *(partial(_drop_link, each, now=now) for each in db.session.execute(links).scalars()),
        *(partial(_miss, each) for each in db.session.execute(offers).scalars()),
        *(
            partial(_leave, each, now=now, has_outcome=has_outcome)
            for each in db.session.execute(agents).scalars()
        ),
        *(partial(outcomes.give_up_unanswered, each) for each in outcomes.unanswered(now)),
        *(partial(outcomes.miss_outcome, each) for each in outcomes.overdue(now)),
    ]


def _presence_due(now: datetime) -> ColumnElement[bool]:
    return Presence.until < now


def _offer_due(now: datetime) -> ColumnElement[bool]:
    grace = given(QueuePolicy).ring_grace
    return (Offer.state == OfferState.OPEN) & (Offer.ring_until < now - grace)


def _miss(offer_id: int) -> None:
    """The exchange said nothing in time: take the ring back and offer the caller elsewhere."""
    call_id = db.session.execute(
        select(Offer.call_id).where(Offer.id == offer_id)
    ).scalar_one_or_none()
    if call_id is None:
        return
    calls.lock(call_id)
    offer = db.session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is None or offer.state is not OfferState.OPEN:
        return  # answered at the last moment
    presence = presences.lock(offer.agent_id)
    offering.end_offer(offer, OfferState.MISSED)
    offering.put_back(offer.call_id)
    call = calls.get_call(offer.call_id)
    if call.state is not calls.CallState.ENDED and presence is not None:
        calls.stop_ringing(call.id, phone=presence.phone)
    if presence is not None and presence.offer_id == offer.id:
        presence.call_id = presence.offer_id = None
        if presence.state is PresenceState.OFFERED:
            presences.leave_offer(presence, missed="no_answer")


def _leave(agent_id: int, *, now: datetime, has_outcome: HasOutcome) -> None:
    presence = presences.lock_with_call(agent_id)
    if presence is not None and presence.until is not None and presence.until < now:
        _exit(presence, has_outcome=has_outcome)


def _exit(presence: Presence, *, has_outcome: HasOutcome) -> None:
    """Lead a state whose time is over to its exit; the table of exits is in `presence_states`."""
    match presence.state:
        case PresenceState.WRAP_UP:
            _end_wrap_up(presence, has_outcome=has_outcome)
        case PresenceState.RECONNECTING:
            _give_up(presence)
        case PresenceState.OFFERED:
            presence.call_id = presence.offer_id = None
            presences.leave_offer(presence, missed="no_answer")
        case PresenceState.LINK_LOST:
            presence.next_state = presence.next_reason = None
            presences.move(presence, Move(to=WAITING_EXITS[presence.state]))
        case PresenceState.NOT_READY | PresenceState.MISSED:
            _end_pause(presence)
        case _:
            presence.until = None


def _end_pause(presence: Presence) -> None:
    """A pause that was given has an end; one that was chosen, only somebody who hears of it."""
    exit_to = PAUSE_EXITS.get(presence.reason or "")
    if exit_to is not None:
        presences.settle(presence, default=exit_to)
        return
    presence.until, presence.warned_at = None, clock.now()
    publish(
        NotReadyTooLong(
            agent_id=presence.agent_id, reason=presence.reason or "", since=presence.since
        )
    )
    presences.renew(presence)


def _end_wrap_up(presence: Presence, *, has_outcome: HasOutcome) -> None:
    """Time for the next call, unless this one has left nothing yet: then its page stays.

    Who signed out meanwhile is signed out, and finds the unfinished page when he comes back.
    """
    if presence.call_id is None or has_outcome(presence.call_id):
        presences.close_call(presence)
    elif presence.next_state is not PresenceState.SIGNED_OUT:
        presence.next_state = PresenceState.NOT_READY
        presence.next_reason = NotReadyReason.RECORD_UNFINISHED
    presences.settle(presence, default=WAITING_EXITS[PresenceState.WRAP_UP])


def _give_up(presence: Presence) -> None:
    """The phone did not come back: the caller goes to the front of the line, by his own entry."""
    if presence.call_id is not None:
        _give_back(presence.call_id, agent_id=presence.agent_id)
    presences.close_call(presence)
    is_leaving = presence.next_state is PresenceState.SIGNED_OUT
    presences.lose_link(presence, then=PresenceState.NOT_READY, reason=NotReadyReason.PHONE_LOST)
    if is_leaving:
        presence.next_state = PresenceState.SIGNED_OUT
    if is_leaving or presences.has_page(presence.agent_id):
        presences.settle(presence)  # only the phone is gone: no page needs to come back


def _give_back(call_id: int, *, agent_id: int) -> None:
    """Ask the ledger anew: somebody else may have the caller, or the exchange, or nobody."""
    call = calls.get_call(call_id)
    db.session.refresh(call, with_for_update=True)
    if not calls.is_kept_for(call, agent_id=agent_id):
        return
    calls.give_up_agent(call_id)
    calls.return_to_queue(call_id)
    entry = places.entry_of(call_id)
    if entry is not None:
        places.move(entry, EntryState.WAITING)
    publish(QueueChanged(may_be_rung_for=True))


def _drop_link(link_id: str, *, now: datetime) -> None:
    late = delete(DeskLink).where(DeskLink.link_id == link_id, DeskLink.lease_until < now)
    agent_id = db.session.execute(late.returning(DeskLink.agent_id)).scalar_one_or_none()
    if agent_id is not None:
        after_link_gone(agent_id)


def after_link_gone(agent_id: int) -> None:
    """A desk page is gone: with the last one the agent leaves the routing at once."""
    presence = presences.lock(agent_id)
    if presence is None or presences.has_desk(agent_id):
        return
    if presences.has_page(agent_id):
        if presence.state in {PresenceState.READY, PresenceState.MISSED}:
            step = Move(to=PresenceState.NOT_READY, reason=NotReadyReason.AT_BOARD)
            presences.move(presence, step)
        return
    publish(DeskClosed(agent_id=agent_id, phone=presence.phone))
    if presence.state in {PresenceState.READY, PresenceState.NOT_READY, PresenceState.MISSED}:
        then, reason = presence.state, presence.reason
        if then is PresenceState.MISSED:
            then = PresenceState.NOT_READY
        presences.lose_link(presence, then=then, reason=reason)
