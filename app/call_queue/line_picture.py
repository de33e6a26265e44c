"""Reads the two pictures that routing decides by: who waits, and who is free.

Of every sort of caller (same exchange, same needs, same side) only as many are read as there are
free agents, and none of a sort that nobody free could take. So a long line costs little, and
callers whom nobody can take hide nobody who could be helped.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

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


def does_anybody_wait(now: datetime) -> bool:
    """Say, by a cheap look, whether there is a caller who may be rung for."""
    wanted = select(QueueEntry.id).where(_may_ring(now)).limit(1)
    return db.session.execute(wanted).first() is not None


def read_free() -> list[FreeAgent]:
    """Return the agents who are ready and whose phone an exchange with a living link can ring."""
    wanted = select(Presence.agent_id, Presence.phone, Presence.idle_since).where(
        Presence.state == PresenceState.READY
    )
    ready = db.session.execute(wanted).all()
    if not ready:
        return []
    there = calls.phones_on_links_up()
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


def _may_ring(now: datetime) -> ColumnElement[bool]:
    return and_(
        QueueEntry.state == EntryState.WAITING,
        or_(QueueEntry.rest_until.is_(None), QueueEntry.rest_until <= now),
    )


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
