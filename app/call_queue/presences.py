"""The one writer of presence: every move of an agent goes through here (A3)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select

from app.call_queue import reasons
from app.call_queue.events import CallClosed, PresenceChanged
from app.call_queue.models import DeskLink, Presence, PresenceChange
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import (
    MOVES,
    WAITING_EXITS,
    BesideReason,
    NotReadyReason,
    PresenceState,
)
from app.calls import service as calls
from app.core import clock, this_save
from app.core.database import db
from app.core.events import publish
from app.core.handed_down import given
from app.core.state_machine import check_move
from app.core.written_last import write_last

PAUSED = frozenset({PresenceState.NOT_READY, PresenceState.MISSED})
_LOCKED = "the presences that this save has locked"
IN_TALK = frozenset({PresenceState.TALKING, PresenceState.RECONNECTING})

# What each call asks is built once: building costs more than asking.
_CALL_OF = select(Presence.call_id).where(Presence.agent_id == bindparam("agent_id"))
_LOCK = (
    select(Presence)
    .where(Presence.agent_id == bindparam("agent_id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_READY = (
    select(Presence)
    .where(
        Presence.agent_id.in_(bindparam("agent_ids", expanding=True)),
        Presence.state == PresenceState.READY,
    )
    .order_by(Presence.agent_id)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
_PAGES = select(DeskLink.takes_calls).where(DeskLink.agent_id == bindparam("agent_id")).distinct()
_WITH_CALLS = (
    select(Presence)
    .where(Presence.call_id.in_(bindparam("call_ids", expanding=True)))
    .order_by(Presence.agent_id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_IN_CALL_AT = select(Presence.agent_id).where(
    Presence.phone == bindparam("phone"), Presence.call_id.is_not(None)
)


class WaitsForEver(RuntimeError):
    """A state that waits for something was entered without a deadline."""


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where a presence goes, why, and until when it may stay there; who forced it, if anybody."""

    to: PresenceState
    reason: str | None = None
    lasts: timedelta | None = None
    forced_by: int | None = None


def lock(agent_id: int) -> Presence | None:
    """Return the agent's presence with its row locked until the save ends."""
    known: Presence | None = this_save.recall(("presence", agent_id))
    if known is not None:
        return known
    found = db.session.execute(_LOCK, {"agent_id": agent_id}).scalar_one_or_none()
    return _remember(found) if found is not None else None


def with_call(call_id: int) -> list[Presence]:
    """Return the presences, locked, that have this call on their desk.

    Who was locked in this save is looked at as he is now; the others are asked for once.
    """
    found = this_save.once_for_all("presences", "call", call_id, _locked_with) or []
    known: list[Presence] = this_save.recall(_LOCKED) or found
    having = [each for each in known if each.call_id == call_id]
    return sorted(having, key=lambda each: each.agent_id)


def _locked_with(call_ids: Collection[int]) -> dict[int, list[Presence]]:
    found: dict[int, list[Presence]] = {call_id: [] for call_id in call_ids}
    for presence in db.session.execute(_WITH_CALLS, {"call_ids": list(call_ids)}).scalars():
        found[presence.call_id or 0].append(_remember(presence))
    return found


def _remember(presence: Presence) -> Presence:
    """Keep a locked presence until the save ends."""
    if this_save.recall(("presence", presence.agent_id)) is None:
        this_save.remember(("presence", presence.agent_id), presence)
        this_save.remember(_LOCKED, [*(this_save.recall(_LOCKED) or []), presence])
    return presence


def lock_with_call(agent_id: int) -> Presence | None:
    """Lock the agent's call, then him (ADR 0017); None if his call is another one by then.

    Whoever made it another one has moved him too: what was wanted here is no longer true.
    """
    call_id = db.session.execute(_CALL_OF, {"agent_id": agent_id}).scalar_one_or_none()
    if call_id is not None:
        calls.lock(call_id)
    presence = lock(agent_id)
    return presence if presence is not None and presence.call_id == call_id else None


def lock_ready(agent_ids: Iterable[int]) -> dict[int, Presence]:
    """Return those of these agents who are ready, locked; whom another save holds is left out."""
    found = db.session.execute(_READY, {"agent_ids": list(agent_ids)}).scalars()
    return {each.agent_id: _remember(each) for each in found}


def in_call_at(phone: str) -> int | None:
    """Return the agent whose phone this is, if he has a call; read without a lock."""
    return db.session.execute(_IN_CALL_AT, {"phone": phone}).scalar_one_or_none()


def in_talk_on(call_id: int) -> list[Presence]:
    """Return the presences, locked, that this call keeps talking or reconnecting."""
    return [presence for presence in with_call(call_id) if presence.state in IN_TALK]


def expecting(call_id: int) -> list[Presence]:
    """Return the presences, locked, that wait for a ring or an answer in this call."""
    return [presence for presence in with_call(call_id) if presence.state is PresenceState.OFFERED]


def at_desks() -> list[Presence]:
    """Return the presences of everybody whose desk page is connected, boards apart."""
    desks = select(DeskLink.agent_id).where(DeskLink.takes_calls)
    wanted = select(Presence).where(Presence.agent_id.in_(desks))
    return list(db.session.execute(wanted.order_by(Presence.phone)).scalars())


def open_presence(agent_id: int, *, phone: str) -> Presence:
    """Return the agent's presence, made as signed out when there is none yet."""
    presence = lock(agent_id)
    if presence is None:
        at = clock.now()
        presence = Presence(
            agent_id=agent_id,
            phone=phone,
            state=PresenceState.SIGNED_OUT,
            since=at,
            idle_since=at,
        )
        db.session.add(presence)
        db.session.flush()
        _remember(presence)
    return presence


def move(presence: Presence, step: Move, *, at: datetime | None = None) -> None:
    """Move the agent, keep the step, and say so. A move to the same state renews its deadline.

    `at` may be an exchange's moment; a deadline always runs from now, by our own clock: an exchange
    whose clock is slow, or whose news comes late, takes no time from anybody.
    """
    now = clock.now()
    at = at or now
    if step.to is not presence.state:
        check_move(MOVES, presence.state, step.to)
    lasts = _deadline(step)
    if step.to is PresenceState.READY and presence.state is not PresenceState.READY:
        presence.idle_since = at
    old = presence.state
    presence.state, presence.reason, presence.since = step.to, step.reason, at
    presence.until = now + lasts if lasts else None
    presence.warned_at = None
    write_last(
        PresenceChange,
        agent_id=presence.agent_id,
        old=old,
        new=step.to,
        reason=step.reason,
        at=at,
        call_id=presence.call_id,
        forced_by=step.forced_by,
    )
    publish(PresenceChanged(agent_id=presence.agent_id, state=step.to.value))


def _deadline(step: Move) -> timedelta | None:
    """Return how long the new state may last; a waiting one without an end is a fault of ours."""
    if step.to in WAITING_EXITS and not step.lasts:
        raise WaitsForEver(step.to.value)
    if step.reason == NotReadyReason.AFTER_ABUSE and step.lasts is None:
        return given(QueuePolicy).abuse_break  # anew, where his desk was away meanwhile
    if step.to in PAUSED and step.lasts is None:
        limits = given(QueuePolicy).not_ready_limits
        by_system = limits.get(step.reason or "", limits.get(step.to))
        return by_system or reasons.agreed_length(step.reason)
    return step.lasts


def close_call(presence: Presence) -> None:
    """The desk is done with its call: it shows the next one, or none."""
    if presence.call_id is not None:
        publish(CallClosed(agent_id=presence.agent_id, call_id=presence.call_id))
    presence.call_id = None


def renew(presence: Presence) -> None:
    """Say that something about the present state changed, not the state itself."""
    publish(PresenceChanged(agent_id=presence.agent_id, state=presence.state.value))


def settle(presence: Presence, *, default: PresenceState = PresenceState.READY) -> None:
    """Lead an agent out of a call: to the state he chose, or where his desk still is.

    Without an open desk nobody is ready, whatever was chosen.
    """
    chosen = presence.next_state or default
    reason = presence.next_reason if presence.next_state else None
    presence.next_state = presence.next_reason = None
    if chosen is PresenceState.SIGNED_OUT:
        move(presence, Move(to=PresenceState.SIGNED_OUT))
        return
    pages = _pages(presence.agent_id)
    if not pages:
        lose_link(presence, then=chosen, reason=reason)
    elif chosen is PresenceState.NOT_READY:
        move(presence, Move(to=chosen, reason=reason or NotReadyReason.BREAK))
    elif True not in pages:
        move(presence, Move(to=PresenceState.NOT_READY, reason=NotReadyReason.AT_BOARD))
    else:
        move(presence, Move(to=PresenceState.READY))


def leave_offer(presence: Presence, *, missed: str | None) -> None:
    """Lead an agent out of an offer that came to nothing; `missed` says why, if he let it ring.

    Going away, chosen while it rang, holds. An offer that was nobody's fault costs no place.
    """
    if presence.next_state in {PresenceState.SIGNED_OUT, PresenceState.NOT_READY}:
        settle(presence)
        return
    presence.next_state = presence.next_reason = None
    pages = _pages(presence.agent_id)
    if not pages:
        then = PresenceState.NOT_READY if missed else PresenceState.READY
        lose_link(presence, then=then, reason=missed)
    elif missed:
        move(presence, Move(to=PresenceState.MISSED, reason=missed))
    elif True not in pages:
        move(presence, Move(to=PresenceState.NOT_READY, reason=NotReadyReason.AT_BOARD))
    else:
        idle_since = presence.idle_since
        move(presence, Move(to=PresenceState.READY))
        presence.idle_since = idle_since


def release(presence: Presence, *, missed: str | None = None) -> None:
    """Lead somebody out of a call that is not his own, to what he was before it."""
    if presence.state in IN_TALK:
        close_call(presence)
        settle(presence)
        return
    presence.call_id = presence.offer_id = None
    if presence.state is PresenceState.OFFERED:
        leave_offer(presence, missed=missed)


def is_beside(presence: Presence) -> bool:
    """Say whether the agent is rung for, or in, a call that is not (yet) his own."""
    return presence.state in IN_TALK | {PresenceState.OFFERED} and presence.reason in set(
        BesideReason
    )


def lose_link(presence: Presence, *, then: PresenceState, reason: str | None = None) -> None:
    """The desk is gone: out of routing at once, back to what he was when it returns in time."""
    presence.next_state, presence.next_reason = then, reason
    move(presence, Move(to=PresenceState.LINK_LOST, lasts=given(QueuePolicy).link_grace))


def has_desk(agent_id: int) -> bool:
    """Say whether a page of this agent is connected on which he takes calls."""
    return True in _pages(agent_id)


def has_page(agent_id: int) -> bool:
    """Say whether any page with his phone is connected: a desk, or a supervisor's board."""
    return bool(_pages(agent_id))


def _pages(agent_id: int) -> set[bool]:
    with db.session.no_autoflush:  # links are written where they come and go
        return set(db.session.execute(_PAGES, {"agent_id": agent_id}).scalars())
