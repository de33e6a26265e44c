"""Reads the two pictures that routing decides by: who waits, and who is free.

Of every sort of caller (same exchange, same needs, same side) only as many are read as there are
free agents, and none of a sort that nobody free could take. So a long line costs little, and
callers whom nobody can take hide nobody who could be helped. Of every kind of agent, in turn, only
as many are read as could be wanted: two thousand who wait for a call cost no more than a few.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from app.accounts import service as accounts
from app.call_queue.models import Offer, Presence, QueueEntry
from app.call_queue.presence_states import EntryState, OfferState, PresenceState
from app.call_queue.routing import FreeAgent, WaitingCall, can_take, may_be_offered
from app.calls import service as calls
from app.core.column_types import Moment
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


@dataclass(frozen=True, kw_only=True)
class Line:
    """The line as it stands: sorts of callers who may be rung for, and whom callers pass over."""

    at: datetime
    sorts: Sequence["_Sort"] = ()
    missed: Pairs = field(default_factory=dict)  # who let these callers' offers ring out
    resting: Pairs = field(default_factory=dict)  # whose phones were just refused for them
    most: int = 0
    """So many agents of each kind are enough: as many as wait, and were passed over."""


def read_line(now: datetime, *, looked_at: Collection[str] | None = None) -> Line:
    """Return the line as it stands; where nobody may be rung for, one question says so."""
    sorts = [sort for sort in _sorts(now) if may_be_offered(sort.example, looked_at=looked_at)]
    if not sorts:
        return Line(at=now)
    missed: dict[int, set[int]] = defaultdict(set)
    resting: dict[int, set[int]] = defaultdict(set)
    passed_over = db.session.execute(_PASSED_OVER, {"now": now}).all()
    for call_id, agent_id, is_missed, rests in passed_over:
        if is_missed:
            missed[call_id].add(agent_id)
        if rests:
            resting[call_id].add(agent_id)
    return Line(
        at=now,
        sorts=sorts,
        missed={call_id: frozenset(agents) for call_id, agents in missed.items()},
        resting={call_id: frozenset(agents) for call_id, agents in resting.items()},
        most=sum(sort.callers for sort in sorts) + len(passed_over),
    )


def read_free() -> list[FreeAgent]:
    """Return the agents who are ready and whose phone an exchange with a living link can ring."""
    return _read_ready(_READY)


def read_wanted(line: Line) -> list[FreeAgent]:
    """Return those of the free among whom the takers are of all who stand in this line.

    A caller passes over whom others took before him, and over who has just missed or refused him:
    so of each kind the longest idle are enough, as many as wait and were missed. The owner of an
    open ticket comes first however short he is idle.
    """
    return _read_ready(_WANTED, {"most": line.most}) if line.sorts else []


def _may_ring(now: Any) -> ColumnElement[bool]:
    return and_(
        QueueEntry.state == EntryState.WAITING,
        or_(QueueEntry.rest_until.is_(None), QueueEntry.rest_until <= now),
    )


def _who_is_passed_over() -> Select[int, int, bool, bool]:
    """Return the question for the offers that make a caller pass somebody over."""
    rests = Offer.rest_until > bindparam("now", type_=Moment)
    in_line = select(QueueEntry.call_id).where(QueueEntry.state == EntryState.WAITING)
    is_missed = Offer.state == OfferState.MISSED
    return select(
        Offer.call_id, Offer.agent_id, is_missed.label("is_missed"), rests.label("rests")
    ).where(or_(rests, and_(is_missed, Offer.call_id.in_(in_line))))


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


def read_waiting(line: Line, free: Sequence[FreeAgent]) -> list[WaitingCall]:
    """Return the callers among whom these agents' next calls are, in no particular order."""
    return [
        WaitingCall(
            call_id=row.call_id,
            exchange_id=row.exchange_id,
            stands_since=row.stands_since,
            needs=frozenset(row.needs.split()),
            sub_centre_id=row.sub_centre_id,
            city_from=row.city_from,
            preferred_agent_id=row.preferred_agent_id,
            missed_by=line.missed.get(row.call_id, NOBODY),
            resting_from=line.resting.get(row.call_id, NOBODY),
        )
        for sort in line.sorts
        if any(can_take(agent, sort.example, now=line.at) for agent in free)
        for row in _first_of(sort, now=line.at, count=len(free) + len(line.resting))
    ]


def sorts_waiting(now: datetime) -> list[WaitingCall]:
    """Return one caller for each sort of caller that waits and may be rung for now."""
    return [sort.example for sort in _sorts(now)]


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """Callers who are the same to every agent; `example` stands for all of them."""

    example: WaitingCall
    callers: int
    asked: Mapping[str, Any]


def _sorts(now: datetime) -> list[_Sort]:
    """Return every sort of caller that waits and may be rung for now."""
    return [
        _Sort(
            example=WaitingCall(
                call_id=0,
                exchange_id=row.exchange_id,
                stands_since=now,
                needs=frozenset(row.needs.split()),
                sub_centre_id=row.sub_centre_id,
                city_from=now if row.is_open else None,
            ),
            callers=row.callers,
            asked={
                "exchange_id": row.exchange_id,
                "needs": row.needs,
                "sub_centre_id": row.sub_centre_id,
                "is_open": row.is_open,
            },
        )
        for row in db.session.execute(_SORTS, {"now": now})
    ]


def _first_of(sort: _Sort, *, now: datetime, count: int) -> Sequence[Any]:
    """Return the callers of a sort who stand nearest to the front."""
    return db.session.execute(_FIRST, {**sort.asked, "now": now, "count": count}).all()


def _is_open(now: BindParameter[datetime]) -> ColumnElement[bool]:
    return and_(QueueEntry.city_from.is_not(None), QueueEntry.city_from <= now)


def _sorts_with_callers() -> Select[Any]:
    """Return the question for every sort of caller, and how many there are of it."""
    now: BindParameter[datetime] = bindparam("now", type_=Moment)
    each = (
        select(
            QueueEntry.exchange_id,
            QueueEntry.needs,
            QueueEntry.sub_centre_id,
            _is_open(now).label("is_open"),
        )
        .where(_may_ring(now))
        .subquery()
    )
    return select(each, func.count().label("callers")).group_by(*each.c)


def _first_of_a_sort() -> Select[Any, Any, Any, Any, Any, Any, Any]:
    now: BindParameter[datetime] = bindparam("now", type_=Moment)
    return (
        select(
            QueueEntry.call_id,
            QueueEntry.exchange_id,
            QueueEntry.stands_since,
            QueueEntry.needs,
            QueueEntry.sub_centre_id,
            QueueEntry.city_from,
            QueueEntry.preferred_agent_id,
        )
        .where(
            _may_ring(now),
            QueueEntry.exchange_id == bindparam("exchange_id"),
            QueueEntry.needs == bindparam("needs"),
            QueueEntry.sub_centre_id.is_not_distinct_from(bindparam("sub_centre_id")),
            _is_open(now) == bindparam("is_open", type_=Boolean),
            QueueEntry.call_id.in_(calls.waiting_ids()),
        )
        .order_by(QueueEntry.stands_since, QueueEntry.call_id)
        .limit(bindparam("count"))
    )


# Asked at every round, and built once: building them costs more than asking.
_SORTS = _sorts_with_callers()
_PASSED_OVER = _who_is_passed_over()
_WANTED = _first_of_each_kind()
_FIRST = _first_of_a_sort()
