"""What agents do at the queue, and what others may ask about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from app.call_queue import following, offering, oversight, presences, reasons
from app.call_queue.desk_links import close_desk as close_desk
from app.call_queue.desk_links import drop_all_links as drop_all_links
from app.call_queue.desk_links import open_desk as open_desk
from app.call_queue.desk_links import open_desks as open_desks
from app.call_queue.desk_links import renew_links as renew_links
from app.call_queue.line_picture import IS_ANYBODY_WAITING as IS_ANYBODY_WAITING
from app.call_queue.models import Offer, Presence, PresenceChange, QueueEntry, WrapUp
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    BUSY_WITH_A_CALL,
    IN_CALL,
    EntryState,
    OfferState,
    PresenceState,
)
from app.call_queue.presences import Move
from app.call_queue.refusals import (
    AnsweredAlready,
    NoDeskOpen,
    NotWhileInACall,
    NotYourCall,
    UnknownReason,
)
from app.call_queue.routing import Match
from app.calls import service as calls
from app.calls import wishes
from app.core import clock, this_save
from app.core.database import db
from app.core.handed_down import given
from app.rules import service as rules

__all__ = [
    "NoDeskOpen",
    "NotWhileInACall",
    "NotYourCall",
    "OfferState",
    "PresenceState",
    "UnknownReason",
]


_WITH_A_DESK = (
    select(Presence.phone, Presence.state)
    .where(Presence.state.not_in({PresenceState.SIGNED_OUT, PresenceState.LINK_LOST}))
    .order_by(Presence.phone)
)
_WRAP_UP = (
    select(WrapUp)
    .where(WrapUp.call_id == bindparam("call_id"), WrapUp.agent_id == bindparam("agent_id"))
    .order_by(WrapUp.id.desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Board:
    """The line as every desk shows it."""

    waiting: int
    longest_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class Seat:
    """An agent whom an exchange may ring by itself while we are away."""

    phone: str
    is_paused: bool


def presence_of(agent_id: int) -> Presence | None:
    """Return what the agent is doing, or None before his first sign-in to a desk."""
    return db.session.get(Presence, agent_id)


def lock_presence(agent_id: int) -> None:
    """Let no other save move this agent until this one ends."""
    presences.lock(agent_id)


def sign_out(agent_id: int) -> None:
    """The agent signed out: in a call it takes effect when the call's work is done."""
    presence = presences.lock(agent_id)
    if presence is None or presence.state is PresenceState.SIGNED_OUT:
        return
    if presence.state in IN_CALL:
        presence.next_state, presence.next_reason = PresenceState.SIGNED_OUT, None
        return
    presence.next_state = presence.next_reason = None
    presences.close_call(presence)
    presences.move(presence, Move(to=PresenceState.SIGNED_OUT))


def become_ready(agent_id: int) -> None:
    """Take calls from now on; raises NotWhileInACall, NoDeskOpen."""
    presence = _idle(agent_id)
    presence.next_state = presence.next_reason = None  # what was chosen for later is chosen now
    presences.close_call(presence)
    if presence.state is not PresenceState.READY:
        presences.move(presence, Move(to=PresenceState.READY))


def become_not_ready(agent_id: int, *, reason: str) -> None:
    """Take no calls, for a reason; raises NotWhileInACall, NoDeskOpen, UnknownReason."""
    if not reasons.is_chosen(reason):
        raise UnknownReason(field="reason")
    presence = _idle(agent_id)
    presence.next_state = presence.next_reason = None  # what was chosen for later is chosen now
    presences.close_call(presence)
    presences.move(presence, Move(to=PresenceState.NOT_READY, reason=reason))


def choose_next(agent_id: int, *, state: str, reason: str | None) -> None:
    """Say in a call what comes after it; it takes effect when the wrap-up ends.

    Raises UnknownReason, and NotYourCall where there is no call to come after.
    """
    if state not in {PresenceState.READY, PresenceState.NOT_READY}:
        raise UnknownReason(field="state")
    if state == PresenceState.NOT_READY and not reasons.is_chosen(reason):
        raise UnknownReason(field="reason")
    presence = _own(agent_id)
    if presence.state not in BUSY_WITH_A_CALL:
        raise NotYourCall
    presence.next_state = PresenceState(state)
    presence.next_reason = reason if state == PresenceState.NOT_READY else None
    presences.renew(presence)


def finish_wrap_up(
    agent_id: int, *, call_id: int, code: str | None, next_state: str | None
) -> None:
    """Close the call on the desk with its code and go on.

    Raises NotYourCall; UnknownReason for a code or a state that nobody can choose.
    """
    chosen = None
    if code is not None:
        chosen = next((each for each in rules.list_wrap_up_codes() if each.code == code), None)
        if chosen is None:
            raise UnknownReason(field="code")
    if next_state not in {None, PresenceState.READY, PresenceState.NOT_READY}:
        raise UnknownReason(field="next_state")
    presence = _own(agent_id)
    if presence.call_id != call_id or presence.state in IN_CALL:
        raise NotYourCall
    done = _wrap_up_of(call_id, agent_id)
    if done is not None:
        # A call that was taken up again was finished before.
        done.code, done.finished_at = code, done.finished_at or clock.now()
    if next_state is not None:
        presence.next_state = PresenceState(next_state)
    presences.close_call(presence)
    if chosen is not None and chosen.marks_abuse:
        oversight.after_abuse(presence, call_id=call_id, code=chosen.code)
    else:
        presences.settle(presence)


def extend_wrap_up(agent_id: int) -> None:
    """Ask for more time after a call; counted. Raises NotYourCall outside a wrap-up."""
    presence = _own(agent_id)
    if presence.state is not PresenceState.WRAP_UP or presence.until is None:
        raise NotYourCall
    presence.until += given(QueuePolicy).wrap_up_extension
    done = _wrap_up_of(presence.call_id, agent_id) if presence.call_id else None
    if done is not None:
        done.extensions += 1
    presences.renew(presence)


def extensions_of(presence: Presence) -> int:
    """Return how often the present wrap-up has been extended."""
    if presence.state is not PresenceState.WRAP_UP or presence.call_id is None:
        return 0
    done = _wrap_up_of(presence.call_id, presence.agent_id)
    return done.extensions if done is not None else 0


def report_phone_lost(agent_id: int, *, call_id: int, is_ready: bool) -> None:
    """The page has no sound of this call: keep the caller until the phone is back.

    `is_ready` says that the phone stands registered without a conversation: then the registration
    that we hold for lost is good, and is rung. Raises NotYourCall.
    """
    calls.lock(call_id)
    presence = _own(agent_id)
    if presence.call_id != call_id or calls.get_call(call_id).agent_id != agent_id:
        raise NotYourCall
    calls.lose_agent(call_id, because="page_reported")
    if is_ready:
        calls.trust_phone_again(call_id)
        following.resume(presence)


def check_is_on_desk(agent_id: int, *, call_id: int) -> None:
    """Raise NotYourCall unless this call is, or lately was, this agent's to write about."""
    presence = _own(agent_id)
    if presence.call_id != call_id and calls.get_call(call_id).agent_id != agent_id:
        raise NotYourCall


def hang_up(agent_id: int, *, call_id: int) -> int | None:
    """Wish that the agent's call ends; return the order's id, or None where it ended by his word.

    A caller who only rings is nobody's to hang up on: raises NotYourCall.
    """
    calls.lock(call_id)
    presence = _own(agent_id)
    if presence.call_id != call_id or presence.state is PresenceState.OFFERED:
        raise NotYourCall
    if calls.get_call(call_id).agent_id != agent_id:
        return _leave_anothers_call(agent_id, call_id)
    return calls.hang_up(call_id, wished_by=agent_id)


def _leave_anothers_call(agent_id: int, call_id: int) -> int:
    """Who helps a colleague, or supervises him, ends his own leg and nobody else's."""
    for leg in calls.parties_of(call_id):
        if leg.agent_id == agent_id and leg.order_id is not None:
            return wishes.drop_party(call_id, party=leg.order_id, wished_by=agent_id)
    raise NotYourCall


def answer(agent_id: int, *, call_id: int) -> int:
    """Wish that the agent's phone outside the page takes the call; return the order's id.

    Raises AnsweredAlready where another page of his was quicker, else NotYourCall.
    """
    calls.lock(call_id)
    presence = _own(agent_id)
    is_answered = presence.state in IN_CALL and presence.state is not PresenceState.OFFERED
    if presence.call_id == call_id and is_answered:
        raise AnsweredAlready
    if presence.call_id != call_id or presence.state is not PresenceState.OFFERED:
        raise NotYourCall
    return calls.answer_for_agent(call_id, phone=presence.phone, wished_by=agent_id)


def open_offer(offer_id: int) -> Offer | None:
    """Return the offer while it is open."""
    offer = db.session.get(Offer, offer_id)
    return offer if offer is not None and offer.state is OfferState.OPEN else None


def board() -> Board:
    """Return how many wait and since when the first of them."""
    waiting, longest = db.session.execute(
        select(func.count(), func.min(QueueEntry.entered_at)).where(
            QueueEntry.state.in_({EntryState.WAITING, EntryState.OFFERED})
        )
    ).one()
    return Board(waiting=waiting, longest_since=longest)


def seats() -> list[Seat]:
    """Return whom an exchange may ring by itself: everybody with a desk, paused unless willing."""
    unwilling = {PresenceState.NOT_READY, PresenceState.MISSED}
    return [
        Seat(phone=phone, is_paused=state in unwilling)
        for phone, state in db.session.execute(_WITH_A_DESK)
    ]


def answered_since(agent_id: int, since: datetime) -> int:
    """Return how many calls the agent has answered since that moment."""
    wanted = select(func.count(func.distinct(PresenceChange.call_id))).where(
        PresenceChange.agent_id == agent_id,
        PresenceChange.new == PresenceState.TALKING,
        PresenceChange.reason.is_(None),  # whoever only helped a colleague answered nobody
        PresenceChange.at >= since,
    )
    return int(db.session.execute(wanted).scalar_one())


def is_busy(agent_id: int) -> bool:
    """Say whether a call is on the agent's line: his session must not run out now."""
    presence = presence_of(agent_id)
    return presence is not None and presence.state in IN_CALL


def plan_offers(*, looked_at: Collection[str] | None = None) -> list[Match]:
    """Decide who should get whom now; reads only, so that a line nobody can help costs no save.

    `looked_at`: the exchanges whose callers may be offered; None means all of them.
    """
    return offering.plan(looked_at=looked_at)


def claim_offers(matches: Collection[Match]) -> int:
    """Make offers of the matches that still hold; return how many were made."""
    return offering.claim(matches)


def offer_all() -> int:
    """Offer whoever waits to whoever is free, in one save; return how many offers were made."""
    return offering.claim(offering.plan())


def _own(agent_id: int) -> Presence:
    presence = presences.lock(agent_id)
    if presence is None:
        raise NoDeskOpen
    return presence


def _idle(agent_id: int) -> Presence:
    presence = _own(agent_id)
    if presence.state in IN_CALL | {PresenceState.WRAP_UP}:
        raise NotWhileInACall  # a wrap-up ends by its own door, with its code
    if not presences.has_desk(agent_id):
        raise NoDeskOpen
    return presence


def _wrap_up_of(call_id: int, agent_id: int) -> WrapUp | None:
    said = {"call_id": call_id, "agent_id": agent_id}
    return this_save.once(
        ("wrap-up", call_id, agent_id),
        lambda: db.session.execute(_WRAP_UP, said).scalar_one_or_none(),
    )
