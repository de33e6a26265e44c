"""Who owes the first contact when a ticket is given back, named anew, closed or waits."""

from datetime import timedelta

import pytest
import time_machine

from app.core import clock as wall
from app.handling import (
    disputing,
    following,
    merging,
    results,
    returning,
    unit_parts,
    visiting,
)
from app.handling.dispatching import Plan
from app.handling.models import BasisKind, TimeKind
from app.handling.telling_figures import late_by_kind
from app.handling.ticket_pictures import as_of_unit
from app.tickets.ticket_moves import TABLE, Clock, Effect, TicketAct
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import agree, ask_time, at_due
from tests.handling.cast import Cast, clock, saved
from tests.handling.owed_contact import (
    LATER,
    C,
    contacts,
    counted,
    handled,
    in_time,
    is_owed,
    talks,
)

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def test_what_each_move_does_to_it_stands_in_the_table_beside_the_handling_clock() -> None:
    """It begins where handling begins, and ends with it but for one: handing in spares no call."""
    for move in TABLE:
        handle, contact = move.clocks.get(Clock.HANDLE), move.clocks.get(Clock.CONTACT)
        assert (handle is Effect.START) == (contact is Effect.START), move.act
        if handle is Effect.STOP and move.act is not TicketAct.HAND_IN:
            assert contact is Effect.STOP, move.act
        assert contact not in {Effect.PAUSE, Effect.RESUME}, move.act
    closing = {each.act for each in TABLE if each.new.value == "closed"}
    ends = {each.act for each in TABLE if each.clocks.get(Clock.CONTACT) is Effect.STOP}
    assert closing - {TicketAct.CLOSE_BY_CHANNEL} <= ends


@pytest.mark.usefixtures("lane")
def test_a_unit_that_gives_a_ticket_back_in_time_owes_no_contact_and_the_next_one_does(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    frozen.shift(LATER)
    play.give_back(cast, ticket_id)
    assert is_owed(ticket_id)  # asking stops no clock
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    assert (is_owed(ticket_id), in_time(ticket_id)) == (False, None)

    play.send(cast, ticket_id, lead=cast.second)
    saved(unit_parts.sign, ticket_id, doer=cast.other)
    frozen.shift(LATER)
    talks(cast, ticket_id, by=cast.other)
    first, second = contacts(ticket_id)
    assert (first.unit_id, second.unit_id) == (cast.lead, cast.second)
    assert in_time(ticket_id) is True
    assert as_of_unit(counted(ticket_id), cast.lead).first_contact_in_time is None
    assert as_of_unit(counted(ticket_id), cast.second).first_contact_in_time is True


@pytest.mark.usefixtures("lane")
def test_a_return_that_is_decided_after_the_hour_leaves_the_contact_missed(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.give_back(cast, ticket_id)
    at_due(ticket_id, C, frozen, after=1)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)

    assert in_time(ticket_id) is False


@pytest.mark.usefixtures("lane")
def test_the_hotline_that_names_another_unit_lets_it_owe_the_contact_anew(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.give_back(cast, ticket_id)
    saved(disputing.refer, ticket_id, "职责有争议", doer=cast.dispatcher)
    named(cast, ticket_id, cast.lead, is_final=False)
    [row] = contacts(ticket_id)  # named again, it goes on in the time it had
    assert row.done_at is None

    talks(cast, ticket_id)
    named(cast, ticket_id, cast.lead, is_final=False)
    assert len(contacts(ticket_id)) == 1  # made is made
    frozen.shift(LATER)
    named(cast, ticket_id, cast.second)
    assert [each.unit_id for each in contacts(ticket_id)] == [cast.lead, cast.second]
    assert is_owed(ticket_id)


def named(cast: Cast, ticket_id: int, unit_id: int, *, is_final: bool = True) -> None:
    plan = Plan(lead_unit_id=unit_id, basis_kind=BasisKind.BY_HAND, basis="三定方案")
    saved(disputing.designate, ticket_id, plan, is_final=is_final, doer=cast.manager)


@pytest.mark.usefixtures("lane")
def test_handing_in_without_a_call_spares_nobody_the_call(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    assert is_owed(ticket_id)

    at_due(ticket_id, C, frozen, after=1)
    play.ask(cast, ticket_id)
    assert (play.state(ticket_id), is_owed(ticket_id)) == ("closed", False)
    assert in_time(ticket_id) is False
    assert late_by_kind(contacts(ticket_id), wall.now())[C].times == 1


@pytest.mark.usefixtures("lane")
@pytest.mark.parametrize("asks_redo", [True, False])
def test_however_a_ticket_is_closed_nobody_owes_the_contact_after_that(
    cast: Cast, frozen: time_machine.Traveller, asks_redo: bool
) -> None:
    ticket_id = handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    if asks_redo:
        play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
        saved(visiting.refuse_redo, ticket_id, "无新的事实", doer=cast.dispatcher)
    else:
        for _try in range(3):
            frozen.shift(timedelta(hours=3))
            spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
        saved(visiting.give_up, ticket_id, doer=cast.visitor)

    assert (play.state(ticket_id), is_owed(ticket_id)) == ("closed", False)


@pytest.mark.usefixtures("lane")
def test_handled_again_the_enterprise_is_contacted_again(cast: Cast) -> None:
    ticket_id = handled(cast)
    talks(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
    saved(visiting.send_again, ticket_id, "未解决", doer=cast.dispatcher)

    assert [(each.round, each.done_at is None) for each in contacts(ticket_id)] == [
        (1, False),
        (2, True),
    ]


@pytest.mark.usefixtures("lane")
def test_withdrawn_or_merged_before_the_hour_it_is_neither_kept_nor_missed(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    withdrawn, merged, master = handled(cast), handled(cast), play.handled(cast)
    late = handled(cast)
    he_calls = spoken.call(cast.agent, direction=spoken.Direction.IN)
    saved(following.withdraw, withdrawn, he_calls, doer=cast.agent)
    saved(merging.merge, merged, master, doer=cast.dispatcher)
    at_due(late, C, frozen, after=1)
    saved(merging.merge, late, master, doer=cast.dispatcher)

    assert [is_owed(each) for each in (withdrawn, merged, late)] == [False] * 3
    assert [in_time(each) for each in (withdrawn, merged, late)] == [None, None, False]


@pytest.mark.usefixtures("lane")
def test_neither_more_time_nor_a_pause_moves_it(cast: Cast) -> None:
    ticket_id = handled(cast)
    due = clock(ticket_id, C).due_at
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "2wd")
    agree(cast, ticket_id)
    ask_time(cast, ticket_id, TimeKind.SUSPENSION)
    agree(cast, ticket_id)

    row = clock(ticket_id, C)
    assert (row.due_at, row.is_running, row.extensions) == (due, True, 0)
