"""A clock is reckoned with the rules of its beginning, and waits for a year that is not known."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import db
from app.handling import clocks, timing
from app.handling.clock_rules import ClockKind, Matter, UrgentClass
from app.handling.models import ClockRuleChange
from app.rules import rule_register, working_calendar
from app.rules.calendar_notices import Notice
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveLacks, MoveNotYours
from app.tickets.ticket_states import Urgency
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

LATE_IN_THE_YEAR = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)


def test_what_runs_into_an_unknown_year_waits_for_it_and_is_due_when_it_is_loaded(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    frozen.move_to(LATE_IN_THE_YEAR)
    ticket_id = play.open_one(cast)
    assert (get_ticket(ticket_id).due_at, clock(ticket_id, ClockKind.CITIZEN).missing_year) == (
        None,
        2027,
    )

    saved(working_calendar.put_year, Notice(year=2027, where="示例", days=()))

    row = clock(ticket_id, ClockKind.CITIZEN)
    assert row.missing_year is None
    assert row.due_at is not None
    assert get_ticket(ticket_id).due_at == row.due_at
    assert row.due_at > datetime(2027, 1, 8, tzinfo=UTC)


def test_what_is_urgent_needs_no_calendar(cast: Cast, frozen: time_machine.Traveller) -> None:
    frozen.move_to(LATE_IN_THE_YEAR)
    ticket_id = play.open_one(cast, urgency=Urgency.URGENT, content="井盖缺失，有人跌落")

    assert clock(ticket_id, ClockKind.CITIZEN).due_at == datetime(2026, 12, 21, 4, 0, tzinfo=UTC)
    assert clock(ticket_id, ClockKind.DISPATCH).limit == "10min"


def test_a_running_clock_keeps_the_rule_it_began_with(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    before = clock(ticket_id, ClockKind.CITIZEN)
    version, due = before.rules_version, before.due_at
    saved(rule_register.set_value, "limit.complaint", "5wd", basis="试行", valid_from=None)
    play.send(cast, ticket_id)

    assert clock(ticket_id, ClockKind.CITIZEN).due_at == due
    assert clock(ticket_id, ClockKind.CITIZEN).rules_version == version
    assert clock(ticket_id, ClockKind.HANDLE).limit == "5wd"
    assert clock(ticket_id, ClockKind.HANDLE).rules_version != version


def test_a_person_lets_a_running_clock_follow_the_rules_of_today_with_a_record(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    row = clock(ticket_id, ClockKind.CITIZEN)
    saved(rule_register.set_value, "limit.complaint", "5wd", basis="试行", valid_from=None)
    with pytest.raises(MoveNotYours):
        saved(timing.follow_rules_of_today, row.ticket_id, row.id, "新规", doer=cast.dispatcher)
    with pytest.raises(MoveLacks):
        saved(timing.follow_rules_of_today, row.ticket_id, row.id, " ", doer=cast.manager)

    saved(
        timing.follow_rules_of_today, row.ticket_id, row.id, "新规自今日起执行", doer=cast.manager
    )

    assert clock(ticket_id, ClockKind.CITIZEN).limit == "5wd"
    record = db.session.scalars(db.select(ClockRuleChange)).one()
    assert (record.old_limit, record.new_limit, record.by) == ("15wd", "5wd", cast.manager.user_id)
    assert record.reason == "新规自今日起执行"


def test_a_longer_type_never_moves_what_the_citizen_was_promised(cast: Cast) -> None:
    ticket_id = play.open_one(cast, request_type=Nature.CONSULT)
    promised = get_ticket(ticket_id).due_at
    saved(timing.retype, ticket_id, Nature.COMPLAINT, "实为投诉", doer=cast.dispatcher)

    assert get_ticket(ticket_id).due_at == promised
    saved(timing.retype, ticket_id, Nature.CONSULT, "核实后为咨询", doer=cast.dispatcher)
    assert get_ticket(ticket_id).due_at == promised


def test_a_shorter_type_brings_the_promise_forward(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    promised = get_ticket(ticket_id).due_at
    saved(timing.retype, ticket_id, Nature.CONSULT, "实为咨询", doer=cast.dispatcher)

    due = get_ticket(ticket_id).due_at
    assert due is not None
    assert promised is not None
    assert due < promised


def test_a_copy_beside_a_clock_is_what_follows_from_its_history(cast: Cast) -> None:
    ticket_id = play.audited(cast)

    for row in clocks.clocks_of(ticket_id):
        state = clocks.state_of(row)
        assert (row.due_at, row.is_running, row.done_at) == (
            state.due,
            state.is_running,
            state.done_at,
        )


def test_a_category_with_a_limit_of_its_own_for_the_type_goes_before_the_city(
    cast: Cast, tick: Callable[..., None]
) -> None:
    before = play.open_one(cast)
    tick(minutes=1)
    play.own_limits("02", complaint="7wd")
    tick(minutes=1)
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    play.send(cast, before)

    for kind in (ClockKind.CITIZEN, ClockKind.HANDLE):
        row = clock(ticket_id, kind)
        assert (row.limit, row.basis) == ("7wd", "专项规定")
    assert clock(ticket_id, ClockKind.SIGN).basis != "专项规定"
    # what was promised before the change stays promised
    assert clock(before, ClockKind.CITIZEN).limit == "15wd"
    assert clock(before, ClockKind.HANDLE).limit == "7wd"

    row = clock(before, ClockKind.CITIZEN)
    saved(timing.follow_rules_of_today, row.ticket_id, row.id, "专项规定施行", doer=cast.manager)
    assert clock(before, ClockKind.CITIZEN).limit == "7wd"


def test_a_redo_has_never_longer_than_the_category_gave_at_first_and_urgency_goes_before_both(
    cast: Cast,
) -> None:
    play.own_limits("0201", complaint="2wd", help="30wd")
    at = wall.now()
    about: dict[str, Any] = {"urgent": None, "category_code": "0201"}
    first = Matter(request_type="complaint", nature=Nature.COMPLAINT, **about)
    help_asked = Matter(request_type="help", nature=Nature.HELP, **about)
    redo = clocks.limit_of(
        ClockKind.HANDLE,
        Matter(request_type="complaint", nature=Nature.COMPLAINT, urgent=None, round=2),
        at,
    )

    assert str(clocks.limit_of(ClockKind.HANDLE, first, at)) == "2wd"
    assert str(clocks.limit_of(ClockKind.HANDLE, replace(first, round=2), at)) == "2wd"
    assert str(clocks.limit_of(ClockKind.HANDLE, help_asked, at)) == "30wd"
    assert clocks.limit_of(ClockKind.HANDLE, replace(help_asked, round=2), at) == redo
    urgent = replace(first, urgent=UrgentClass.LIFE)
    assert clocks.limit_of(ClockKind.HANDLE, urgent, at) == clocks.limit_of(
        ClockKind.HANDLE, replace(urgent, category_code=""), at
    )
    ticket_id = play.open_one(cast, urgency=Urgency.URGENT)
    assert clock(ticket_id, ClockKind.CITIZEN).basis != "专项规定"
