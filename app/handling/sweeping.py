"""What becomes of tickets by the mere passing of time; run by the one on duty, every half minute.

Each is a save of its own, so that one that fails holds up no other.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Select, exists, select

from app.calls import service as calls
from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.handling import clocks, unit_parts, visiting
from app.handling.acting import Doing, begin, common, end, matter_of
from app.handling.clock_rules import ClockKind
from app.handling.events import ClockNearlyDue, ClockRanOut, TicketArchived
from app.handling.models import TicketClock, Visit
from app.rules import rule_register
from app.tickets import stepping
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_moves import TicketAct
from app.tickets.ticket_states import OPEN_STATES, TicketState

AT_ONCE = 200
LATELY = timedelta(days=31)
"""How long a merged ticket is looked after: no call lasts so long."""
NEARLY_DUE = (
    TicketClock.is_running
    & TicketClock.done_at.is_(None)
    & TicketClock.told_nearly_due_at.is_(None)
)
RAN_OUT = (
    TicketClock.is_running & TicketClock.done_at.is_(None) & TicketClock.told_ran_out_at.is_(None)
)
ARCHIVED_FROM = (TicketState.CLOSED, TicketState.WITHDRAWN, TicketState.VOID)


def find_due(now: datetime) -> list[Callable[[], None]]:
    """Return what is to be done now, one act for each; each looks again before it acts."""
    late = select(TicketClock.id).where(RAN_OUT, TicketClock.due_at < now)
    late = late.order_by(TicketClock.due_at, TicketClock.id)
    warned = select(TicketClock.id).where(
        NEARLY_DUE, TicketClock.warns_at < now, TicketClock.due_at >= now
    )
    unsigned = (
        select(TicketClock.ticket_id)
        .join(Ticket, Ticket.id == TicketClock.ticket_id)
        .where(
            TicketClock.kind == ClockKind.SIGN,
            TicketClock.done_at.is_(None),
            TicketClock.due_at < now,
            Ticket.state == TicketState.TO_SIGN,
        )
    )
    return [
        *(partial(_run_out, each) for each in _first(late)),
        *(partial(_warn, each) for each in _first(warned)),
        *(partial(_sign, each) for each in _first(unsigned)),
        *(partial(_begin, each) for which in _without_clock(now) for each in _first(which)),
        *(partial(visiting.close_answered, each) for each in _answered()),
        *(partial(_archive, each) for each in _to_archive(now)),
    ]


def _first(asked: Select[int]) -> list[int]:
    return list(db.session.scalars(asked.limit(AT_ONCE)))


def _run_out(clock_id: int) -> None:
    row = db.session.get_one(TicketClock, clock_id, with_for_update=True, populate_existing=True)
    if row.told_ran_out_at is None and row.due_at is not None and row.done_at is None:
        row.told_ran_out_at = wall.now()
        publish(ClockRanOut(**_told(row), due_at=row.due_at))


def _warn(clock_id: int) -> None:
    row = db.session.get_one(TicketClock, clock_id, with_for_update=True, populate_existing=True)
    if row.told_nearly_due_at is None and row.due_at is not None and row.done_at is None:
        row.told_nearly_due_at = wall.now()
        publish(ClockNearlyDue(**_told(row), due_at=row.due_at))


def _sign(ticket_id: int) -> None:
    if stepping.read_for_change(ticket_id).state is not TicketState.TO_SIGN:
        return
    row = clocks.running(ticket_id, ClockKind.SIGN)
    if row is not None and row.due_at is not None and row.due_at < wall.now():
        unit_parts.sign_by_itself(ticket_id)


def _answered() -> list[int]:
    """Tickets whose own citizen has answered, and which waited for others that follow them."""
    said = exists().where(
        Visit.ticket_id == Ticket.id, Visit.round == Ticket.round, Visit.is_reached
    )
    wants_more = exists().where(
        Visit.ticket_id == Ticket.id, Visit.round == Ticket.round, Visit.asks_redo
    )  # it waits for a decision, and so may hundreds: they must not hide the others
    is_left = (Ticket.closed_at.is_(None), Ticket.state == TicketState.TO_VISIT, ~wants_more)
    waiting = _first(select(Ticket.id).where(*is_left, said).order_by(Ticket.due_at, Ticket.id))
    return [each for each in waiting if visiting.may_close(get_ticket(each))]


def _without_clock(now: datetime) -> list[Select[int]]:
    """Tickets whose citizen is owed an answer and has no clock, though his call is over.

    A merged ticket stays merged: only those are looked at whose call may have ended lately. In no
    order: by their ids, all tickets would be walked through to find none.
    """
    has_clock = exists().where(
        TicketClock.ticket_id == Ticket.id, TicketClock.kind == ClockKind.CITIZEN
    )
    owed = select(Ticket.id).where(~Ticket.is_channels_own, ~has_clock)
    return [
        owed.where(Ticket.closed_at.is_(None), Ticket.state.in_(OPEN_STATES)),
        owed.where(Ticket.opened_at >= now - LATELY, Ticket.state == TicketState.MERGED),
    ]


def _begin(ticket_id: int) -> None:
    ticket = stepping.read_for_change(ticket_id)
    call = calls.get_call(ticket.call_id) if ticket.call_id is not None else None
    ended_at = call.ended_at if call is not None else ticket.opened_at
    if ended_at is not None and clocks.newest(ticket_id, ClockKind.CITIZEN) is None:
        begun = clocks.Begin(kind=ClockKind.CITIZEN, matter=matter_of(ticket), at=ended_at)
        clocks.begin(ticket, begun)


def _archive(ticket_id: int) -> None:
    begun = begin(Doing(ticket_id=ticket_id, act=TicketAct.ARCHIVE, doer=None))
    end(begun, lambda told: TicketArchived(**told))


def _to_archive(now: datetime) -> list[int]:
    kept = rule_register.read_book().span("limit.archive", now)
    asked = select(Ticket.id).where(Ticket.state.in_(ARCHIVED_FROM), Ticket.closed_at < now - kept)
    return _first(asked.order_by(Ticket.closed_at, Ticket.id))


def _told(row: TicketClock) -> dict[str, Any]:
    ticket = get_ticket(row.ticket_id)
    return {**common(ticket, None), "clock": str(row.kind), "unit_id": row.unit_id}
