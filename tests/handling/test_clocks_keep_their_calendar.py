"""A clock keeps the calendar it began with, and what moves it stands in its own history.

Other office hours once moved everything that ran, with one line of the audit for all of it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db
from app.handling import calendar_following, clocks, timing
from app.handling.clock_rules import ClockKind
from app.handling.events import ClockFollowedCalendar
from app.handling.models import ClockRuleChange, TicketClock, TimeKind
from app.rules import working_calendar
from app.rules.calendar_history import calendar_after, read_said
from app.rules.calendar_notices import Notice, NoticeDay
from app.rules.due_dates import CountingWay
from app.rules.models import CalendarVersion
from app.rules.office_hours import read_sessions
from app.rules.running_clocks import ClockRule, ClockStep, stand
from app.rules.time_limits import read_limit
from app.tickets import stepping
from app.tickets.ticket_moves import MoveLacks
from tests.handling import cast as play
from tests.handling.asking_time import agree, ask_time
from tests.handling.cast import Cast, clock, saved
from tests.rules.shipped_calendar import HOURS

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

WINTER, SINCE = "09:00-12:00 14:00-17:00", date(2026, 12, 1)
C, H = ClockKind.CITIZEN, ClockKind.HANDLE


def winter_hours(cast: Cast) -> None:
    """Let offices close earlier from December on."""
    hours = read_sessions(WINTER)
    saved(working_calendar.set_office_hours, SINCE, hours, set_by=cast.manager.user_id)


def feast(*days: int) -> Notice:
    """Return the notice of this year with days off in December."""
    known = [
        NoticeDay(day=each.day, name=each.name, is_off=each.is_off)
        for each in working_calendar.days_of_notice(2026)
    ]
    off = [NoticeDay(day=date(2026, 12, day), name="假日", is_off=True) for day in days]
    return Notice(year=2026, where="国办发明电〔2026〕更正", days=(*known, *off))


def due_by_history(row: TicketClock, *, until: datetime, limit: str, calendar: int) -> datetime:
    """Reckon a due date from nothing but what is kept: steps, limit, what was said of calendars."""
    asked = db.select(CalendarVersion).where(CalendarVersion.id <= calendar)
    said = [read_said(each.said) for each in db.session.scalars(asked.order_by(CalendarVersion.id))]
    working = calendar_after(said, usual=HOURS).working_time(row.calendar_region)
    steps = [
        ClockStep(event=each.event, at=each.at, by=read_limit(each.by_limit or "0min"))
        if each.by_limit
        else ClockStep(event=each.event, at=each.at)
        for each in clocks.steps_of(row.id)
        if each.saved_at <= until
    ]
    way = CountingWay(
        first_day=row.first_day, last_day_ends=row.last_day_ends, after_hours=row.after_hours
    )
    rule = ClockRule(limit=read_limit(limit), is_urgent=row.is_urgent, way=way)
    return stand(steps, rule, working, let_hold=len(steps)).due


def check_history(row: TicketClock) -> None:
    """See that every due date a clock ever had, and the one it has, follows from its history."""
    changes = calendar_following.changes_of(row.id)
    for before, after in pairwise(changes):
        assert (before.new_limit, before.new_calendar) == (after.old_limit, after.old_calendar)
    for each in changes:
        if each.new_due_at is not None:
            limit, calendar = each.new_limit, each.new_calendar
            due = due_by_history(row, until=each.at, limit=limit, calendar=calendar)
            assert each.new_due_at == due
    last = changes[-1] if changes else None
    assert last is None or (last.new_limit, last.new_calendar) == (row.limit, row.calendar_version)
    assert row.due_at == due_by_history(
        row, until=wall.now(), limit=row.limit, calendar=row.calendar_version
    )


def test_other_office_hours_move_nothing_that_runs_and_hold_for_what_begins(
    cast: Cast, tick: Callable[..., None]
) -> None:
    before = play.open_one(cast)
    promised = clock(before, C).due_at
    winter_hours(cast)
    tick(minutes=1)
    after = play.open_one(cast)

    assert clock(before, C).due_at == promised == datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
    assert clock(after, C).due_at == datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
    assert calendar_following.count_behind() == 2
    check_history(clock(before, C))


def test_a_clock_that_goes_on_goes_on_by_the_hours_it_began_with(
    cast: Cast, tick: Callable[..., None]
) -> None:
    ticket_id = play.handled(cast)
    winter_hours(cast)
    tick(days=1)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)

    due = clock(ticket_id, H).due_at
    assert due is not None
    assert (due.hour, due.minute) == (9, 30)
    check_history(clock(ticket_id, H))


def test_a_person_lets_what_runs_follow_and_every_clock_has_a_record_of_its_own(
    cast: Cast, heard: list[object], tick: Callable[..., None]
) -> None:
    ticket_id, done = play.handled(cast), play.audited(cast)
    kept = {each.id: each.due_at for each in clocks.clocks_of(done) if each.done_at is not None}
    winter_hours(cast)
    tick(minutes=1)
    with pytest.raises(MoveLacks):
        saved(calendar_following.let_follow, " ", by=cast.manager.user_id)

    followed = saved(calendar_following.let_follow, "冬令时作息", by=cast.manager.user_id)

    records = list(db.session.scalars(db.select(ClockRuleChange)))
    assert len(records) == followed > 1
    told = {each.clock_id: each for each in records}
    record = told[clock(ticket_id, C).id]
    assert (record.old_due_at, record.new_due_at) == (
        datetime(2026, 12, 14, 9, 30, tzinfo=UTC),
        datetime(2026, 12, 14, 9, 0, tzinfo=UTC),
    )
    assert (record.reason, record.by) == ("冬令时作息", cast.manager.user_id)
    assert record.old_calendar < record.new_calendar
    moved = [each for each in heard if isinstance(each, ClockFollowedCalendar)]
    assert len(moved) == sum(each.old_due_at != each.new_due_at for each in records)
    step = next(each for each in stepping.steps_of(ticket_id) if each.act == "follow_rules")
    assert (step.by, step.carried["reason"]) == (cast.manager.user_id, "冬令时作息")
    assert {each.id: each.due_at for each in clocks.clocks_of(done) if each.id in kept} == kept
    assert calendar_following.count_behind() == 0
    assert saved(calendar_following.let_follow, "再来", by=cast.manager.user_id) == 0


def test_a_corrected_notice_moves_nothing_until_a_person_says_so(
    cast: Cast, tick: Callable[..., None]
) -> None:
    ticket_id = play.open_one(cast)
    promised = clock(ticket_id, C).due_at
    saved(working_calendar.put_year, feast(7, 8), loaded_by=cast.manager.user_id)
    assert clock(ticket_id, C).due_at == promised
    tick(minutes=1)

    saved(calendar_following.let_follow, "按更正的通知", by=cast.manager.user_id)

    assert clock(ticket_id, C).due_at == datetime(2026, 12, 16, 9, 30, tzinfo=UTC)


def test_what_waited_for_a_year_follows_the_version_that_brings_it_with_a_record(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(datetime(2026, 12, 21, 2, 0, tzinfo=UTC))
    waits = play.open_one(cast)
    version = clock(waits, C).calendar_version
    frozen.shift(60)
    year = Notice(year=2027, where="国办发明电〔2026〕9 号", days=())
    saved(working_calendar.put_year, year, loaded_by=cast.manager.user_id)

    record = calendar_following.changes_of(clock(waits, C).id)[0]
    assert (record.old_due_at, record.by) == (None, cast.manager.user_id)
    assert record.reason == "国办发明电〔2026〕9 号"
    assert (record.old_calendar, record.new_calendar) == (
        version,
        working_calendar.newest_version(),
    )
    check_history(clock(waits, C))


def test_every_due_date_a_clock_ever_had_follows_from_its_history_alone(
    cast: Cast, tick: Callable[..., None]
) -> None:
    lived = [play.handled(cast), play.audited(cast), play.open_one(cast)]
    tick(hours=3)
    ask_time(cast, lived[0], TimeKind.EXTENSION, "5wd")
    agree(cast, lived[0])
    winter_hours(cast)
    tick(hours=20)
    saved(calendar_following.let_follow, "冬令时作息", by=cast.manager.user_id)
    tick(hours=1)
    saved(working_calendar.put_year, feast(9), loaded_by=cast.manager.user_id)
    tick(hours=1)
    ask_time(cast, lived[0], TimeKind.SUSPENSION)
    agree(cast, lived[0])
    tick(days=1)
    saved(calendar_following.let_follow, "按更正的通知", by=cast.manager.user_id)
    row = clock(lived[2], C)
    saved(timing.follow_rules_of_today, lived[2], row.id, "新规", doer=cast.manager)

    for ticket_id in lived:
        for row in clocks.clocks_of(ticket_id):
            check_history(row)
    assert len(calendar_following.changes_of(clock(lived[0], H).id)) == 2
