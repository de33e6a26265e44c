"""A unit gives a ticket back, units disagree, and the hotline decides."""

from collections.abc import Callable

import pytest

from app.handling import dispatching, disputing, proposing, returning, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.models import BasisKind, PartEnding
from app.handling.return_rules import (
    PartIsYours,
    ProposedIsYourself,
    ReturnRefusedBefore,
    ReturnTooLate,
)
from app.rules import rule_register
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveLacks, MoveNotPossible, MoveNotYours
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]


def returned(cast: Cast) -> int:
    """Bring a ticket to where its return was agreed to."""
    ticket_id = play.handled(cast)
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    return ticket_id


def test_a_return_that_is_agreed_to_ends_the_units_part_and_its_clock_but_not_the_citizens(
    cast: Cast,
) -> None:
    due = get_ticket(ticket_id := returned(cast)).due_at

    assert state(ticket_id) == "to_dispatch"
    assert [each.ending for each in play.parts(ticket_id)] == [PartEnding.RETURNED]
    assert clock(ticket_id, ClockKind.HANDLE).done_at is not None
    assert clock(ticket_id, ClockKind.CITIZEN).is_running
    assert clock(ticket_id, ClockKind.DISPATCH).nth == 2

    play.send(cast, ticket_id, lead=cast.second)
    assert get_ticket(ticket_id).due_at == due


def test_a_return_that_is_refused_never_stopped_the_units_clock(cast: Cast, tick: Tick) -> None:
    ticket_id = play.handled(cast)
    due = clock(ticket_id, ClockKind.HANDLE).due_at
    play.give_back(cast, ticket_id)
    tick(hours=4)
    saved(returning.refuse, ticket_id, "属你局职责", doer=cast.dispatcher)

    assert state(ticket_id) == "handling"
    assert clock(ticket_id, ClockKind.HANDLE).due_at == due


@pytest.mark.parametrize("lacks", ["reason", "basis"])
def test_a_return_says_why_and_by_what_provision(cast: Cast, lacks: str) -> None:
    ticket_id = play.handled(cast)

    with pytest.raises(MoveLacks) as refused:
        play.give_back(cast, ticket_id, **{lacks: ""})
    assert refused.value.field == lacks


def test_who_has_a_part_of_the_duty_leads_and_gives_nothing_back(cast: Cast) -> None:
    ticket_id = play.handled(cast)

    with pytest.raises(PartIsYours):
        play.give_back(cast, ticket_id, has_part=True)


def test_nobody_proposes_himself(cast: Cast) -> None:
    ticket_id = play.handled(cast)

    with pytest.raises(ProposedIsYourself):
        play.give_back(cast, ticket_id, proposed_unit_id=cast.lead)


def test_the_window_for_returns_ends_with_the_next_working_day(cast: Cast, tick: Tick) -> None:
    ticket_id = play.handled(cast)
    tick(days=1, hours=8)  # Tuesday evening, after office hours

    with pytest.raises(ReturnTooLate):
        play.give_back(cast, ticket_id)
    assert state(ticket_id) == "handling"


def test_after_two_refused_returns_the_ticket_is_its_own(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    for _ in range(2):
        play.give_back(cast, ticket_id)
        saved(returning.refuse, ticket_id, "属你局职责", doer=cast.dispatcher)

    with pytest.raises(ReturnRefusedBefore):
        play.give_back(cast, ticket_id)


def test_a_city_says_how_many_refused_returns_settle_it_and_what_was_sent_before_goes_on(
    cast: Cast, tick: Tick
) -> None:
    before = play.handled(cast)
    tick(minutes=1)
    saved(rule_register.set_value, "most.refused_returns", "1", basis="本市规定", valid_from=None)
    after = play.handled(cast)
    for ticket_id in (before, after):
        play.give_back(cast, ticket_id)
        saved(returning.refuse, ticket_id, "属你局职责", doer=cast.dispatcher)

    play.give_back(cast, before)
    with pytest.raises(ReturnRefusedBefore):
        play.give_back(cast, after)


def test_another_unit_gives_back_nothing_that_it_does_not_lead(cast: Cast) -> None:
    ticket_id = play.handled(cast)

    with pytest.raises(MoveNotYours):
        play.give_back(cast, ticket_id, by=cast.other)


def test_the_third_return_goes_to_the_hotlines_decision_by_itself(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    for lead, by in ((cast.lead, cast.unit), (cast.second, cast.other), (cast.lead, cast.unit)):
        play.send(cast, ticket_id, lead=lead)
        proposed = cast.second if lead == cast.lead else cast.lead
        play.give_back(cast, ticket_id, by=by, proposed_unit_id=proposed)
        saved(returning.agree, ticket_id, doer=cast.dispatcher)

    assert state(ticket_id) == "adjudication"
    assert disputing.open_dispute(ticket_id) is not None


def test_whom_the_hotline_named_is_offered_the_next_time_for_such_a_matter_here(
    cast: Cast,
) -> None:
    ticket_id = returned(cast)
    saved(disputing.refer, ticket_id, "两局均认为不属本局", doer=cast.dispatcher)
    plan = dispatching.Plan(lead_unit_id=cast.second, basis="“三定”规定第二条")
    saved(disputing.designate, ticket_id, plan, doer=cast.manager)

    assert state(ticket_id) == "handling"
    assert get_ticket(ticket_id).lead_unit_id == cast.second
    alike = get_ticket(play.open_one(cast))
    best = proposing.proposals(alike)[0]
    assert (best.unit_id, best.kind) == (cast.second, BasisKind.PRECEDENT)
    assert best.basis == get_ticket(ticket_id).number


def test_first_handled_then_discussed_the_dispute_may_end_with_another_name(cast: Cast) -> None:
    ticket_id = returned(cast)
    saved(disputing.refer, ticket_id, "有争议", doer=cast.dispatcher)
    plan = dispatching.Plan(lead_unit_id=cast.second, basis="先办后议")
    saved(disputing.designate, ticket_id, plan, doer=cast.manager, is_final=False)
    assert disputing.open_dispute(ticket_id) is not None
    first = clock(ticket_id, ClockKind.HANDLE)

    final = dispatching.Plan(lead_unit_id=cast.lead, basis="编办意见")
    saved(disputing.designate, ticket_id, final, doer=cast.manager)

    assert disputing.open_dispute(ticket_id) is None
    assert get_ticket(ticket_id).lead_unit_id == cast.lead
    assert clock(ticket_id, ClockKind.HANDLE).id != first.id
    assert first.done_at is not None


def test_who_is_named_again_goes_on_in_the_time_he_had(cast: Cast, tick: Tick) -> None:
    ticket_id = returned(cast)
    saved(disputing.refer, ticket_id, "有争议", doer=cast.dispatcher)
    plan = dispatching.Plan(lead_unit_id=cast.second, basis="先办后议")
    saved(disputing.designate, ticket_id, plan, doer=cast.manager, is_final=False)
    due = clock(ticket_id, ClockKind.HANDLE).due_at
    tick(days=3)
    saved(disputing.designate, ticket_id, plan, doer=cast.manager)

    assert clock(ticket_id, ClockKind.HANDLE).due_at == due


def test_a_fourth_dispatch_is_refused(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    for lead, by in ((cast.lead, cast.unit), (cast.second, cast.other)):
        play.send(cast, ticket_id, lead=lead)
        proposed = cast.second if lead == cast.lead else cast.lead
        play.give_back(cast, ticket_id, by=by, proposed_unit_id=proposed)
        saved(returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)

    assert state(ticket_id) == "adjudication"
    with pytest.raises(MoveNotPossible):
        play.send(cast, ticket_id)
