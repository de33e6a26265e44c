"""What waits at a unit: one tab for each thing that somebody there may have to do next."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.core.clock import CITY_TIME
from app.core.pagination import MOST_COUNTED, Page, count_of, page_of
from app.handling.clock_rules import ClockKind
from app.handling.models import Assignment as Assignment
from app.handling.models import Part as Part
from app.handling.models import Result, ReturnWish
from app.handling.models import TicketClock as TicketClock
from app.handling.wish_states import WishState
from app.tickets.service import Ticket
from app.tickets.ticket_states import OVER, TicketState

AT_WORK = (TicketState.HANDLING, TicketState.SUSPENDED, TicketState.RETURN_REVIEW)
OWED = (TicketState.TO_SIGN, TicketState.HANDLING)
HANDED_IN = (TicketState.TO_AUDIT, TicketState.TO_VISIT, *OVER)
OWN_CLOCKS = (ClockKind.HANDLE, ClockKind.ASSIST, ClockKind.CONTACT)


class Tab(StrEnum):
    """The tabs, in the order of the screen."""

    TO_SIGN = "to_sign"
    HANDLING = "handling"
    DUE_TODAY = "due_today"
    OVERDUE = "overdue"
    RETURNED = "returned"
    ASSISTING = "assisting"
    DONE = "done"


def tab_counts(unit_id: int, *, now: datetime) -> dict[Tab, int]:
    """Return how many tickets stand on each tab of a unit; one more than MOST_COUNTED is more."""
    return {tab: count_of(_of_tab(tab, unit_id, now=now), most=MOST_COUNTED) for tab in Tab}


def tickets_on(tab: Tab, unit_id: int, *, now: datetime, page: int, per_page: int) -> Page[Ticket]:
    """Return the tickets of a tab, urgent first, then what is due first; the newest of `done`."""
    wanted = _of_tab(tab, unit_id, now=now)
    if tab is Tab.DONE:
        wanted = wanted.order_by(Ticket.opened_at.desc(), Ticket.id.desc())
    else:
        wanted = wanted.order_by(Ticket.urgency.desc(), Ticket.due_at, Ticket.id)
    return page_of(wanted, page=page, per_page=per_page, most=MOST_COUNTED)


def _of_tab(tab: Tab, unit_id: int, *, now: datetime) -> Select[Ticket]:
    match tab:
        case Tab.TO_SIGN:
            led = _has_part(unit_id, Part.LEAD) & (Ticket.state == TicketState.TO_SIGN)
            asked = _has_part(unit_id, Part.ASSISTANT, Part.SENT_DOWN, unsigned=True)
            condition = or_(led, asked & Ticket.state.not_in(OVER))
        case Tab.HANDLING:
            condition = _has_part(unit_id, Part.LEAD) & Ticket.state.in_(AT_WORK)
        case Tab.DUE_TODAY:
            condition = _is_due(unit_id, since=now, until=_midnight_after(now))
        case Tab.OVERDUE:
            condition = _is_due(unit_id, since=None, until=now)
        case Tab.RETURNED:
            is_led = _has_part(unit_id, Part.LEAD) & (Ticket.state == TicketState.HANDLING)
            condition = and_(is_led, or_(_was_sent_back(), _return_was_refused(unit_id)))
        case Tab.ASSISTING:
            condition = _has_part(unit_id, Part.ASSISTANT, Part.SENT_DOWN) & Ticket.state.not_in(
                OVER
            )
        case Tab.DONE:
            had = exists().where(Assignment.ticket_id == Ticket.id, Assignment.unit_id == unit_id)
            is_handed_in = Ticket.state.in_(HANDED_IN)
            condition = had & or_(is_handed_in, ~_has_part(unit_id, *Part))
    return select(Ticket).where(condition)


def _has_part(unit_id: int, *parts: Part, unsigned: bool = False) -> ColumnElement[bool]:
    part = exists().where(
        Assignment.ticket_id == Ticket.id,
        Assignment.unit_id == unit_id,
        Assignment.part.in_(parts),
        Assignment.ended_at.is_(None),
    )
    return part.where(Assignment.signed_at.is_(None)) if unsigned else part


def _is_due(unit_id: int, *, since: datetime | None, until: datetime) -> ColumnElement[bool]:
    clock = exists().where(
        TicketClock.ticket_id == Ticket.id,
        TicketClock.unit_id == unit_id,
        TicketClock.kind.in_(OWN_CLOCKS),
        TicketClock.is_running,
        TicketClock.done_at.is_(None),
        TicketClock.due_at < until,
    )
    if since is not None:
        clock = clock.where(TicketClock.due_at >= since)
    return clock & Ticket.state.in_(OWED)


def _was_sent_back() -> ColumnElement[bool]:
    later = aliased(Result)
    is_newest = ~exists().where(later.ticket_id == Result.ticket_id, later.id > Result.id)
    return exists().where(
        Result.ticket_id == Ticket.id,
        Result.round == Ticket.round,
        Result.defect != "",
        is_newest,
    )


def _return_was_refused(unit_id: int) -> ColumnElement[bool]:
    return exists().where(
        ReturnWish.ticket_id == Ticket.id,
        ReturnWish.state == WishState.REFUSED,
        ReturnWish.assignment_id == Assignment.id,
        Assignment.unit_id == unit_id,
        Assignment.ended_at.is_(None),
    )


def _midnight_after(now: datetime) -> datetime:
    here = now.astimezone(CITY_TIME) + timedelta(days=1)
    return here.replace(hour=0, minute=0, second=0, microsecond=0)
