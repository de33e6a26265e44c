"""More time moves what it was given for; what was late or promised stays so by any rule."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.handling import timing, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.ticket_pictures import TicketPicture
from app.rules import working_calendar
from app.rules.calendar_notices import Notice
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, clock, saved, state

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")

BEFORE_NEW_YEAR = datetime(2026, 12, 14, 2, 0, tzinfo=UTC)


def counted() -> TicketPicture:
    """Return the newest ticket as figures count it."""
    now = wall.now()
    return tickets_opened(now - timedelta(days=99), now + timedelta(days=1), now=now)[-1]


def retyped(cast: Cast) -> int:
    """Bring a consultation that is a complaint after all to where its lead handles it."""
    ticket_id = play.open_one(cast, request_type=Nature.CONSULT)
    saved(timing.retype, ticket_id, Nature.COMPLAINT, "更正", doer=cast.dispatcher)
    play.send(cast, ticket_id)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    return ticket_id


def test_what_is_late_stays_late_by_a_rule_that_reaches_into_a_year_not_known_yet(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(BEFORE_NEW_YEAR)
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    promised = clock(ticket_id, ClockKind.CITIZEN).due_at
    assert promised is not None
    frozen.move_to(promised + timedelta(days=3))
    assert (counted().answered_in_time, counted().handled_in_time) == (False, False)

    saved(timing.retype, ticket_id, Nature.COMPLAINT, "更正", doer=cast.dispatcher)
    assert clock(ticket_id, ClockKind.CITIZEN).due_at == promised
    assert clock(ticket_id, ClockKind.CITIZEN).missing_year == 2027
    assert (counted().answered_in_time, counted().handled_in_time) == (False, False)

    saved(working_calendar.put_year, Notice(year=2027, where="示例", days=()))
    assert clock(ticket_id, ClockKind.CITIZEN).due_at == promised
    assert clock(ticket_id, ClockKind.CITIZEN).missing_year is None


def test_an_extension_that_the_citizen_was_told_moves_what_he_was_promised_before_a_retype(
    cast: Cast,
) -> None:
    ticket_id = retyped(cast)
    promised = clock(ticket_id, ClockKind.CITIZEN).due_at
    assert promised is not None
    told = play.reach(cast, ticket_id, call_id=spoken.call(cast.unit))
    wish = timing.NewTime(
        kind=timing.TimeKind.EXTENSION, reason="complex", basis="待鉴定", limit=read_limit("5wd"),
        told_in_contact_id=told,
    )  # fmt: skip
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)

    row = clock(ticket_id, ClockKind.CITIZEN)
    assert row.extensions == 1
    assert row.due_at == promised + timedelta(days=7)  # five working days and a week-end


def test_a_procedure_of_the_law_moves_what_was_promised_before_a_retype(cast: Cast) -> None:
    ticket_id = retyped(cast)
    wish = timing.NewTime(
        kind=timing.TimeKind.STATUTORY, reason="law", basis="行政处罚法第六十条",
        limit=read_limit("20wd"),
    )  # fmt: skip
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)

    citizens, units = clock(ticket_id, ClockKind.CITIZEN), clock(ticket_id, ClockKind.HANDLE)
    assert citizens.limit == "20wd"
    assert citizens.due_at == units.due_at


@pytest.mark.parametrize("law", ["行政处罚法第六十条", "市场监督管理投诉举报处理暂行办法" * 15])
def test_a_clock_that_runs_by_a_law_does_not_name_the_rule_that_it_left(
    cast: Cast, law: str
) -> None:
    ticket_id = play.handled(cast)
    assert clock(ticket_id, ClockKind.HANDLE).basis == "粤办函〔2022〕230号"
    wish = timing.NewTime(
        kind=timing.TimeKind.STATUTORY, reason="law", basis=law, limit=read_limit("60d")
    )
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)

    for kind in (ClockKind.HANDLE, ClockKind.CITIZEN):
        assert clock(ticket_id, kind).basis == law[:200]


def test_a_pause_that_was_asked_for_in_time_is_given_after_the_due_date_as_of_then(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    due = clock(ticket_id, ClockKind.HANDLE).due_at
    assert due is not None
    frozen.move_to(due - timedelta(minutes=10))
    wish = timing.NewTime(kind=timing.TimeKind.SUSPENSION, reason="law", basis="待鉴定")
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    frozen.move_to(due + timedelta(minutes=30))
    saved(timing.decide, ticket_id, agrees=True, words="同意", doer=cast.dispatcher)

    assert state(ticket_id) == "suspended"
    assert clock(ticket_id, ClockKind.HANDLE).due_at == due
    assert counted().handled_in_time is None  # it stands still, and was not late when it stopped

    frozen.shift(timedelta(days=2))
    saved(timing.resume, ticket_id, doer=cast.dispatcher)
    assert (clock(ticket_id, ClockKind.HANDLE).due_at or due) > wall.now()
