"""What other rooms may ask about calls, and the wishes they may have."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from app.calls import ledger, legs, order_book
from app.calls.call_results import CallResult
from app.calls.call_states import WITH_AGENT, CallState, Direction
from app.calls.events import AgentLost
from app.calls.given_up_exchanges import end_by_own_word
from app.calls.link_lag import LinkLag
from app.calls.models import (
    Call,
    CallForward,
    ExchangeLink,
    LegRole,
)
from app.calls.reachable_phones import lines_up, phones_on_links_up, phones_there
from app.calls.talk_parts import (
    going_on,
    is_hidden_listener,
    left_at,
    legs_of,
    parties_of,
    spells_of,
    transfers_of,
)
from app.calls.talk_times import (
    Waits,
    agents_hold_seconds,
    agents_seconds,
    hold_seconds,
    recordable_seconds,
    talk_seconds,
    wait_seconds,
    waits_of,
)
from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.core.events import publish
from app.core.pagination import Page, page_of
from telephony import orders

__all__ = [
    "Call",
    "CallState",
    "Waits",
    "agents_hold_seconds",
    "agents_seconds",
    "going_on",
    "hold_seconds",
    "is_hidden_listener",
    "left_at",
    "legs_of",
    "lines_up",
    "parties_of",
    "phones_on_links_up",
    "phones_there",
    "recordable_seconds",
    "spells_of",
    "talk_seconds",
    "transfers_of",
    "wait_seconds",
    "waits_of",
]

MISSED = frozenset({CallResult.ABANDONED, CallResult.SHORT, CallResult.DROPPED})
"""Callers whom nobody answered: 66号文 wants them called back."""

_WAITING = (
    select(Call)
    .where(Call.state == CallState.WAITING, Call.id.in_(bindparam("call_ids", expanding=True)))
    .order_by(Call.id)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)

_EARLIER = (
    select(Call)
    .where(
        Call.from_number == bindparam("number"),
        Call.invited_at >= bindparam("since"),
        Call.id != bindparam("but_not"),
    )
    .order_by(Call.invited_at.desc())
    .limit(bindparam("most"))
)

RESUME_TRIES = 5
"""How often one agent's phone is rung to go on with one lost call, before its deadline decides."""


@dataclass(frozen=True, kw_only=True)
class EndedTalk:
    """A call that was talked in and has ended; `seconds` from the first answer to the end."""

    call_id: int
    ended_at: datetime
    seconds: float


class NoSuchCall(NotFound):
    """There is no such call, or not for this person."""

    code = "no-such-call"


class CallIsOver(Conflict):
    """The call has ended; nothing can be done with its line any more."""

    code = "call-is-over"


@dataclass(frozen=True, kw_only=True)
class LinkState:
    """How the link to one exchange stands."""

    exchange_id: str
    kind: str
    is_up: bool
    since: datetime
    lag: LinkLag


def get_call(call_id: int) -> Call:
    """Return the call or raise NoSuchCall."""
    call = db.session.get(Call, call_id)
    if call is None:
        raise NoSuchCall
    return call


def find_call(exchange_id: str, call_key: str) -> Call | None:
    """Return the newest call of that key on that exchange, or None."""
    wanted = select(Call).where(Call.exchange_id == exchange_id, Call.call_key == call_key)
    return db.session.execute(wanted.order_by(Call.id.desc()).limit(1)).scalar_one_or_none()


def list_calls(*, agent_id: int | None, page: int, per_page: int = 25) -> Page[Call]:
    """Return calls, newest first; only those of one agent when `agent_id` is given."""
    wanted = select(Call).order_by(Call.invited_at.desc(), Call.id.desc())
    if agent_id is not None:
        wanted = wanted.where(Call.agent_id == agent_id)
    return page_of(wanted, page=page, per_page=per_page)


def talks_ended(
    *, since: datetime, until: datetime, exchange_ids: Collection[str]
) -> list[EndedTalk]:
    """Return the talks that ended from `since` on and before `until` on these exchanges."""
    wanted = select(Call.id, Call.ended_at, Call.talk_started_at).where(
        Call.ended_at >= since,
        Call.ended_at < until,
        Call.talk_started_at.is_not(None),
        Call.exchange_id.in_(exchange_ids),
    )
    return [
        EndedTalk(call_id=call_id, ended_at=ended, seconds=(ended - started).total_seconds())
        for call_id, ended, started in db.session.execute(wanted.order_by(Call.id))
        if ended is not None and started is not None
    ]


def calls_by_id(call_ids: Collection[int]) -> dict[int, Call]:
    """Return the calls of these ids."""
    found = db.session.execute(select(Call).where(Call.id.in_(call_ids))).scalars()
    return {call.id: call for call in found}


def forwards_of(call_ids: Collection[int]) -> dict[int, CallForward]:
    """Return for each call that was sent on to old seats its latest try."""
    tries = db.session.scalars(
        select(CallForward).where(CallForward.call_id.in_(call_ids)).order_by(CallForward.counter)
    )
    return {row.call_id: row for row in tries}


def recent_calls_from(
    number: str, *, since: datetime, but_not: int, limit: int = 5
) -> Sequence[Call]:
    """Return earlier calls from this normalised number, newest first."""
    said = {"number": number, "since": since, "but_not": but_not, "most": limit}
    return list(db.session.execute(_EARLIER, said).scalars())


def live_call_of(agent_id: int) -> Call | None:
    """Return the call that this agent has now, or None."""
    wanted = select(Call).where(
        Call.agent_id == agent_id, Call.state.in_({*WITH_AGENT, CallState.RECONNECTING})
    )
    return db.session.execute(wanted.order_by(Call.id.desc()).limit(1)).scalar_one_or_none()


def missed_calls(*, since: datetime, limit: int = 200) -> list[Call]:
    """Return whom to call back: callers who left unanswered, the newest call of each first.

    Left out: withheld numbers, and whoever has been answered since, by his own call or by ours.
    """
    later = aliased(Call)
    settled = exists().where(
        later.from_number == Call.from_number,
        later.invited_at > Call.invited_at,
        later.talk_started_at.is_not(None),
    )
    again = exists().where(
        later.from_number == Call.from_number,
        later.invited_at > Call.invited_at,
        later.result.in_(MISSED),
    )
    wanted = select(Call).where(
        Call.direction == Direction.IN,
        Call.result.in_(MISSED),
        Call.invited_at >= since,
        Call.from_number != "",
        ~settled,
        ~again,
    )
    newest = wanted.order_by(Call.invited_at.desc(), Call.id.desc()).limit(limit)
    return list(db.session.execute(newest).scalars())


def lock(call_id: int) -> CallState | None:
    """Let no other save change this call until this one ends; return its state, None without it.

    Every save that touches a call and an agent locks the call first: then no two wait for each
    other (ADR 0017).
    """
    locked = select(Call.state).where(Call.id == call_id).with_for_update()
    return db.session.execute(locked).scalar_one_or_none()


def waiting_ids() -> Select[int]:
    """Return the question, for use inside another, which calls are on our queue's hold music."""
    return select(Call.id).where(Call.state == CallState.WAITING)


def lock_waiting(call_ids: Collection[int]) -> dict[int, Call]:
    """Lock those of these calls that wait and that no other save holds; return them by id."""
    found = db.session.execute(_WAITING, {"call_ids": list(call_ids)}).scalars()
    return {call.id: call for call in found}


def list_links() -> list[LinkState]:
    """Return how the link to each exchange stands."""
    rows = db.session.execute(select(ExchangeLink).order_by(ExchangeLink.exchange_id)).scalars()
    return [
        LinkState(exchange_id=r.exchange_id, kind=r.kind, is_up=r.is_up, since=r.since, lag=r.lag)
        for r in rows
    ]


def contact_of(exchange_id: str, phone: str) -> str | None:
    """Return the registration under which an exchange can ring a phone now."""
    return ledger.contact_of(exchange_id, phone)


def ring_agent(call_id: int, *, phone: str, ring_seconds: int, resumes: bool = False) -> None:
    """Wish that the exchange rings this phone for this call."""
    order_book.wish(
        _live(call_id), orders.RingAgent, phone=phone, ring_seconds=ring_seconds, resumes=resumes
    )


def ring_agents(calls: Collection[Call], *, phones: Mapping[int, str], ring_seconds: int) -> None:
    """Order that for each of these locked, waiting calls its phone is rung (call id → phone).

    Only the process on duty may: it sends them itself (decision 2).
    """
    order_book.take_up_rings(calls, phones=phones, ring_seconds=ring_seconds)


def stop_ringing(call_id: int, *, phone: str) -> None:
    """Wish that a ring is taken back and the caller waits on."""
    order_book.wish(_live(call_id), orders.StopRinging, phone=phone)


def keep_caller(call_id: int, *, wished_by: int | None = None) -> None:
    """Wish that the caller is parted from a phone that was lost."""
    order_book.wish(_live(call_id), orders.KeepCaller, wished_by=wished_by)


def return_to_queue(call_id: int) -> None:
    """Wish that a kept caller goes back to the queue's hold music."""
    order_book.wish(_live(call_id), orders.ReturnToQueue)


def answer_for_agent(call_id: int, *, phone: str, wished_by: int) -> int:
    """Wish that a phone outside the page takes the call; return the order's id."""
    return order_book.wish(
        _live(call_id), orders.AnswerForAgent, phone=phone, wished_by=wished_by
    ).id


def hang_up(call_id: int, *, wished_by: int) -> int | None:
    """Wish that the call ends; return the order's id, or None where it has ended by his word.

    That is so while its exchange has been out of reach for a while (`given_up_exchanges`).
    """
    call = _live(call_id)
    if end_by_own_word(call):
        return None
    return order_book.wish(call, orders.HangUp, wished_by=wished_by).id


def lose_agent(call_id: int, *, because: str) -> None:
    """The agent's phone is gone in mid-call: say so in the ledger; nothing if nobody talks."""
    call = _live(call_id)
    if call.state not in WITH_AGENT or call.agent_id is None:
        return
    at = clock.now()
    ledger.remember_lost_contact(call)
    ledger.move(call, CallState.RECONNECTING, at=at, because=because)
    publish(AgentLost(call_id=call.id, agent_id=call.agent_id, at=at))


def resume_with(call: Call, *, phone: str, ring_seconds: int) -> bool:
    """Wish that the agent's new registration is rung to go on; False when that cannot be now.

    It needs a kept caller and a registration other than the lost one. Each registration is rung
    once; when that ring fails it is rung again, a few times.
    """
    if call.state is not CallState.RECONNECTING or not call.is_kept:
        return False
    contact = ledger.contact_of(call.exchange_id, phone)
    if contact is None or contact in {call.lost_contact, call.resume_contact}:
        return False
    if call.resume_tries >= RESUME_TRIES:
        return False
    call.resume_contact, call.resume_tries = contact, call.resume_tries + 1
    ring_agent(call.id, phone=phone, ring_seconds=ring_seconds, resumes=True)
    return True


def trust_phone_again(call_id: int) -> None:
    """The page vouches for the registration that was held for lost: it may be rung once more."""
    call = _live(call_id)
    if call.state is CallState.RECONNECTING:
        call.lost_contact = call.resume_contact = None


def is_keeping(call: Call) -> bool:
    """Say whether the caller is on the kept music, or about to be."""
    return call.is_kept or order_book.has_open(call.id, orders.KeepCaller, since=call.state_since)


def agent_came_back_elsewhere(call: Call, *, phone: str) -> bool:
    """Say whether the phone registered anew while its old registration was in this talk."""
    contact = ledger.contact_of(call.exchange_id, phone)
    return (
        call.state in WITH_AGENT
        and contact is not None
        and (call.talk_contact is not None and contact != call.talk_contact)
    )


def is_kept_for(call: Call, *, agent_id: int) -> bool:
    """Say whether the call still waits for this agent's phone to come back."""
    return call.state is CallState.RECONNECTING and call.agent_id == agent_id


def has_rung_at(call_id: int, *, agent_id: int) -> bool:
    """Say whether the exchange told that this agent's phone rings, and not yet that it stopped."""
    return any(
        leg.agent_id == agent_id and leg.role is LegRole.AGENT for leg in legs.open_legs(call_id)
    )


def give_up_agent(call_id: int) -> None:
    """The agent did not come back in time: the call waits for another one."""
    call = _live(call_id)
    ledger.move(call, CallState.WAITING, at=clock.now(), because="reconnect_deadline")
    call.is_kept, call.lost_contact = False, None


def _live(call_id: int) -> Call:
    db.session.flush()
    call = db.session.get(Call, call_id, with_for_update=True, populate_existing=True)
    if call is None:
        raise NoSuchCall
    if call.state is CallState.ENDED:
        raise CallIsOver
    return call
