"""Time that was given holds, whatever calendar or limit is known later, and stops nothing.

Reckoning a clock again once refused what a person had decided long ago, and with it the calendar.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.handling import calendar_following, refusals, timing
from app.handling.clock_rules import ClockKind
from app.handling.models import TimeKind
from app.rules import rule_register, working_calendar
from app.rules.calendar_notices import Notice, NoticeDay
from app.rules.type_natures import Nature
from tests.handling import cast as play
from tests.handling.asking_time import agree, ask_time
from tests.handling.cast import Cast, clock, saved, state

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

LATE_IN_THE_YEAR = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
WEEKS_LATER = datetime(2027, 1, 25, 2, 0, tzinfo=UTC)
H = ClockKind.HANDLE


def load(year: int, *days: NoticeDay) -> None:
    """Load the calendar of a year."""
    saved(working_calendar.put_year, Notice(year=year, where="示例", days=days))


@pytest.mark.parametrize("kind", [TimeKind.EXTENSION, TimeKind.SUSPENSION])
def test_a_year_can_be_loaded_after_time_was_given_that_nobody_could_reckon(
    cast: Cast, frozen: time_machine.Traveller, kind: TimeKind
) -> None:
    frozen.move_to(LATE_IN_THE_YEAR)
    ticket_id = play.handled(cast)
    frozen.move_to(WEEKS_LATER)  # it would have been due a week before
    ask_time(cast, ticket_id, kind, "5wd" if kind is TimeKind.EXTENSION else "")
    agree(cast, ticket_id)

    load(2027)

    row = clock(ticket_id, H)
    assert row.missing_year is None
    assert row.due_at is not None
    assert row.is_running is (kind is TimeKind.EXTENSION)


def test_a_demand_due_in_natural_days_is_taken_in_before_the_next_year_is_known(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    saved(rule_register.set_value, "limit.complaint", "30d", basis="试行", valid_from=None)
    frozen.move_to(LATE_IN_THE_YEAR)
    ticket_id = play.handled(cast)
    row = clock(ticket_id, H)
    assert (row.missing_year, row.warns_at) == (None, None)
    assert row.due_at is not None

    load(2027)
    assert clock(ticket_id, H).warns_at is not None


def test_what_waits_for_a_year_is_not_extended_twice(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(LATE_IN_THE_YEAR)
    ticket_id = play.handled(cast)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)

    assert clock(ticket_id, H).extensions == 1
    with pytest.raises(refusals.TooManyExtensions):
        ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")


def test_a_notice_can_be_corrected_after_time_was_given_under_the_wrong_one(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    right = [
        NoticeDay(day=each.day, name=each.name, is_off=each.is_off)
        for each in working_calendar.days_of_notice(2026)
    ]
    feast = [NoticeDay(day=date(2026, 12, day), name="假日", is_off=True) for day in range(1, 12)]
    load(2026, *right, *feast)
    ticket_id = play.handled(cast)
    frozen.shift(timedelta(days=26))  # late by the right calendar, in time by the wrong one
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)

    load(2026, *right)
    saved(calendar_following.let_follow, "通知更正", by=cast.manager.user_id)

    row = clock(ticket_id, H)
    assert row.extensions == 1
    assert row.due_at is not None
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    assert state(ticket_id) == "to_audit"


def test_a_complaint_that_was_given_time_can_be_called_an_enquiry(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    frozen.shift(timedelta(days=10))
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)

    saved(timing.retype, ticket_id, Nature.CONSULT, "实为咨询", doer=cast.dispatcher)

    row = clock(ticket_id, H)
    assert (row.limit, row.extensions) == ("2wd", 1)
    assert row.due_at is not None
    assert row.due_at < wall.now()


def test_days_that_were_given_stay_days_under_a_law_that_counts_otherwise(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)

    ask_time(cast, ticket_id, TimeKind.STATUTORY, "60d")
    agree(cast, ticket_id)

    row = clock(ticket_id, H)
    assert (row.limit, row.extensions) == ("60d", 1)
