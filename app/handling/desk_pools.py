"""What waits for a dispatcher, pool by pool: urgent first, then by when it is due.

Lists are walked by their keys, so a page stays where it is while tickets come and go above it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from app.core.database import db
from app.handling.clock_rules import ClockKind
from app.handling.models import Dispute, TicketClock, TimeWish
from app.handling.wish_states import WishState
from app.tickets import stepping
from app.tickets.service import Ticket
from app.tickets.ticket_states import TicketState, Urgency

ON_A_PAGE = 25
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for a due date that is not known; sorts last."""


class Pool(StrEnum):
    """Where tickets wait for a dispatcher, or for the hotline's manager."""

    TO_REVIEW = "to_review"
    TO_DISPATCH = "to_dispatch"
    NEED_INFO = "need_info"
    RETURNS = "returns"
    TIMES = "times"
    SUSPENDED = "suspended"
    DISPUTES = "disputes"
    AUDIT = "audit"


STATES = {
    Pool.TO_REVIEW: {TicketState.TO_REVIEW},
    Pool.TO_DISPATCH: {TicketState.TO_DISPATCH},
    Pool.NEED_INFO: {TicketState.NEED_INFO},
    Pool.RETURNS: {TicketState.RETURN_REVIEW},
    Pool.SUSPENDED: {TicketState.SUSPENDED},
    Pool.DISPUTES: {TicketState.ADJUDICATION},
    Pool.AUDIT: {TicketState.TO_AUDIT},
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is looked for. `after` is the key of the last row of the page before."""

    pool: Pool = Pool.TO_DISPATCH
    county_code: str = ""
    category_code: str = ""
    only_urgent: bool = False
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One ticket of a pool, and since when it waits there."""

    ticket: Ticket
    since: datetime


@dataclass(frozen=True, kw_only=True)
class PoolPage:
    """A page of a pool; `after` leads to the next one, empty on the last."""

    rows: list[Waiting]
    after: str


def waiting_in(asked: Asked, *, limit: int = ON_A_PAGE) -> PoolPage:
    """Return a page of a pool: the most urgent first, then the earliest due to be dispatched."""
    due = func.coalesce(_dispatch_due(), Ticket.due_at, NEVER)
    hurry = case(
        (Ticket.urgency == Urgency.VERY_URGENT, 0), (Ticket.urgency == Urgency.URGENT, 1), else_=2
    )
    since = stepping.moved_at()
    wanted = select(Ticket, hurry, due, since).where(*_where(asked))
    if (key := _read_key(asked.after)) is not None:
        at_hurry, at_due, at_id = key
        wanted = wanted.where(
            or_(
                hurry > at_hurry,
                and_(hurry == at_hurry, due > at_due),
                and_(hurry == at_hurry, due == at_due, Ticket.id > at_id),
            )
        )
    found = list(db.session.execute(wanted.order_by(hurry, due, Ticket.id).limit(limit + 1)))
    rows = [Waiting(ticket=row[0], since=row[3] or row[0].opened_at) for row in found[:limit]]
    after = ""
    if len(found) > limit:
        ticket, at_hurry, at_due, _since = found[limit - 1]
        after = f"{at_hurry}~{at_due.astimezone(UTC).isoformat()}~{ticket.id}"
    return PoolPage(rows=rows, after=after)


def counted() -> dict[Pool, int]:
    """Return how many tickets wait in each pool, by what is still owed: a small part of all."""
    asked: Select[TicketState, int] = select(Ticket.state, func.count()).group_by(Ticket.state)
    asked = asked.where(
        Ticket.closed_at.is_(None),
        Ticket.state.in_(frozenset[TicketState]().union(*STATES.values())),
    )
    by_state = {row[0]: row[1] for row in db.session.execute(asked)}
    numbers = {
        each: sum(by_state.get(state, 0) for state in states) for each, states in STATES.items()
    }
    times = select(func.count()).select_from(Ticket).where(_asks_time())
    provisional = select(func.count()).select_from(Ticket).where(_is_disputed())
    numbers[Pool.TIMES] = db.session.scalar(times) or 0
    numbers[Pool.DISPUTES] += db.session.scalar(provisional) or 0
    return numbers


def _where(asked: Asked) -> list[ColumnElement[bool]]:
    here: ColumnElement[bool]
    if asked.pool is Pool.TIMES:
        here = _asks_time()
    elif asked.pool is Pool.DISPUTES:
        here = or_(Ticket.state.in_(STATES[Pool.DISPUTES]), _is_disputed())
    else:
        here = Ticket.state.in_(STATES[asked.pool])
    wanted = [here]
    if asked.county_code:
        wanted.append(Ticket.county_code == asked.county_code)
    if asked.category_code:
        wanted.append(Ticket.category_code.startswith(asked.category_code, autoescape=True))
    if asked.only_urgent:
        wanted.append(Ticket.urgency != Urgency.NORMAL)
    return wanted


def _asks_time() -> ColumnElement[bool]:
    open_wish = exists().where(TimeWish.ticket_id == Ticket.id, TimeWish.state == WishState.OPEN)
    return and_(Ticket.state == TicketState.HANDLING, open_wish)


def _is_disputed() -> ColumnElement[bool]:
    """Handled for the time being, while the dispute goes on (F5)."""
    disputed = exists().where(Dispute.ticket_id == Ticket.id, Dispute.settled_at.is_(None))
    return and_(Ticket.state == TicketState.HANDLING, disputed)


def _dispatch_due() -> ColumnElement[datetime | None]:
    return (
        select(func.min(TicketClock.due_at))
        .where(
            TicketClock.ticket_id == Ticket.id,
            TicketClock.kind == ClockKind.DISPATCH,
            TicketClock.done_at.is_(None),
        )
        .correlate(Ticket)
        .scalar_subquery()
    )


def _read_key(key: str) -> tuple[int, datetime, int] | None:
    """Read a key of `waiting_in`; one that nobody made begins at the top."""
    try:
        hurry, due, ticket_id = key.split("~")
        moment = datetime.fromisoformat(due)
        return (int(hurry), moment, int(ticket_id)) if moment.tzinfo else None
    except ValueError:
        return None
