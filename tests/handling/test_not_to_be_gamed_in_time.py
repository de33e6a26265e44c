"""Who wants better figures without better work tries it by the clocks. Each try fails, or shows."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.core.database import unit_of_work
from app.handling import (
    calendar_following,
    clocks,
    contacting,
    dispatching,
    disputing,
    following,
    merging,
    refusals,
    results,
    returning,
    telling_figures,
    timing,
    unit_parts,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.handling.models import TimeKind
from app.rules import rule_register, working_calendar
from app.rules.calendar_notices import Notice, NoticeDay
from app.rules.office_hours import read_sessions
from app.rules.refusals import ChangesThePast
from app.rules.running_clocks import ClockOverdue
from app.rules.type_natures import Nature
from app.tickets import stepping
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible, MoveNotYours
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import agree, ask_time, at_due
from tests.handling.cast import Cast, clock, saved, state, sweep

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
H, C = ClockKind.HANDLE, ClockKind.CITIZEN


def test_who_sits_on_a_ticket_before_its_dispatch_is_late_by_a_clock_of_his_own(
    cast: Cast, frozen: time_machine.Traveller, heard: list[object]
) -> None:
    ticket_id = play.open_one(cast)
    promised = get_ticket(ticket_id).due_at
    at_due(ticket_id, ClockKind.DISPATCH, frozen, after=60)
    sweep()
    play.send(cast, ticket_id)

    assert [each.clock for each in heard if type(each).__name__ == "ClockRanOut"] == ["dispatch"]
    late = telling_figures.late_by_kind(clocks.clocks_of(ticket_id), wall.now())
    assert late[ClockKind.DISPATCH] == telling_figures.Share(times=1, of=1)
    assert get_ticket(ticket_id).due_at == promised


def test_asking_for_what_is_missing_stops_the_dispatchers_clock_and_not_the_citizens(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.open_one(cast)
    promised = clock(ticket_id, C).due_at
    saved(dispatching.ask_info, ticket_id, "哪条路", doer=cast.dispatcher)
    tick(days=10)
    saved(dispatching.give_info, ticket_id, "长安大道", doer=cast.agent)

    assert (clock(ticket_id, C).due_at, clock(ticket_id, C).is_running) == (promised, True)
    acts = stepping.steps_of(ticket_id)
    assert telling_figures.acts_counted(acts, "ask_info").times == 1
    still = telling_figures.suspended_share(
        clocks.steps_of(clock(ticket_id, ClockKind.DISPATCH).id), wall.now()
    )
    assert still == 1.0


def test_not_signing_gains_nothing_and_is_counted(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    due = clock(ticket_id, H).due_at
    at_due(ticket_id, ClockKind.SIGN, frozen, after=1)
    sweep()

    assert (state(ticket_id), clock(ticket_id, H).due_at) == ("handling", due)
    assert telling_figures.signed_by_itself(play.parts(ticket_id)).percent == 100
    with pytest.raises(MoveNotPossible):
        saved(unit_parts.sign, ticket_id, doer=cast.unit)


def test_an_enquiry_written_as_a_complaint_has_its_short_time_again_once_somebody_sees_it(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast, request_type=Nature.COMPLAINT)
    assert clock(ticket_id, C).limit == "15wd"
    tick(days=1)
    saved(timing.retype, ticket_id, Nature.CONSULT, "只是咨询", doer=cast.dispatcher)

    assert (clock(ticket_id, C).limit, clock(ticket_id, H).limit) == ("2wd", "2wd")
    assert telling_figures.acts_counted(stepping.steps_of(ticket_id), "retype").times == 1


def test_retyping_to_a_longer_limit_moves_no_promise_and_makes_nothing_late_green(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    at_due(ticket_id, H, frozen, after=60)
    promised, due = clock(ticket_id, C).due_at, clock(ticket_id, H).due_at
    saved(timing.retype, ticket_id, Nature.COMPLAINT, "其实是投诉", doer=cast.dispatcher)

    assert (clock(ticket_id, C).due_at, clock(ticket_id, H).due_at) == (promised, due)


def test_a_unit_does_not_retype_what_it_handles(cast: Cast) -> None:
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    with pytest.raises(MoveNotYours):
        saved(timing.retype, ticket_id, Nature.COMPLAINT, "投诉", doer=cast.unit)


def test_nobody_pauses_his_own_clock_and_a_pause_shows_as_a_share(cast: Cast, tick: Tick) -> None:
    ticket_id = play.handled(cast)
    promised = clock(ticket_id, C).due_at
    ask_time(cast, ticket_id, TimeKind.SUSPENSION)
    with pytest.raises(MoveNotYours):
        saved(timing.decide, ticket_id, agrees=True, words="同意", doer=cast.unit)
    agree(cast, ticket_id)
    tick(days=30)

    steps = clocks.steps_of(clock(ticket_id, H).id)
    assert telling_figures.suspended_share(steps, wall.now()) == 1.0
    assert (clock(ticket_id, C).is_running, clock(ticket_id, C).due_at) == (True, promised)


def test_a_pause_shortly_before_the_end_gives_back_what_it_took_and_is_counted(
    cast: Cast, frozen: time_machine.Traveller, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    at_due(ticket_id, H, frozen, after=-3600)
    due = clock(ticket_id, H).due_at
    ask_time(cast, ticket_id, TimeKind.SUSPENSION)
    agree(cast, ticket_id)
    tick(days=7)
    saved(timing.resume, ticket_id, doer=cast.unit)

    row = clock(ticket_id, H)
    assert row.due_at is not None
    assert due is not None
    assert row.due_at - due == timedelta(days=7)
    assert telling_figures.stopped_at_the_end(clocks.steps_of(row.id), due) == 1


def test_a_pause_that_is_agreed_to_after_the_end_is_as_of_when_it_was_asked_and_is_counted(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    at_due(ticket_id, H, frozen, after=-60)
    ask_time(cast, ticket_id, TimeKind.SUSPENSION)
    due = clock(ticket_id, H).due_at
    frozen.shift(120)
    agree(cast, ticket_id)
    assert state(ticket_id) == "suspended"
    steps = clocks.steps_of(clock(ticket_id, H).id)
    assert telling_figures.stopped_at_the_end(steps, due) == 1


def test_more_time_is_neither_asked_late_nor_twice_nor_for_longer_than_the_limit(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    with pytest.raises(refusals.ExtensionTooLong):
        ask_time(cast, ticket_id, TimeKind.EXTENSION, "16wd")
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    agree(cast, ticket_id)
    with pytest.raises(refusals.TooManyExtensions):
        ask_time(cast, ticket_id, TimeKind.EXTENSION, "1wd")
    at_due(ticket_id, H, frozen, after=1)
    with pytest.raises(ClockOverdue):
        ask_time(cast, ticket_id, TimeKind.EXTENSION, "1wd")
    assert clock(ticket_id, H).extensions == 1


def test_what_is_decided_late_is_given_as_of_the_day_on_which_it_was_asked_and_the_wait_shows(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    at_due(ticket_id, H, frozen, after=-60)
    due = clock(ticket_id, H).due_at
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "1wd")
    frozen.shift(timedelta(days=10))
    agree(cast, ticket_id)

    row = clock(ticket_id, H)
    assert due is not None
    assert row.due_at == due + timedelta(days=1)  # a Monday's evening and one working day
    assert telling_figures.longest_wait(timing.times_of(ticket_id), wall.now()).days == 10


def test_a_clock_that_was_given_more_time_warns_and_is_late_once_more(
    cast: Cast, frozen: time_machine.Traveller, heard: list[object]
) -> None:
    ticket_id = play.handled(cast)
    at_due(ticket_id, H, frozen, after=-60)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    frozen.shift(120)
    sweep()
    agree(cast, ticket_id)
    at_due(ticket_id, H, frozen, after=60)
    sweep()

    told = [each for each in heard if getattr(each, "clock", "") == "handle"]
    assert [type(each).__name__ for each in told].count("ClockRanOut") == 2


def test_a_unit_that_says_it_told_the_citizen_moves_his_promise_only_by_a_call_that_proves_it(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    promised = clock(ticket_id, C).due_at
    said = play.reach(cast, ticket_id)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd", told_in_contact_id=said)
    agree(cast, ticket_id)
    assert clock(ticket_id, C).due_at == promised

    other = play.handled(cast)
    proven = play.reach(cast, other, call_id=spoken.call(cast.unit))
    ask_time(cast, other, TimeKind.EXTENSION, "5wd", told_in_contact_id=proven)
    agree(cast, other)
    assert clock(other, C).due_at != promised


def test_a_missed_call_told_nobody_of_more_time(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    missed = play.reach(cast, ticket_id, call_id=spoken.call(cast.unit, talked=False))
    with pytest.raises(refusals.NoSuchContact):
        ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd", told_in_contact_id=missed)


def test_the_rules_of_today_make_no_late_clock_green_and_leave_a_record(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast, request_type=Nature.CONSULT)
    at_due(ticket_id, H, frozen, after=60)
    due = clock(ticket_id, H).due_at
    with unit_of_work():
        rule_register.set_value("limit.consult", "20wd", basis="新办法", valid_from=None)
    frozen.shift(1)
    row = clock(ticket_id, H)
    with pytest.raises(MoveNotYours):
        saved(timing.follow_rules_of_today, row.ticket_id, row.id, "放宽", doer=cast.dispatcher)
    saved(timing.follow_rules_of_today, row.ticket_id, row.id, "放宽", doer=cast.manager)

    assert clock(ticket_id, H).due_at == due
    assert "follow_rules" in [each.act for each in stepping.steps_of(ticket_id)]


def test_office_hours_of_last_week_stay_as_they_were(cast: Cast) -> None:  # noqa: ARG001
    with pytest.raises(ChangesThePast):
        saved(working_calendar.set_office_hours, date(2026, 11, 16), read_sessions("08:30-23:00"))


def test_a_calendar_moves_what_runs_by_a_person_alone_and_the_right_one_moves_it_back(
    cast: Cast, heard: list[object]
) -> None:
    """Who loads a notice with a week of holidays has moved nothing; who then moves is counted."""
    done = play.audited(cast)
    running = play.handled(cast)
    before = (clock(done, H).due_at, clock(running, H).due_at)
    days = working_calendar.days_of_notice(2026)
    right = Notice(
        year=2026,
        where="国办发明电",
        days=tuple(NoticeDay(day=each.day, name=each.name, is_off=each.is_off) for each in days),
    )
    feast = [NoticeDay(day=date(2026, 12, day), name="假日", is_off=True) for day in range(1, 8)]
    wrong = Notice(year=2026, where="错误通知", days=(*right.days, *feast))
    saved(working_calendar.put_year, wrong, loaded_by=cast.manager.user_id)
    assert (clock(done, H).due_at, clock(running, H).due_at) == before
    saved(calendar_following.let_follow, "按通知", by=cast.manager.user_id)
    assert clock(done, H).due_at == before[0]
    assert clock(running, H).due_at != before[1]
    steps = stepping.steps_of(running)
    assert telling_figures.acts_counted(steps, "follow_rules").times > 0

    saved(working_calendar.put_year, right, loaded_by=cast.manager.user_id)
    saved(calendar_following.let_follow, "按更正", by=cast.manager.user_id)
    assert (clock(done, H).due_at, clock(running, H).due_at) == before
    told = [each for each in heard if type(each).__name__ == "ClocksReckonedAnew"]
    assert len(told) == 2
    assert all(each.moved for each in told)


def test_no_act_takes_a_moment_from_whoever_acts() -> None:
    """Back-dating: every moment is the wall's, none is asked for."""
    rooms = (
        contacting, dispatching, disputing, following, merging, results, returning, timing,
        unit_parts, visiting,
    )  # fmt: skip
    takes_moment = {
        f"{room.__name__}.{name}"
        for room in rooms
        for name, act in vars(room).items()
        if inspect.isfunction(act) and "doer" in inspect.signature(act).parameters
        if {"at", "now", "when", "since"} & set(inspect.signature(act).parameters)
    }
    carried = {
        field
        for new in (
            contacting.NewContact, dispatching.Plan, results.NewResult, returning.NewReturn,
            timing.NewTime, visiting.NewVisit, visiting.Answers,
        )
        for field in new.__dataclass_fields__
        if field.endswith("_at") or field in {"at", "when"}
    }  # fmt: skip
    assert takes_moment == {"app.handling.contacting.talked_with_him"}  # reads a call of the ledger
    assert carried == set()
