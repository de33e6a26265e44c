"""The clocks of tickets: begun with the rule of their moment, told what happens, reckoned anew.

A clock's due date is never set: it is a copy of what follows from its steps and its rule (see
`app.rules.running_clocks`). It is reckoned by the version of the calendar it began with, until a
person lets it follow a newer one (`calendar_following`). Where the calendar does not know a year
yet, the clock runs without a due date, waits for the year and follows the version that brings it.
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
from app.handling.clock_rules import BY_CALENDAR_OF_UNIT, ClockKind, Matter
from app.handling.events import ClockFollowedCalendar, ClockGivenRule
from app.handling.models import ClockRuleChange, TicketClock, TicketClockStep
from app.rules import rule_register, working_calendar
from app.rules.due_dates import CountingWay, Going
from app.rules.running_clocks import ClockEvent, ClockRule, ClockState, ClockStep, stand
from app.rules.time_limits import Limit, read_limit
from app.rules.warning_times import warns_from
from app.rules.working_time import CalendarYearMissing, WorkingTime
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
        calendar_version=working_calendar.newest_version(),
        calendar_region=region_for(wanted.kind, wanted.unit_id),
        started_at=wanted.at,
    )
    db.session.add(row)
    db.session.flush()
    return tell(row, ClockEvent.STARTED, at=wanted.at, by=wanted.by)


def region_for(kind: ClockKind, unit_id: int | None) -> str:
    """Return by the calendar of which region such a clock is reckoned; "" is the city."""
    return working_calendar.calendar_region(unit_id) if kind in BY_CALENDAR_OF_UNIT else ""


def working_of(row: TicketClock) -> WorkingTime:
    """Return the picture of the calendar that a clock is reckoned with."""
    return working_calendar.working_time(version=row.calendar_version, region=row.calendar_region)


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
        going = Going(limit.unit, working_of(row), is_urgent=row.is_urgent, way=_way(row))
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
    row: TicketClock,
    happened: Sequence[TicketClockStep],
    *,
    let_hold: int | None = None,
    working: WorkingTime | None = None,
) -> ClockState:
    """Reckon how a clock stands, or stood, after these steps. Raises CalendarYearMissing.

    All of them were judged when they happened, or only the first `let_hold`; then what `stand`
    raises, too. `working`: by another calendar than its own.
    """
    steps = [
        ClockStep(event=e.event, at=e.at, by=read_limit(e.by_limit) if e.by_limit else None)
        for e in happened
    ]
    rule = ClockRule(limit=read_limit(row.limit), is_urgent=row.is_urgent, way=_way(row))
    held = len(steps) if let_hold is None else let_hold
    return stand(steps, rule, working or working_of(row), let_hold=held)


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
    """Let a clock run by another limit and today's calendar, with a record of who and why.

    `keeps_promise`: what the citizen was promised does not move away from him; the due date may
    only come earlier. What is late stays late by any rule, unless it was asked for in time
    (`asked_at`); then nothing that was promised before stands in its way.
    """
    now, old_due, before = wall.now(), row.due_at, _before(row)
    is_late = old_due is not None and (asked_at or now) > old_due and row.is_running
    book = rule_register.read_book()
    way = book.counting(now)
    row.limit, row.basis = str(given.limit), given.basis[:LONGEST_BASIS]
    row.rules_version = book.version_at(now)
    row.first_day, row.last_day_ends = way.first_day, way.last_day_ends
    row.after_hours = way.after_hours
    row.calendar_version = working_calendar.newest_version()
    if (keeps_promise or is_late) and old_due is not None:
        row.not_after = old_due
    elif asked_at is not None:
        row.not_after = None
    _reckon(row)
    _record(row, before, reason=reason, by=by)
    ticket = get_ticket(row.ticket_id)
    publish(
        ClockGivenRule(
            ticket_id=ticket.id,
            number=ticket.number,
            by=by,
            clock=str(row.kind),
            old_limit=before.old_limit,
            new_limit=row.limit,
        )
    )


def follow_calendar(row: TicketClock, *, reason: str, by: int | None) -> bool:
    """Let a clock be reckoned by the newest calendar, with a record; say whether its due moved.

    What is late stays late by any calendar: a day off that is declared today makes nothing punctual
    that was due yesterday.
    """
    before = _before(row)
    row.calendar_version = working_calendar.newest_version()
    if row.is_running and row.due_at is not None and row.due_at < wall.now():
        row.not_after = row.due_at
    _reckon(row)
    _record(row, before, reason=reason, by=by)
    return _tell_moved(row, before, by=by)


def reckon_waiting(row: TicketClock, *, by: int | None) -> bool:
    """Reckon a clock that waited for a year, if it is known now; say whether its due moved."""
    due_before = row.due_at
    _reckon(row, by=by)
    return row.due_at != due_before


def _before(row: TicketClock) -> ClockRuleChange:
    """Begin the record of a change with how the clock stands before it."""
    return ClockRuleChange(
        clock_id=row.id,
        old_limit=row.limit,
        old_version=row.rules_version,
        old_calendar=row.calendar_version,
        old_due_at=row.due_at,
    )


def _record(row: TicketClock, before: ClockRuleChange, *, reason: str, by: int | None) -> None:
    before.new_limit, before.new_version = row.limit, row.rules_version
    before.new_calendar, before.new_due_at = row.calendar_version, row.due_at
    before.reason, before.at, before.by = reason, wall.now(), by
    db.session.add(before)
    db.session.flush()


def _tell_moved(row: TicketClock, before: ClockRuleChange, *, by: int | None) -> bool:
    if row.due_at == before.old_due_at:
        return False
    publish(
        ClockFollowedCalendar(
            ticket_id=row.ticket_id,
            number=get_ticket(row.ticket_id).number,
            by=by,
            clock=str(row.kind),
            old_due_at=before.old_due_at,
            new_due_at=row.due_at,
        )
    )
    return True


def _reckon(row: TicketClock, *, let_hold: int | None = None, by: int | None = None) -> None:
    due_before, happened, before = row.due_at, steps_of(row.id), _before(row)
    held = len(happened) if let_hold is None else let_hold
    try:
        state = _state_known(row, happened, let_hold=held)
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
    if row.calendar_version != before.old_calendar:
        _record(row, before, reason=_newest_notice(), by=by)
        _tell_moved(row, before, by=by)
    if row.due_at != due_before:
        _tell_again(row)
    if row.kind is ClockKind.CITIZEN:
        ticket = get_ticket(row.ticket_id)
        ticket.due_at = row.due_at
    db.session.flush()


def _state_known(
    row: TicketClock, happened: Sequence[TicketClockStep], *, let_hold: int
) -> ClockState:
    """Reckon a clock by its own calendar, or by the newest where that knows a year more."""
    try:
        return state_after(row, happened, let_hold=let_hold)
    except CalendarYearMissing:
        newest = working_calendar.newest_version()
        working = working_calendar.working_time(version=newest, region=row.calendar_region)
        if newest == row.calendar_version or working.years == working_of(row).years:
            raise
        state = state_after(row, happened, let_hold=let_hold, working=working)
        row.calendar_version = newest
        return state


def _newest_notice() -> str:
    """Return where the notice of the newest year stands: it is why a clock waits no more."""
    years = working_calendar.calendar().years
    return years[max(years)]


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
    before, due_at = read_limit(row.warns_before), row.due_at
    for working in (working_of(row), working_calendar.working_time(region=row.calendar_region)):
        try:
            return warns_from(row.started_at, due_at, before, working, any_day=row.is_urgent)
        except CalendarYearMissing:
            continue
    return None  # until the year is loaded
