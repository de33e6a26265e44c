"""Who wants better figures without better work passes a ticket on. Each try fails, or shows."""

from collections.abc import Callable

import pytest
import time_machine

from app.core import clock as wall
from app.handling import (
    clocks,
    dispatching,
    disputing,
    marking,
    refusals,
    results,
    return_rules,
    returning,
    telling_figures,
    unit_parts,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.handling.models import TimeKind
from app.handling.wish_states import WishState
from app.rules.time_limits import read_limit
from app.rules.type_natures import Nature
from app.tickets.service import get_ticket
from app.tickets.ticket_states import Urgency
from tests.handling import cast as play
from tests.handling.asking_time import agree, ask_time, at_due
from tests.handling.cast import Cast, clock, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
H, C = ClockKind.HANDLE, ClockKind.CITIZEN


def test_a_return_is_asked_in_its_window_with_no_part_and_for_somebody_else(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    with pytest.raises(return_rules.PartIsYours):
        play.give_back(cast, ticket_id, has_part=True)
    with pytest.raises(return_rules.ProposedIsYourself):
        play.give_back(cast, ticket_id, proposed_unit_id=cast.lead)
    tick(days=2)
    with pytest.raises(return_rules.ReturnTooLate):
        play.give_back(cast, ticket_id)


def test_what_is_complex_is_given_back_for_two_days_and_what_was_marked_so_later_is_not(
    cast: Cast, tick: Tick
) -> None:
    plain, complex_one = play.open_one(cast), play.open_one(cast, flags=("complex",))
    play.take_in_hand(cast, plain)
    play.take_in_hand(cast, complex_one)
    saved(marking.mark, plain, flags=("complex",), wanted=(), doer=cast.dispatcher)
    tick(days=1, hours=9)  # after the next working day, within the one that follows
    with pytest.raises(return_rules.ReturnTooLate):
        play.give_back(cast, plain)
    play.give_back(cast, complex_one)
    saved(returning.refuse, complex_one, "属你局职责", doer=cast.dispatcher)

    tick(days=1)
    with pytest.raises(return_rules.ReturnTooLate):
        play.give_back(cast, complex_one)


def test_a_return_that_was_refused_twice_is_not_asked_a_third_time_and_stops_no_clock(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    due = clock(ticket_id, H).due_at
    for _time in range(2):
        play.give_back(cast, ticket_id)
        tick(minutes=30)
        saved(returning.refuse, ticket_id, "属贵局职责", doer=cast.dispatcher)
    with pytest.raises(return_rules.ReturnRefusedBefore):
        play.give_back(cast, ticket_id)
    assert clock(ticket_id, H).due_at == due
    refused = [each for each in returning.returns_of(ticket_id) if each.state is WishState.REFUSED]
    assert len(refused) == 2


def test_units_that_send_a_ticket_to_and_fro_get_no_more_of_the_citizens_time(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.open_one(cast)
    promised = get_ticket(ticket_id).due_at
    for lead, by, other in (
        (cast.lead, cast.unit, cast.second),
        (cast.second, cast.other, cast.lead),
        (cast.lead, cast.unit, cast.second),
    ):
        play.send(cast, ticket_id, lead=lead)
        tick(minutes=20)
        play.give_back(cast, ticket_id, proposed_unit_id=other, by=by)
        saved(returning.agree, ticket_id, doer=cast.dispatcher)

    assert (state(ticket_id), get_ticket(ticket_id).due_at) == ("adjudication", promised)
    assert telling_figures.sent_to_same_unit_again(play.parts(ticket_id)).times == 1
    plan = dispatching.Plan(lead_unit_id=cast.lead, basis="职责清单")
    saved(disputing.designate, ticket_id, plan, doer=cast.manager)
    tick(seconds=1)
    with pytest.raises(return_rules.ReturnTooLate):
        play.give_back(cast, ticket_id)


def test_naming_the_same_unit_once_more_gives_it_no_new_time(cast: Cast, tick: Tick) -> None:
    ticket_id = play.handled(cast)
    due = clock(ticket_id, H).due_at
    play.give_back(cast, ticket_id)
    saved(disputing.refer, ticket_id, "两局各执一词", doer=cast.dispatcher)
    plan = dispatching.Plan(lead_unit_id=cast.lead, basis="先办后议")
    saved(disputing.designate, ticket_id, plan, doer=cast.manager, is_final=False)
    tick(days=3)
    saved(disputing.designate, ticket_id, plan, doer=cast.manager)

    assert clock(ticket_id, H).due_at == due
    assert returning.open_return(ticket_id) is None


def test_time_that_one_unit_asked_for_is_not_given_to_the_next(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd")
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    saved(unit_parts.sign, ticket_id, doer=cast.other)

    with pytest.raises(refusals.NoWishOpen):
        agree(cast, ticket_id)
    assert clock(ticket_id, H).extensions == 0


def test_doing_it_badly_buys_no_more_time_than_the_first_round_had(cast: Cast) -> None:
    for given, limit in (
        ({"request_type": Nature.CONSULT}, "2wd"),
        ({"request_type": Nature.COMPLAINT}, "5wd"),
        ({"urgency": Urgency.URGENT}, "2h"),
    ):
        ticket_id = play.audited(cast, **given)
        play.ask(cast, ticket_id, is_solved=False, asks_redo=True)
        saved(visiting.send_again, ticket_id, "没修好", doer=cast.dispatcher)
        assert clock(ticket_id, H).limit == limit


def test_a_redo_resets_no_clock_of_the_first_round_and_is_not_to_be_had_without_the_citizen(
    cast: Cast,
) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(refusals.NoRedoAsked):
        saved(visiting.send_again, ticket_id, "再做一次", doer=cast.dispatcher)
    before = [(each.id, each.due_at, each.done_at) for each in clocks.clocks_of(ticket_id, H)]
    play.ask(cast, ticket_id, is_solved=False, asks_redo=True)
    saved(visiting.send_again, ticket_id, "没修好", doer=cast.dispatcher)

    after = [(each.id, each.due_at, each.done_at) for each in clocks.clocks_of(ticket_id, H)]
    assert after[:1] == before
    assert [each.round for each in clocks.clocks_of(ticket_id, H)] == [1, 2]


def test_a_helper_that_never_answers_holds_up_nobody_and_is_named(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.handled(cast)
    helper = unit_parts.Helper(unit_id=cast.second, limit=read_limit("1wd"))
    saved(unit_parts.call_in, ticket_id, helper, doer=cast.unit)
    play.reach(cast, ticket_id)
    at_due(ticket_id, ClockKind.ASSIST, frozen, after=-1)
    with pytest.raises(refusals.OpinionsMissing):
        play.hand_in(cast, ticket_id)
    frozen.shift(2)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id)

    assert telling_figures.parts_never_answered(play.parts(ticket_id)).times == 1
    late = telling_figures.late_by_kind(clocks.clocks_of(ticket_id), wall.now())
    assert late[ClockKind.ASSIST].times == 1


def test_a_town_without_a_limit_of_its_own_holds_nobody_up_once_the_leads_time_is_over(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id or 0, doer=cast.county)
    play.reach(cast, ticket_id, by=cast.county)
    handed_in = results.NewResult(public_reply=play.REPLY, is_solved=True)
    at_due(ticket_id, H, frozen, after=-1)
    with pytest.raises(refusals.OpinionsMissing):
        saved(results.hand_in, ticket_id, handed_in, doer=cast.county)
    frozen.shift(2)
    saved(results.hand_in, ticket_id, handed_in, doer=cast.county)

    assert state(ticket_id) == "to_audit"


def test_sending_it_down_moves_neither_the_lead_nor_his_clock(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id, lead=cast.county.unit_id)
    saved(unit_parts.sign, ticket_id, doer=cast.county)
    due = clock(ticket_id, H).due_at
    assert cast.town.unit_id is not None
    saved(unit_parts.send_down, ticket_id, cast.town.unit_id, doer=cast.county)

    row = clock(ticket_id, H)
    assert (row.unit_id, row.due_at) == (cast.county.unit_id, due)
    assert get_ticket(ticket_id).lead_unit_id == cast.county.unit_id
