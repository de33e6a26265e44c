"""Reads the two pictures that routing decides by: who waits, and who is free.

Of every sort of caller (same exchange, same needs, same side) only as many are read as there are
free agents, and none of a sort that nobody free could take. So a long line costs little, and
callers whom nobody can take hide nobody who could be helped. Of the agents, in turn, only as many
are read as could be wanted: two thousand who wait for a call cost no more than a few.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
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

SPARE = 6
"""So many more of the longest idle than wait are looked at first: some have lost their phone, and
some cannot take what is asked for."""

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
    has_owners: bool = False
    """Whether somebody waits whom the owner of his ticket should take, however short he is idle."""

    @property
    def only(self) -> WaitingCall | None:
        """Return the caller where but one stands here: nobody need ask which of them are first."""
        return self.sorts[0].first if sum(sort.callers for sort in self.sorts) == 1 else None


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
        has_owners=any(sort.has_owners for sort in sorts),
    )


def read_free() -> list[FreeAgent]:
    """Return the agents who are ready and whose phone an exchange with a living link can ring."""
    return _with_a_line(_agents(_ALL))


def read_wanted(line: Line) -> list[FreeAgent]:
    """Return those of the free among whom the takers are of all who stand in this line.

    A caller passes over whom others took before him, and over who has just missed or refused him:
    so the longest idle are enough, as many as wait and were missed, where so many of them are on
    the side of every sort that waits. Else so many of each kind are. The owner of an open ticket
    comes first however short he is idle.
    """
    if not line.sorts:
        return []
    if not line.has_owners:
        count = line.most + SPARE
        longest = _agents(_LONGEST_IDLE, {"count": count})
        if len(longest) < count or _are_enough(longest, line):
            return _with_a_line(longest)
    return _with_a_line(_agents(_WANTED, {"most": line.most}))


def _are_enough(agents: Sequence[FreeAgent], line: Line) -> bool:
    """Say whether each sort finds as many takers among them, none of whom helps out."""
    return all(
        sum(
            agent.sub_centre_id == sort.example.sub_centre_id
            and can_take(agent, sort.example, now=line.at)
            for agent in agents
        )
        >= line.most
        for sort in line.sorts
    )


def _may_ring(now: Any) -> ColumnElement[bool]:
    return and_(
        QueueEntry.state == EntryState.WAITING,
        or_(QueueEntry.rest_until.is_(None), QueueEntry.rest_until <= now),
    )


IS_ANYBODY_WAITING: ColumnElement[bool] = exists().where(_may_ring(bindparam("now", type_=Moment)))
"""The question, for use inside another, whether the phone of somebody free would be rung `now`."""


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


def _longest_idle() -> Select[int, str, datetime]:
    in_turn = _READY.order_by(Presence.idle_since, Presence.agent_id)
    return in_turn.limit(bindparam("count"))


def _with_seats_and_lines(wanted: Select[int, str, datetime]) -> Select[Any]:
    """Return the question for these agents with what they know and the exchanges of their phones.

    One row for each exchange; one without for who has lost his phone.
    """
    ready, seat = wanted.subquery(), accounts.rows_of_seats().subquery()
    line = calls.lines_up().subquery()
    return (
        select(ready.c.agent_id, ready.c.idle_since, seat, line.c.exchange_id)
        .join(seat, seat.c.id == ready.c.agent_id)
        .outerjoin(line, line.c.phone == ready.c.phone)
    )


def _agents(asked: Select[Any], said: Mapping[str, int] | None = None) -> list[FreeAgent]:
    """Return who is ready by this question, be it without a phone that can be rung."""
    found: dict[int, FreeAgent] = {}
    for row in db.session.execute(asked, said):
        exchange_ids = frozenset({row.exchange_id} if row.exchange_id is not None else ())
        known = found.get(row.agent_id)
        if known is not None:
            both = known.exchange_ids | exchange_ids
            found[row.agent_id] = replace(known, exchange_ids=both)
            continue
        seat = accounts.seat_of(row)
        found[row.agent_id] = FreeAgent(
            agent_id=row.agent_id,
            skills=seat.skills,
            exchange_ids=exchange_ids,
            idle_since=row.idle_since,
            sub_centre_id=seat.sub_centre_id,
            helps_city=CITY_SKILL in seat.skills,
        )
    return list(found.values())


def _with_a_line(agents: Sequence[FreeAgent]) -> list[FreeAgent]:
    return [agent for agent in agents if agent.exchange_ids]


def read_waiting(line: Line, free: Sequence[FreeAgent]) -> list[WaitingCall]:
    """Return the callers among whom these agents' next calls are, in no particular order."""
    if line.only is not None:
        firsts: Sequence[WaitingCall] = [line.only]
    else:
        firsts = [
            _waiting(row)
            for sort in line.sorts
            if any(can_take(agent, sort.example, now=line.at) for agent in free)
            for row in _first_of(sort, now=line.at, count=len(free) + len(line.resting))
        ]
    return [
        replace(
            call,
            missed_by=line.missed.get(call.call_id, NOBODY),
            resting_from=line.resting.get(call.call_id, NOBODY),
        )
        for call in firsts
    ]


def _waiting(row: Any) -> WaitingCall:
    return WaitingCall(
        call_id=row.call_id,
        exchange_id=row.exchange_id,
        stands_since=row.stands_since,
        needs=frozenset(row.needs.split()),
        sub_centre_id=row.sub_centre_id,
        city_from=row.city_from,
        preferred_agent_id=row.preferred_agent_id,
    )


def sorts_waiting(now: datetime) -> list[WaitingCall]:
    """Return one caller for each sort of caller that waits and may be rung for now."""
    return [sort.example for sort in _sorts(now)]


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """Callers who are the same to every agent; `example` stands for all of them.

    `first` is the caller himself where there is one only; where there are more, nobody.
    """

    example: WaitingCall
    first: WaitingCall
    callers: int
    has_owners: bool
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
            first=_waiting(row),
            callers=row.callers,
            has_owners=row.owners > 0,
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
            QueueEntry.call_id,
            QueueEntry.stands_since,
            QueueEntry.city_from,
            QueueEntry.preferred_agent_id,
        )
        .where(_may_ring(now))
        .subquery()
    )
    sort = [each.c[name] for name in ("exchange_id", "needs", "sub_centre_id", "is_open")]
    one = ("call_id", "stands_since", "city_from", "preferred_agent_id")
    return select(
        *sort,
        func.count().label("callers"),
        func.count(each.c.preferred_agent_id).label("owners"),
        *(func.min(each.c[name]).label(name) for name in one),  # exact where there is one caller
    ).group_by(*sort)


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
_ALL = _with_seats_and_lines(_READY)
_LONGEST_IDLE = _with_seats_and_lines(_longest_idle())
_WANTED = _with_seats_and_lines(_first_of_each_kind())
_FIRST = _first_of_a_sort()
