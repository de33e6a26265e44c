"""What a county or a bureau leads, and what the units below it owe to it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.core.database import db
from app.handling import clocks
from app.handling.acting import parts_of
from app.handling.clock_rules import ClockKind
from app.handling.models import Assignment, Part
from app.rules import rule_register, working_calendar
from app.rules.due_dates import reckon_due
from app.rules.working_time import CalendarYearMissing
from app.tickets.refusals import NoSuchTicket
from app.tickets.service import Ticket, get_ticket
from app.tickets.ticket_states import TicketState

LEADS_IN = (TicketState.TO_SIGN, TicketState.HANDLING)
MOST_LED = 200


@dataclass(frozen=True, kw_only=True)
class Led:
    """A ticket that a unit leads. `send_down_due`: by when it should be with a unit below."""

    ticket: Ticket
    since: datetime
    send_down_due: datetime | None
    is_sent_down: bool


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a unit below was asked for. `due_at` None: the lead's own time is the limit."""

    ticket_id: int
    unit_id: int
    asked_at: datetime
    is_signed: bool
    due_at: datetime | None
    is_late: bool
    is_given: bool


def led_by(unit_id: int) -> list[Led]:
    """Return what a unit leads now, the most urgent and earliest due first."""
    asked = (
        select(Ticket, Assignment)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(
            Assignment.unit_id == unit_id,
            Assignment.part == Part.LEAD,
            Assignment.ended_at.is_(None),
            Ticket.state.in_(LEADS_IN),
        )
        .order_by(Ticket.urgency.desc(), Ticket.due_at, Ticket.id)
        .limit(MOST_LED)
    )
    return [_led(ticket, part) for ticket, part in db.session.execute(asked)]


def read_as_lead(ticket_id: int, *, unit_id: int | None) -> Ticket:
    """Return a ticket to the unit that leads or led it. Raises NoSuchTicket to all others."""
    led = exists().where(
        Assignment.ticket_id == ticket_id,
        Assignment.unit_id == unit_id,
        Assignment.part == Part.LEAD,
    )
    if unit_id is None or not db.session.scalar(select(led)):
        raise NoSuchTicket
    return get_ticket(ticket_id)


def owed_in(ticket_ids: Collection[int], *, to: int, now: datetime) -> list[Owed]:
    """Return what units below were asked for by this unit in these tickets, oldest first."""
    asked = select(Assignment).where(
        Assignment.ticket_id.in_(ticket_ids),
        Assignment.asked_by_unit_id == to,
        Assignment.part == Part.SENT_DOWN,
        Assignment.ended_at.is_(None),
    )
    return [_owed(each, now=now) for each in db.session.scalars(asked.order_by(Assignment.id))]


def _led(ticket: Ticket, part: Assignment) -> Led:
    sent = parts_of(ticket.id, live=True, part=Part.SENT_DOWN)
    return Led(
        ticket=ticket,
        since=part.dispatched_at,
        send_down_due=_send_down_due(ticket, part),
        is_sent_down=any(each.asked_by_unit_id == part.unit_id for each in sent),
    )


def _send_down_due(ticket: Ticket, part: Assignment) -> datetime | None:
    """Return by when it should be with a unit below: of what is urgent on any day, and in time."""
    since, book, is_urgent = part.dispatched_at, rule_register.read_book(), ticket.urgency.hurries
    limit, way = book.limit("limit.county_send_down", since), book.counting(since)
    region = working_calendar.calendar_region(part.unit_id)
    working = working_calendar.working_time(region=region)
    try:
        due = reckon_due(since, limit, working, is_urgent=is_urgent, way=way).due
    except CalendarYearMissing:
        return None
    outer = clocks.running(ticket.id, ClockKind.HANDLE) if is_urgent else None
    return min(due, outer.due_at) if outer is not None and outer.due_at is not None else due


def _owed(part: Assignment, *, now: datetime) -> Owed:
    inner = [
        row for row in clocks.clocks_of(part.ticket_id, ClockKind.ASSIST)
        if row.unit_id == part.unit_id
    ]  # fmt: skip
    outer = clocks.running(part.ticket_id, ClockKind.HANDLE)
    row = inner[-1] if inner else outer
    due_at = row.due_at if row is not None else None
    return Owed(
        ticket_id=part.ticket_id,
        unit_id=part.unit_id,
        asked_at=part.dispatched_at,
        is_signed=part.signed_at is not None,
        due_at=due_at,
        is_late=part.opinion_at is None and due_at is not None and now > due_at,
        is_given=part.opinion_at is not None,
    )
