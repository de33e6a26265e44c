"""A ticket from its opening to its end: who handles it, and what its clocks say."""

from collections.abc import Callable

import pytest
import time_machine

from app.handling import refusals, results, unit_parts, visiting
from app.handling.clock_rules import ClockKind
from app.handling.models import PartEnding
from app.organisation import service as organisation
from app.rules.time_limits import read_limit
from app.rules.working_time import CITY_TIME
from app.tickets import stepping
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotYours
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state, sweep

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]


def test_a_ticket_is_dispatched_handled_audited_and_closed_when_its_citizen_has_spoken(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.open_one(cast)
    tick(minutes=30)
    play.send(cast, ticket_id)
    tick(hours=1)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    tick(hours=1)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id)

    walked = [(each.act, str(each.new)) for each in stepping.steps_of(ticket_id)]
    assert walked == [
        ("open", "to_dispatch"),
        ("dispatch", "to_sign"),
        ("sign", "handling"),
        ("contact", "handling"),
        ("hand_in", "to_audit"),
        ("approve_result", "to_visit"),
        ("visit", "to_visit"),
        ("close_visited", "closed"),
    ]
    ticket = get_ticket(ticket_id)
    assert ticket.closed_at is not None
    assert (ticket.first_contact_id, ticket.lead_unit_id) == (cast.agent.user_id, cast.lead)
    assert [each.ending for each in play.parts(ticket_id)] == [PartEnding.DONE]
    for kind in (ClockKind.CITIZEN, ClockKind.DISPATCH, ClockKind.SIGN, ClockKind.HANDLE):
        assert clock(ticket_id, kind).done_at is not None


def test_a_complaint_is_due_fifteen_working_days_after_the_call_at_the_end_of_office_hours(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)

    due = get_ticket(ticket_id).due_at
    assert due is not None
    # Monday 23 November and fifteen working days
    assert due.astimezone(CITY_TIME).isoformat() == "2026-12-14T17:30:00+08:00"
    assert clock(ticket_id, ClockKind.CITIZEN).limit == "15wd"


def test_the_handling_clock_begins_with_the_dispatch_and_not_with_the_signing(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    sent_at = clock(ticket_id, ClockKind.HANDLE).started_at
    tick(hours=5)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)

    assert clock(ticket_id, ClockKind.HANDLE).started_at == sent_at


def test_who_does_not_sign_has_signed_when_his_time_to_sign_is_over(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    due = clock(ticket_id, ClockKind.SIGN).due_at
    assert due is not None
    frozen.move_to(due)
    sweep()
    assert state(ticket_id) == "to_sign"

    frozen.shift(1)
    sweep()

    assert state(ticket_id) == "handling"
    part = play.parts(ticket_id)[0]
    assert part.is_signed_by_itself
    assert part.signed_by is None


def test_what_came_back_from_the_audit_goes_on_in_the_time_that_was_left(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    due = clock(ticket_id, ClockKind.HANDLE).due_at
    play.hand_in(cast, ticket_id)
    tick(days=2)
    saved(results.send_back, ticket_id, "empty_words", "没有答复诉求", doer=cast.auditor)

    row = clock(ticket_id, ClockKind.HANDLE)
    assert row.is_running
    assert row.due_at is not None
    assert due is not None
    assert (row.due_at - due).days == 2  # what the audit took is not the unit's
    assert results.results_of(ticket_id)[0].defect == "empty_words"


def test_a_citizen_who_is_not_content_gets_another_round_that_is_counted_apart(
    cast: Cast,
) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True, words="还是不亮")
    assert state(ticket_id) == "to_visit"

    saved(visiting.send_again, ticket_id, "确未修好", doer=cast.dispatcher)

    ticket = get_ticket(ticket_id)
    assert (state(ticket_id), ticket.round, ticket.lead_unit_id) == ("to_sign", 2, cast.lead)
    assert clock(ticket_id, ClockKind.HANDLE).limit == "5wd"
    assert (clock(ticket_id, ClockKind.CITIZEN).round, clock(ticket_id, ClockKind.CITIZEN).nth) == (
        2,
        2,
    )


def test_a_unit_that_was_called_in_gives_its_part_to_the_lead_before_the_result_goes_in(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("3wd"))
    saved(unit_parts.call_in, ticket_id, helper, doer=cast.unit)
    play.reach(cast, ticket_id)
    with pytest.raises(refusals.OpinionsMissing):
        play.hand_in(cast, ticket_id)

    saved(unit_parts.give_opinion, ticket_id, "灯杆归我局，已通电", doer=cast.other)
    play.hand_in(cast, ticket_id)

    assert state(ticket_id) == "to_audit"
    assert clock(ticket_id, ClockKind.ASSIST).done_at is not None


def test_an_inner_limit_ends_before_ones_own(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("20wd"))

    with pytest.raises(refusals.InnerLimitTooLong):
        saved(unit_parts.call_in, ticket_id, helper, doer=cast.unit)
    assert len(play.parts(ticket_id)) == 1


def test_a_county_sends_down_to_its_own_towns_and_to_nobody_elses(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    elsewhere = organisation.find_unit_by_code("town-441623100").id
    with pytest.raises(refusals.NotBelow):
        saved(unit_parts.send_down, ticket_id, elsewhere, doer=cast.county)

    assert cast.town.unit_id is not None
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)
    saved(unit_parts.sign, ticket_id, doer=cast.town)
    saved(unit_parts.give_opinion, ticket_id, "已到现场处理", doer=cast.town)

    assert get_ticket(ticket_id).lead_unit_id == cast.county.unit_id
    with pytest.raises(MoveNotYours):
        saved(
            results.hand_in,
            ticket_id,
            results.NewResult(public_reply=play.REPLY, is_solved=True),
            doer=cast.town,
        )


def test_what_was_closed_for_long_can_only_be_read(cast: Cast, tick: Tick) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    tick(days=91)

    sweep()

    assert state(ticket_id) == "archived"


def test_who_warns_and_who_is_late_is_told_once(
    cast: Cast, frozen: time_machine.Traveller, heard: list[object]
) -> None:
    ticket_id = play.handled(cast)
    row = clock(ticket_id, ClockKind.HANDLE)
    assert row.warns_at is not None
    assert row.due_at is not None
    frozen.move_to(row.warns_at)
    frozen.shift(60)
    sweep()
    sweep()
    frozen.move_to(row.due_at)
    frozen.shift(60)
    sweep()
    sweep()

    said = [each for each in heard if getattr(each, "clock", "") == "handle"]
    assert [type(each).__name__ for each in said] == ["ClockNearlyDue", "ClockRanOut"]
