"""The clocks of tickets: begun with the rule of their moment, told what happens, reckoned anew.

A clock's due date is never set: it is a copy of what follows from its steps and its rule (see
`app.rules.running_clocks`). Where the calendar does not know a year yet, the clock runs without a
due date and waits for the year.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core import clock as wall
from app.core.database import db
from app.core.events import publish
from app.handling.clock_limits import Given as Given
from app.handling.clock_limits import limit_given as limit_given
from app.handling.clock_limits import limit_of as limit_of
from app.handling.clock_limits import limit_owed as limit_owed
from app.handling.clock_rules import ClockKind, Matter
from app.handling.events import ClockGivenRule, ClocksReckonedAnew
from app.handling.models import ClockRuleChange, TicketClock, TicketClockStep
from app.rules import rule_register, working_calendar
from app.rules.due_dates import CountingWay, Going
from app.rules.running_clocks import ClockEvent, ClockRule, ClockState, ClockStep, stand
from app.rules.time_limits import Limit, read_limit
from app.rules.warning_times import warns_from
from app.rules.working_time import CalendarYearMissing
from app.tickets.service import Ticket, get_ticket

LONGEST_BASIS = 200
"""So much of a basis a clock itself tells; the whole words stand in the record of the change."""


@dataclass(frozen=True, kw_only=True)
class Begin:
    """A clock to be begun. `limit` is given by hand, or None for what the rule of its kind says."""

    kind: ClockKind
    matter: Matter
    at: datetime
    by: int | None = None
    unit_id: int | None = None
    limit: Limit | None = None


def begin(ticket: Ticket, wanted: Begin) -> TicketClock:
    """Begin a clock of a ticket with the rules that hold at its start."""
    book = rule_register.read_book()
    given = limit_given(wanted.kind, wanted.matter, wanted.at)
    way = book.counting(wanted.at)
    row = TicketClock(
        ticket_id=ticket.id,
        kind=wanted.kind,
        nth=len(clocks_of(ticket.id, wanted.kind)) + 1,
        round=wanted.matter.round,
        unit_id=wanted.unit_id,
        limit=str(wanted.limit or given.limit),
        basis=given.basis if wanted.limit is None else "",
        is_urgent=wanted.matter.urgent is not None,
        first_day=way.first_day,
        last_day_ends=way.last_day_ends,
        after_hours=way.after_hours,
        warns_before=book.at("warn.before_due", wanted.at).value,
        rules_version=book.version_at(wanted.at),
        started_at=wanted.at,
    )
    db.session.add(row)
    db.session.flush()
    return tell(row, ClockEvent.STARTED, at=wanted.at, by=wanted.by)


def tell(
    row: TicketClock,
    event: ClockEvent,
    *,
    at: datetime,
    by: int | None,
    limit: Limit | None = None,
) -> TicketClock:
    """Tell a clock what happened. Raises ClockNotRunning, ClockOverdue, ExtendedByOtherUnit."""
    known = len(steps_of(row.id))
    db.session.add(
        TicketClockStep(
            clock_id=row.id,
            event=event,
            at=at,
            by_limit=str(limit) if limit else "",
            saved_at=wall.now(),
            saved_by=by,
        )
    )
    db.session.flush()
    _reckon(row, let_hold=known)
    return row


def extend(row: TicketClock, limit: Limit, *, at: datetime, by: int | None) -> TicketClock:
    """Give a clock more time, as of `at`; a promise that holds beside its rule moves as far.

    Raises what `tell` raises, and CalendarYearMissing where the promise would reach into a year
    that is not known yet.
    """
    if row.not_after is not None:
        going = Going(
            limit.unit, working_calendar.working_time(), is_urgent=row.is_urgent, way=_way(row)
        )
        row.not_after = going.extended(row.not_after, limit.amount)
    return tell(row, ClockEvent.EXTENDED, at=at, by=by, limit=limit)


def running(ticket_id: int, kind: ClockKind) -> TicketClock | None:
    """Return the newest clock of a kind that is not done: it runs, or is paused."""
    known = [each for each in clocks_of(ticket_id, kind) if each.done_at is None]
    return known[-1] if known else None


def newest(ticket_id: int, kind: ClockKind) -> TicketClock | None:
    """Return the newest clock of a kind, done or not."""
    known = clocks_of(ticket_id, kind)
    return known[-1] if known else None


def finish(ticket_id: int, kind: ClockKind, *, at: datetime, by: int | None) -> None:
    """Let the clock of a kind be done, if there is one that is not; a paused one goes on first."""
    row = running(ticket_id, kind)
    if row is None:
        return
    if not row.is_running:
        tell(row, ClockEvent.RESUMED, at=at, by=by)
    tell(row, ClockEvent.DONE, at=at, by=by)


def clocks_of(ticket_id: int, kind: ClockKind | None = None) -> list[TicketClock]:
    """Return a ticket's clocks in the order of their beginning."""
    asked = select(TicketClock).where(TicketClock.ticket_id == ticket_id)
    if kind is not None:
        asked = asked.where(TicketClock.kind == kind)
    return list(db.session.scalars(asked.order_by(TicketClock.id)))


def steps_of(clock_id: int) -> list[TicketClockStep]:
    """Return everything that happened to a clock, oldest first."""
    asked = select(TicketClockStep).where(TicketClockStep.clock_id == clock_id)
    return list(db.session.scalars(asked.order_by(TicketClockStep.id)))


def state_of(row: TicketClock) -> ClockState:
    """Reckon how a clock stands from its history. Raises CalendarYearMissing."""
    return state_after(row, steps_of(row.id))


def state_after(
    row: TicketClock, happened: Sequence[TicketClockStep], *, let_hold: int | None = None
) -> ClockState:
    """Reckon how a clock stands, or stood, after these steps. Raises CalendarYearMissing.

    All of them were judged when they happened, or only the first `let_hold`; then what `stand`
    raises, too.
    """
    steps = [
        ClockStep(event=e.event, at=e.at, by=read_limit(e.by_limit) if e.by_limit else None)
        for e in happened
    ]
    rule = ClockRule(limit=read_limit(row.limit), is_urgent=row.is_urgent, way=_way(row))
    held = len(steps) if let_hold is None else let_hold
    return stand(steps, rule, working_calendar.working_time(), let_hold=held)


def _way(row: TicketClock) -> CountingWay:
    return CountingWay(
        first_day=row.first_day, last_day_ends=row.last_day_ends, after_hours=row.after_hours
    )


def give_rule(
    row: TicketClock,
    given: Given,
    *,
    reason: str,
    by: int | None,
    keeps_promise: bool,
    asked_at: datetime | None = None,
) -> None:
    """Let a clock run by another limit, with a record of who did it and why.

    `keeps_promise`: what the citizen was promised does not move away from him; the due date may
    only come earlier. What is late stays late by any rule, unless it was asked for in time
    (`asked_at`); then nothing that was promised before stands in its way.
    """
    now, old_due, old_limit, old_version = wall.now(), row.due_at, row.limit, row.rules_version
    is_late = old_due is not None and (asked_at or now) > old_due and row.is_running
    book = rule_register.read_book()
    way = book.counting(now)
    row.limit, row.basis = str(given.limit), given.basis[:LONGEST_BASIS]
    row.rules_version = book.version_at(now)
    row.first_day, row.last_day_ends = way.first_day, way.last_day_ends
    row.after_hours = way.after_hours
    if (keeps_promise or is_late) and old_due is not None:
        row.not_after = old_due
    elif asked_at is not None:
        row.not_after = None
    _reckon(row)
    db.session.add(
        ClockRuleChange(
            clock_id=row.id,
            old_limit=old_limit,
            new_limit=row.limit,
            old_version=old_version,
            new_version=row.rules_version,
            old_due_at=old_due,
            new_due_at=row.due_at,
            reason=reason,
            at=now,
            by=by,
        )
    )
    ticket = get_ticket(row.ticket_id)
    publish(
        ClockGivenRule(
            ticket_id=ticket.id,
            number=ticket.number,
            by=by,
            clock=str(row.kind),
            old_limit=old_limit,
            new_limit=row.limit,
        )
    )


def reckon_unfinished() -> None:
    """Reckon anew every clock that is not done: the calendar is known better than before.

    A year was loaded that some waited for, its notice was corrected, or office hours are others.
    """
    asked = select(TicketClock).where(
        TicketClock.done_at.is_(None) | TicketClock.missing_year.is_not(None)
    )
    rows = list(db.session.scalars(asked.order_by(TicketClock.id)))
    moved = 0
    for row in rows:
        before = row.due_at
        _reckon(row)
        moved += before != row.due_at
    if rows:
        publish(ClocksReckonedAnew(clocks=len(rows), moved=moved))


def _reckon(row: TicketClock, *, let_hold: int | None = None) -> None:
    due_before, happened = row.due_at, steps_of(row.id)
    try:
        state = state_after(row, happened, let_hold=let_hold)
    except CalendarYearMissing as unknown:
        row.missing_year = int(str(unknown.parameters["year"]))
        row.due_at = row.not_after  # what was promised, or was late, needs no year
        row.warns_at = _warns_at(row)
        last = happened[-1]
        row.is_running = last.event not in {ClockEvent.PAUSED, ClockEvent.DONE}
        row.done_at = last.at if last.event is ClockEvent.DONE else None
        row.extensions = sum(each.event is ClockEvent.EXTENDED for each in happened)
    else:
        earlier = row.not_after is not None and row.not_after < state.due
        row.due_at = row.not_after if earlier else state.due
        row.missing_year = None
        row.warns_at = _warns_at(row)
        row.is_running, row.done_at = state.is_running, state.done_at
        row.extensions = state.extensions
    if row.due_at != due_before:
        _tell_again(row)
    if row.kind is ClockKind.CITIZEN:
        ticket = get_ticket(row.ticket_id)
        ticket.due_at = row.due_at
    db.session.flush()


def _tell_again(row: TicketClock) -> None:
    """A clock with a new due date warns once more and, if need be, is late once more."""
    now = wall.now()
    if row.due_at is None or row.due_at >= now:
        row.told_ran_out_at = None
    if row.warns_at is None or row.warns_at >= now:
        row.told_nearly_due_at = None


def _warns_at(row: TicketClock) -> datetime | None:
    """Return from when it warns; what is due in days of any kind may end in an unknown year."""
    if row.due_at is None:
        return None
    before, working = read_limit(row.warns_before), working_calendar.working_time()
    try:
        return warns_from(row.started_at, row.due_at, before, working, any_day=row.is_urgent)
    except CalendarYearMissing:
        return None  # until the year is loaded
