"""What a supervisor does about agents and callers, and what protects an agent from a caller."""

from sqlalchemy import select

from app.call_queue import offering, presences, reasons
from app.call_queue.events import AbuseReported, OfferFreed, StateForced
from app.call_queue.models import Offer, Presence
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    IN_CALL,
    NotReadyReason,
    OfferState,
    PresenceState,
)
from app.call_queue.presences import Move
from app.call_queue.refusals import NoDeskOpen, UnknownReason
from app.callers import service as callers
from app.calls import service as calls
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.handed_down import given


class OfferIsOver(Conflict):
    """There is nothing to take back: the call is answered, missed or gone."""

    code = "offer-is-over"


FORCIBLE = frozenset({PresenceState.READY, PresenceState.NOT_READY, PresenceState.SIGNED_OUT})


class NoSuchAgent(NotFound):
    """Nobody with this id has ever opened a desk."""

    code = "no-such-agent"


class WhyIsNeeded(Invalid):
    """Who sets another person's state says why."""

    code = "why-is-needed"


def force_state(
    agent_id: int, *, state: str, reason: str | None, why_code: str, why: str, by: int
) -> None:
    """Set what an agent does; it is recorded with who and why, and told at his desk.

    `why_code` is of the city's list of reasons for it, `why` what is written besides. In a call it
    takes effect when the call's work is done: nobody's caller is cut off. Raises NoSuchAgent,
    UnknownReason, WhyIsNeeded, NoDeskOpen for readiness without a desk.
    """
    if state not in FORCIBLE:
        raise UnknownReason(field="state")
    if state == PresenceState.NOT_READY and not reasons.is_chosen(reason):
        raise UnknownReason(field="reason")
    if not why_code:
        raise WhyIsNeeded(field="why_code")
    if not reasons.is_for_forcing(why_code):
        raise UnknownReason(field="why_code")
    presence = presences.lock(agent_id)
    if presence is None:
        raise NoSuchAgent
    old, is_later = presence.state, presence.state in IN_CALL
    step = Move(
        to=PresenceState(state),
        reason=reason if state == PresenceState.NOT_READY else None,
        forced_by=by,
    )
    if is_later:
        presence.next_state, presence.next_reason = step.to, step.reason
        presences.renew(presence)
    else:
        _force_now(presence, step)
    publish(
        StateForced(
            agent_id=agent_id,
            forced_by=by,
            old=old.value,
            new=step.to.value,
            reason=step.reason,
            why_code=why_code,
            why=why.strip()[:200],
            is_later=is_later,
        )
    )


def _force_now(presence: Presence, step: Move) -> None:
    is_there = presences.has_desk if step.to is PresenceState.READY else presences.has_page
    if step.to is not PresenceState.SIGNED_OUT and not is_there(presence.agent_id):
        raise NoDeskOpen
    presence.next_state = presence.next_reason = None
    presences.close_call(presence)
    if step.to is not presence.state or step.reason != presence.reason:
        presences.move(presence, step)


def free_offer(offer_id: int, *, by: int, why_code: str, why: str = "") -> None:
    """Take a call back from an agent who is rung for it: it goes to the next one, from the front.

    He keeps his place among the ready and is not rung for this call again for a while; `why_code`
    is of the city's list of reasons for it, `why` what is written besides, and both are told at his
    desk. Raises WhyIsNeeded, UnknownReason, OfferIsOver where it is answered, missed or gone.
    """
    if not why_code:
        raise WhyIsNeeded(field="why_code")
    if not reasons.is_for_freeing(why_code):
        raise UnknownReason(field="why_code")
    call_id = db.session.execute(
        select(Offer.call_id).where(Offer.id == offer_id)
    ).scalar_one_or_none()
    if call_id is None:
        raise OfferIsOver
    calls.lock(call_id)
    offer = db.session.get(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer is None or offer.state is not OfferState.OPEN:
        raise OfferIsOver
    presence = presences.lock(offer.agent_id)
    offering.end_offer(offer, OfferState.WITHDRAWN)
    offer.rest_until = clock.now() + given(QueuePolicy).pair_rest
    offering.put_back(call_id)
    if presence is not None and presence.offer_id == offer.id:
        calls.stop_ringing(call_id, phone=presence.phone)
        presences.release(presence)
    publish(
        OfferFreed(
            offer_id=offer.id,
            call_id=call_id,
            agent_id=offer.agent_id,
            freed_by=by,
            why_code=why_code,
            why=why.strip()[:200],
        )
    )


def after_abuse(presence: Presence, *, call_id: int, code: str) -> None:
    """An abusive call is over: the agent has a right to a break at once, and need not ask.

    A pause that he has chosen himself, or his signing out, comes before it. He may be ready
    earlier than the break ends.
    """
    lasts = given(QueuePolicy).abuse_break
    chose_pause = presence.next_state in {PresenceState.NOT_READY, PresenceState.SIGNED_OUT}
    takes_break = bool(lasts) and not chose_pause and presences.has_desk(presence.agent_id)
    if takes_break:
        presence.next_state = presence.next_reason = None
        step = Move(to=PresenceState.NOT_READY, reason=NotReadyReason.AFTER_ABUSE, lasts=lasts)
        presences.move(presence, step)
    else:
        presences.settle(presence)
    publish(
        AbuseReported(
            agent_id=presence.agent_id,
            call_id=call_id,
            code=code,
            break_until=clock.now() + lasts if takes_break else None,
        )
    )


def restrictions() -> list[callers.RestrictionShown]:
    """Return the marks against callers that hold now."""
    return callers.list_restrictions(at=clock.now())


def lift_restriction(restriction_id: int, *, by: int) -> None:
    """End a mark against a caller before its time. Raises callers' UnknownRestriction."""
    callers.lift_restriction(restriction_id, lifted_by=by)
