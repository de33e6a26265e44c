"""Clocks follow the calendar: those that wait for a year by themselves, all others by a person.

A clock keeps the version of the calendar it began with: office hours of another year, a corrected
notice or a region's day off move nothing that runs. Who lets what runs follow says why; each clock
then has a record of its own (which version, due until when, and who), and its ticket a step.
"""

from sqlalchemy import ColumnElement, func, select

from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.handling import clocks
from app.handling.events import ClocksReckonedAnew
from app.handling.models import ClockRuleChange as ClockRuleChange
from app.handling.models import TicketClock
from app.rules import working_calendar
from app.tickets import stepping
from app.tickets.ticket_moves import MoveLacks

AT_ONCE = 200
"""So many clocks follow in one save: their tickets are locked as long as it takes."""


def count_behind() -> int:
    """Count the clocks that are not done and stand by an older calendar than the newest."""
    return db.session.scalar(select(func.count()).where(_behind())) or 0


def let_follow(reason: str, *, by: int) -> int:
    """Let the next clocks follow the newest calendar; return how many, 0 where none is left.

    Raises MoveLacks without a reason.
    """
    if not reason.strip():
        raise MoveLacks(field="reason", what="reason")
    asked = select(TicketClock.id, TicketClock.ticket_id).where(_behind())
    found = db.session.execute(
        asked.order_by(TicketClock.ticket_id, TicketClock.id).limit(AT_ONCE)
    ).all()
    moved = 0
    for clock_id, ticket_id in found:
        ticket = stepping.read_for_change(ticket_id)
        row = db.session.get_one(TicketClock, clock_id, populate_existing=True)
        if row.done_at is not None:
            continue  # somebody was quicker
        was_due = row.due_at
        if not clocks.follow_calendar(row, reason=reason, by=by):
            continue
        moved += 1
        carried = {"clock": str(row.kind), "limit": row.limit, "reason": reason}
        dues = {"was_due": was_due, "due": row.due_at}
        carried |= {name: due.isoformat() for name, due in dues.items() if due is not None}
        stepping.write_step(
            ticket, "follow_rules", at=wall.now(), by=by, unit_id=None, carried=carried
        )
    if found:
        publish(ClocksReckonedAnew(clocks=len(found), moved=moved, by=by))
    return len(found)


def reckon_waiting(*, by: int | None) -> None:
    """Reckon every clock that waited for a year which is known now."""
    waits = TicketClock.missing_year.is_not(None)
    warns_late = TicketClock.done_at.is_(None) & TicketClock.warns_at.is_(None)
    asked = select(TicketClock).where(waits | warns_late).order_by(TicketClock.id)
    rows = list(db.session.scalars(asked))
    moved = sum(clocks.reckon_waiting(row, by=by) for row in rows)
    if rows:
        publish(ClocksReckonedAnew(clocks=len(rows), moved=moved, by=by))


def changes_of(clock_id: int) -> list[ClockRuleChange]:
    """Return every rule and calendar that a clock was given after its beginning, oldest first."""
    asked = select(ClockRuleChange).where(ClockRuleChange.clock_id == clock_id)
    return list(db.session.scalars(asked.order_by(ClockRuleChange.id)))


def _behind() -> ColumnElement[bool]:
    newest = working_calendar.newest_version()
    return TicketClock.done_at.is_(None) & (TicketClock.calendar_version != newest)
