"""Reads the two pictures that routing decides by: who waits, and who is free.

Of every sort of caller (same exchange, same needs, same side) only as many are read as there are
free agents, and none of a sort that nobody free could take. So a long line costs little, and
callers whom nobody can take hide nobody who could be helped. Of every kind of agent, in turn, only
as many are read as could be wanted: two thousand who wait for a call cost no more than a few.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select

from app.accounts import service as accounts
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.call_queue.routing import FreeAgent, WaitingCall, can_take
from app.calls import service as calls
from app.core.database import db

CITY_SKILL = "city"
"""Who sits in a sub-centre and knows this takes the city's calls too."""

AT_ONCE = 5000
"""How many ids one question names."""

Pairs = dict[int, frozenset[int]]

NOBODY: frozenset[int] = frozenset()

_READY = select(Presence.agent_id, Presence.phone, Presence.idle_since).where(
    Presence.state == PresenceState.READY
)


def does_anybody_wait(now: datetime) -> bool:
    """Say, by a cheap look, whether there is a caller who may be rung for."""
    return db.session.execute(_A_CALLER, {"now": now}).first() is not None


def read_free() -> list[FreeAgent]:
    """Return the agents who are ready and whose phone an exchange with a living link can ring."""
    return _read_ready(_READY)


def read_wanted(now: datetime) -> list[FreeAgent]:
    """Return those of the free among whom the takers are of all who wait now.

    A caller passes over whom others took before him, and over who has just missed or refused him:
    so of each kind the longest idle are enough, as many as wait and were missed. The owner of an
    open ticket comes first however short he is idle.
    """
    most = sum(db.session.execute(_MOST, {"now": now}).one())
    return _read_ready(_WANTED, {"most": most})


def _may_ring(now: Any) -> ColumnElement[bool]:
    return and_(
        QueueEntry.state == EntryState.WAITING,
        or_(QueueEntry.rest_until.is_(None), QueueEntry.rest_until <= now),
    )


def _how_many_to_read() -> Select[int, int]:
    """Return the question how many wait, and how many offers make a caller pass somebody over."""
    now: BindParameter[datetime] = bindparam("now")
    callers = select(func.count()).select_from(QueueEntry).where(_may_ring(now))
    in_line = select(QueueEntry.call_id).where(QueueEntry.state == EntryState.WAITING)
    missed = and_(Offer.state == OfferState.MISSED, Offer.call_id.in_(in_line))
    passed_over = select(func.count()).select_from(Offer).where(or_(Offer.rest_until > now, missed))
    return select(callers.scalar_subquery(), passed_over.scalar_subquery())


def _first_of_each_kind() -> Select[int, str, datetime]:
    """Return the question for the longest idle of each kind, and for the owners of open tickets."""
    seat, line = accounts.kinds_of_seats().subquery(), calls.lines_up().subquery()
    turn = func.row_number().over(
        partition_by=[seat.c.kind, line.c.exchange_id],
        order_by=[Presence.idle_since, Presence.agent_id],
    )
    ready = (
        select(Presence.agent_id, turn.label("turn"))
        .join(seat, seat.c.id == Presence.agent_id)
        .join(line, line.c.phone == Presence.phone)
        .where(Presence.state == PresenceState.READY)
        .subquery()
    )
    owners = select(QueueEntry.preferred_agent_id).where(
        QueueEntry.state == EntryState.WAITING, QueueEntry.preferred_agent_id.is_not(None)
    )
    wanted = select(ready.c.agent_id).where(
        or_(ready.c.turn <= bindparam("most"), ready.c.agent_id.in_(owners))
    )
    return _READY.where(Presence.agent_id.in_(wanted))


def _read_ready(
    wanted: Select[int, str, datetime], said: Mapping[str, int] | None = None
) -> list[FreeAgent]:
    ready = db.session.execute(wanted, said).all()
    if not ready:
        return []
    there = calls.phones_on_links_up(
        [row.phone for row in ready] if len(ready) <= AT_ONCE else None
    )
    seats = accounts.seats([row.agent_id for row in ready])
    return [
        FreeAgent(
            agent_id=row.agent_id,
            skills=seats[row.agent_id].skills,
            exchange_ids=there[row.phone],
            idle_since=row.idle_since,
            sub_centre_id=seats[row.agent_id].sub_centre_id,
            helps_city=CITY_SKILL in seats[row.agent_id].skills,
        )
        for row in ready
        if row.agent_id in seats and row.phone in there
    ]


def read_waiting(free: Sequence[FreeAgent], *, now: datetime) -> list[WaitingCall]:
    """Return the callers among whom these agents' next calls are, in no particular order."""
    if not free:
        return []
    resting = _pairs(Offer.rest_until > now)
    rows = [
        row
        for sort in _sorts(now)
        if any(can_take(agent, sort.example, now=now) for agent in free)
        for row in _first_of(sort, now=now, count=len(free) + len(resting))
    ]
    missed = _missed_by([row.call_id for row in rows])
    return [
        WaitingCall(
            call_id=row.call_id,
            exchange_id=row.exchange_id,
            stands_since=row.stands_since,
            needs=frozenset(row.needs.split()),
            sub_centre_id=row.sub_centre_id,
            city_from=row.city_from,
            preferred_agent_id=row.preferred_agent_id,
            missed_by=missed.get(row.call_id, NOBODY),
            resting_from=resting.get(row.call_id, NOBODY),
        )
        for row in rows
    ]


def sorts_waiting(now: datetime) -> list[WaitingCall]:
    """Return one caller for each sort of caller that waits and may be rung for now."""
    return [sort.example for sort in _sorts(now)]


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """Callers who are the same to every agent; `example` stands for all of them."""

    example: WaitingCall
    where: ColumnElement[bool]


def _sorts(now: datetime) -> list[_Sort]:
    """Return every sort of caller that waits and may be rung for now."""
    is_open = and_(QueueEntry.city_from.is_not(None), QueueEntry.city_from <= now)
    wanted = (
        select(
            QueueEntry.exchange_id,
            QueueEntry.needs,
            QueueEntry.sub_centre_id,
            is_open.label("is_open"),
        )
        .where(_may_ring(now))
        .distinct()
    )
    sorts = []
    for row in db.session.execute(wanted):
        example = WaitingCall(
            call_id=0,
            exchange_id=row.exchange_id,
            stands_since=now,
            needs=frozenset(row.needs.split()),
            sub_centre_id=row.sub_centre_id,
            city_from=now if row.is_open else None,
        )
        where = and_(
            QueueEntry.exchange_id == row.exchange_id,
            QueueEntry.needs == row.needs,
            QueueEntry.sub_centre_id.is_not_distinct_from(row.sub_centre_id),
            is_open if row.is_open else ~is_open,
        )
        sorts.append(_Sort(example=example, where=where))
    return sorts


def _first_of(sort: _Sort, *, now: datetime, count: int) -> Sequence[Any]:
    """Return the callers of a sort who stand nearest to the front."""
    wanted = (
        select(
            QueueEntry.call_id,
            QueueEntry.exchange_id,
            QueueEntry.stands_since,
            QueueEntry.needs,
            QueueEntry.sub_centre_id,
            QueueEntry.city_from,
            QueueEntry.preferred_agent_id,
        )
        .where(_may_ring(now), sort.where, QueueEntry.call_id.in_(calls.waiting_ids()))
        .order_by(QueueEntry.stands_since, QueueEntry.call_id)
        .limit(count)
    )
    return db.session.execute(wanted).all()


def _missed_by(call_ids: Sequence[int]) -> Pairs:
    """Return who let these callers' offers ring out."""
    missed: dict[int, frozenset[int]] = {}
    for begin in range(0, len(call_ids), AT_ONCE):
        some = call_ids[begin : begin + AT_ONCE]
        missed |= _pairs(Offer.call_id.in_(some), Offer.state == OfferState.MISSED)
    return missed


def _pairs(*where: ColumnElement[bool]) -> Pairs:
    """Return call → agents of the offers that fulfil this."""
    found: dict[int, set[int]] = defaultdict(set)
    for call_id, agent_id in db.session.execute(
        select(Offer.call_id, Offer.agent_id).where(*where)
    ):
        found[call_id].add(agent_id)
    return {call_id: frozenset(agents) for call_id, agents in found.items()}


# Asked many times a second, and built once: building them costs more than asking.
_A_CALLER = select(QueueEntry.id).where(_may_ring(bindparam("now"))).limit(1)
_MOST = _how_many_to_read()
_WANTED = _first_of_each_kind()
