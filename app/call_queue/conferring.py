"""Who may do what with a call that is talked on, and whose desks are busy with it besides.

The call's agent alone holds, mutes, consults and transfers; a supervisor alone supervises. A
colleague who is rung for somebody else's call is out of routing from the wish on, and goes back to
what he was when the call does not become his.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from app.accounts import service as accounts
from app.call_queue import presences
from app.call_queue.events import SupervisionAsked
from app.call_queue.models import Presence
from app.call_queue.policy import QueuePolicy
from app.call_queue.presence_states import BesideReason, NotReadyReason, PresenceState
from app.call_queue.presences import Move
from app.call_queue.service import NoDeskOpen, NotWhileInACall, NotYourCall
from app.calls import events as facts
from app.calls import service as calls
from app.calls import wishes
from app.calls.transfer_states import TransferKind
from app.channels import directory
from app.core.emergency_numbers import EmergencyNotDialledHere
from app.core.errors import Conflict, Invalid, NotFound
from app.core.events import publish
from app.core.handed_down import given

logger = logging.getLogger(__name__)

SUPERVISOR_RINGS = timedelta(seconds=20)
MAY_BE_RUNG = frozenset({PresenceState.READY, PresenceState.NOT_READY})
NO_DESK = frozenset({PresenceState.SIGNED_OUT, PresenceState.LINK_LOST})
MODES = ("listen", "whisper", "barge")


class NoSuchColleague(NotFound):
    """Nobody who could take a call has this work number."""

    code = "no-such-colleague"


class ColleagueIsBusy(Conflict):
    """The colleague is in a call, or not at his desk."""

    code = "colleague-is-busy"


class UnknownMode(Invalid):
    """A supervisor listens, whispers or speaks to both."""

    code = "unknown-supervision-mode"


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of ours to consult or hand a caller to."""

    agent_id: int
    work_number: str
    name: str
    state: PresenceState
    can_be_rung: bool


# --- the call's own agent ---------------------------------------------------------------------


def hold(agent_id: int, *, call_id: int) -> int:
    """Let the caller hear music; returns the order's id, as all wishes do."""
    return wishes.hold(call_id, phone=_own(agent_id, call_id).phone, wished_by=agent_id)


def resume(agent_id: int, *, call_id: int) -> int:
    """Speak with the held caller again."""
    return wishes.resume(call_id, phone=_own(agent_id, call_id).phone, wished_by=agent_id)


def mute(agent_id: int, *, call_id: int, is_muted: bool) -> int:
    """Be heard by the caller no longer, or again."""
    phone = _own(agent_id, call_id).phone
    return wishes.mute(call_id, phone=phone, is_muted=is_muted, wished_by=agent_id)


def send_digits(agent_id: int, *, call_id: int, digits: str) -> int:
    """Press keys."""
    _own(agent_id, call_id)
    return wishes.send_digits(call_id, digits=digits, wished_by=agent_id)


def pause_recording(agent_id: int, *, call_id: int, is_paused: bool) -> int:
    """Record silence while something is said that must not be kept, or sound again."""
    _own(agent_id, call_id)
    return wishes.pause_recording(call_id, is_paused=is_paused, wished_by=agent_id)


def consult(agent_id: int, *, call_id: int, kind: str, to: str, summary: str = "") -> int:
    """Ring somebody while the caller hears music.

    `kind` and `to`: a colleague by work number, an entry of the directory by code, a number. A
    colleague reads the summary in his pop, before he answers.
    """
    if kind == "colleague":
        return _ring_colleague(agent_id, call_id, to, summary, is_transfer=False)
    return _ring_outside(agent_id, call_id, kind, to, is_transfer=False)


def transfer(agent_id: int, *, call_id: int, kind: str, to: str, summary: str = "") -> int:
    """Leave the caller to somebody who is rung for him; `kind`, `to`, `summary` as in `consult`."""
    if kind == "colleague":
        return _ring_colleague(agent_id, call_id, to, summary, is_transfer=True)
    return _ring_outside(agent_id, call_id, kind, to, is_transfer=True)


def join(agent_id: int, *, call_id: int) -> int:
    """Let caller, agent and party talk together."""
    return wishes.join(call_id, phone=_own(agent_id, call_id).phone, wished_by=agent_id)


def leave(agent_id: int, *, call_id: int) -> int:
    """Leave the caller to the party who answered."""
    return wishes.leave(call_id, phone=_own(agent_id, call_id).phone, wished_by=agent_id)


def drop_party(agent_id: int, *, call_id: int, party: int) -> int:
    """End a party's leg."""
    _own(agent_id, call_id)
    return wishes.drop_party(call_id, party=party, wished_by=agent_id)


def call_out(agent_id: int, *, number: str, shown_number: str) -> tuple[int, int]:
    """Call a citizen; returns the ids of call and order. The desk is busy with it from now on.

    Raises NoDeskOpen, NotWhileInACall, and what `wishes.call_out` raises.
    """
    presence = presences.lock(agent_id)
    if presence is None or presence.state in NO_DESK:
        raise NoDeskOpen
    if presence.state not in MAY_BE_RUNG | {PresenceState.MISSED}:
        raise NotWhileInACall
    call_id, order_id = wishes.call_out(
        agent_id=agent_id,
        phone=presence.phone,
        number=number,
        shown_number=shown_number,
        ring_seconds=_ring_seconds(),
    )
    _remember_what_he_was(presence)
    presences.close_call(presence)
    presence.call_id = call_id
    presences.move(presence, Move(to=PresenceState.TALKING, reason=BesideReason.CALLING))
    return call_id, order_id


# --- supervisors ------------------------------------------------------------------------------


def supervise(supervisor_id: int, *, call_id: int, mode: str) -> int:
    """Take part in somebody else's call, or change how. Raises ColleagueIsBusy (himself)."""
    if mode not in MODES:
        raise UnknownMode(field="mode")
    calls.lock(call_id)
    call = calls.get_call(call_id)
    presence = presences.lock(supervisor_id)
    agent = presences.lock(call.agent_id) if call.agent_id is not None else None
    if presence is None or agent is None or call.agent_id == supervisor_id:
        raise NotYourCall
    is_in_it = presence.call_id == call_id and presence.reason == BesideReason.SUPERVISING
    if not is_in_it:
        _need_free(presence, call, there=presences.has_page)
    order_id = wishes.supervise(
        call_id,
        phone=presence.phone,
        agent_phone=agent.phone,
        mode=mode,
        wished_by=supervisor_id,
    )
    if not is_in_it:
        _expect_ring(presence, call_id, BesideReason.SUPERVISE, lasts=SUPERVISOR_RINGS)
    publish(
        SupervisionAsked(
            call_id=call_id, asked_by=supervisor_id, agent_id=agent.agent_id, mode=mode
        )
    )
    return order_id


def stop_supervising(supervisor_id: int, *, call_id: int) -> int:
    """Leave a call that one supervised."""
    calls.lock(call_id)
    presence = presences.lock(supervisor_id)
    if presence is None:
        raise NotYourCall
    return wishes.stop_supervising(call_id, phone=presence.phone, wished_by=supervisor_id)


def list_colleagues(agent_id: int) -> list[Colleague]:
    """Return everybody with a desk but this one, and whether he can be rung now."""
    at_desks = [each for each in presences.at_desks() if each.agent_id != agent_id]
    people = accounts.people([each.agent_id for each in at_desks])
    there = calls.phones_there()
    return [
        Colleague(
            agent_id=each.agent_id,
            work_number=each.phone,
            name=people[each.agent_id].name,
            state=each.state,
            can_be_rung=each.state in MAY_BE_RUNG and each.phone in there,
        )
        for each in at_desks
        if each.agent_id in people
    ]


# --- what the ledger tells --------------------------------------------------------------------


def party_took_call(fact: facts.PartyTookCall) -> None:
    """A colleague or a supervisor is in somebody else's call now."""
    presence = _beside(fact)
    if presence is None or presence.state is not PresenceState.OFFERED:
        return
    is_supervisor = fact.role == "supervisor"
    reason = BesideReason.SUPERVISING if is_supervisor else BesideReason.CONSULTED
    presences.move(presence, Move(to=PresenceState.TALKING, reason=reason))


def party_left(fact: facts.PartyLeft) -> None:
    """He did not answer, or his part is over: back to what he was."""
    presence = _beside(fact)
    if presence is not None:
        presences.release(presence, missed=fact.reason if fact.reason in MISSES else None)


def order_refused(fact: facts.OrderRefused) -> None:
    """The exchange would not ring him: he was never rung."""
    if fact.kind not in {"CallParty", "TransferCaller", "Supervise"}:
        return
    for presence in presences.expecting(fact.call_id):
        is_his = presence.phone == fact.phone or fact.kind != "Supervise"
        is_supervisor = presence.reason == BesideReason.SUPERVISE
        if is_his and is_supervisor is (fact.kind == "Supervise"):
            presences.release(presence)


MISSES = frozenset({"no_answer", "rejected", "unreachable"})


def _beside(fact: facts.PartyFact) -> Presence | None:
    """Return the presence of a party of ours while the call is not his own."""
    presence = presences.lock(fact.agent_id) if fact.agent_id is not None else None
    if presence is None or presence.call_id != fact.call_id:
        return None
    return presence if presence.reason in set(BesideReason) else None


def _own(agent_id: int, call_id: int) -> Presence:
    calls.lock(call_id)
    presence = presences.lock(agent_id)
    if presence is None or presence.call_id != call_id:
        raise NotYourCall
    if calls.get_call(call_id).agent_id != agent_id:
        raise NotYourCall
    return presence


def _ring_colleague(
    agent_id: int, call_id: int, work_number: str, summary: str, *, is_transfer: bool
) -> int:
    own = _own(agent_id, call_id)
    person = accounts.find_by_work_number(work_number)
    if person is None or person.id == agent_id:
        raise NoSuchColleague(field="to")
    colleague = presences.lock(person.id)
    if colleague is None:
        raise NoSuchColleague(field="to")
    is_second_click = colleague.call_id == call_id and colleague.reason in set(BesideReason)
    if not is_second_click:
        _need_free(colleague, calls.get_call(call_id))
    goal = wishes.Goal(
        address=colleague.phone,
        is_outside=False,
        kind=TransferKind.COLD if is_transfer else TransferKind.WARM,
        to_agent_id=person.id,
        summary=summary or None,
    )
    wish = wishes.transfer if is_transfer else wishes.consult
    order_id = wish(
        call_id, phone=own.phone, goal=goal, ring_seconds=_ring_seconds(), wished_by=agent_id
    )
    if not is_second_click:
        reason = BesideReason.TRANSFER if is_transfer else BesideReason.CONSULT
        _expect_ring(colleague, call_id, reason, lasts=given(QueuePolicy).ring)
    return order_id


def _ring_outside(agent_id: int, call_id: int, kind: str, to: str, *, is_transfer: bool) -> int:
    own = _own(agent_id, call_id)
    entry = directory.get_entry(to) if kind == "entry" else None
    handing = TransferKind.COLD if is_transfer else TransferKind.WARM
    goal = wishes.Goal(
        address=wishes.diallable(entry.number if entry else to),
        is_outside=True,
        kind=handing,
        to_entry=entry.code if entry else None,
        fallback_number=_if_dialled_here(entry.fallback_number) if entry else "",
    )
    wish = wishes.transfer if is_transfer else wishes.consult
    return wish(
        call_id, phone=own.phone, goal=goal, ring_seconds=_ring_seconds(), wished_by=agent_id
    )


def _if_dialled_here(number: str) -> str:
    """Return a second number as it is dialled; nothing where there is none, or not from here."""
    try:
        return wishes.diallable(number) if number else ""
    except (EmergencyNotDialledHere, wishes.NumberNotAllowed) as why:
        logger.warning("a second number is not dialled", extra={"code": why.code})
        return ""


def _need_free(
    presence: Presence, call: calls.Call, *, there: Callable[[int], bool] = presences.has_desk
) -> None:
    """He must be at his desk, in no call, with a phone at this call's exchange.

    A supervisor may sit at the board instead (`there`): nobody is handed a caller there.
    """
    exchanges = calls.phones_there().get(presence.phone, frozenset())
    is_there = there(presence.agent_id) and call.exchange_id in exchanges
    if presence.state not in MAY_BE_RUNG or not is_there:
        raise ColleagueIsBusy(field="to")


def _expect_ring(
    presence: Presence, call_id: int, reason: BesideReason, *, lasts: timedelta
) -> None:
    _remember_what_he_was(presence)
    presences.close_call(presence)
    presence.call_id = call_id
    step = Move(
        to=PresenceState.OFFERED, reason=reason, lasts=lasts + given(QueuePolicy).ring_grace
    )
    presences.move(presence, step)


def _remember_what_he_was(presence: Presence) -> None:
    """The state he goes back to stands where a chosen next state stands."""
    if presence.state is PresenceState.NOT_READY:
        presence.next_state = PresenceState.NOT_READY
        presence.next_reason = presence.reason or NotReadyReason.BREAK
    else:
        presence.next_state = presence.next_reason = None


def _ring_seconds() -> int:
    return int(given(QueuePolicy).ring.total_seconds())
