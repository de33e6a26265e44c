"""The table of a ticket's moves: nobody is stuck, nobody does another's part."""

import pytest

from app.tickets.intake_gate import owes_review
from app.tickets.ticket_moves import (
    AT_A_UNIT,
    BY_REVIEW,
    TABLE,
    Actor,
    Clock,
    Effect,
    MoveLacks,
    MoveNotPossible,
    MoveNotYours,
    TicketAct,
    acts_open,
    find_move,
)
from app.tickets.ticket_states import OPEN_STATES, OVER, TicketState
from scripts import draw_states

S, A, T = TicketState, Actor, TicketAct


def test_the_document_shows_the_table_as_it_is() -> None:
    for place, text in draw_states.documents().items():
        assert place.read_text(encoding="utf-8") == text, "python -m scripts.draw_states draws it"


def test_every_act_stands_in_the_table() -> None:
    assert {each.act for each in TABLE} == set(TicketAct)


def test_every_state_can_be_reached_and_every_open_one_can_be_left() -> None:
    reached = {S.TO_DISPATCH, S.TO_REVIEW}  # by submitting
    reached |= {each.new for each in TABLE}
    left = {old for each in TABLE for old in each.old}

    assert reached == set(TicketState)
    assert left >= OPEN_STATES


def test_from_every_open_state_a_ticket_can_come_to_its_end_without_being_thrown_away() -> None:
    thrown = {T.MERGE, T.WITHDRAW, T.VOID}
    ends = {S.CLOSED}
    while more := {
        old
        for each in TABLE
        if each.act not in thrown and each.new in ends
        for old in each.old
        if old not in ends
    }:
        ends |= more

    assert ends >= OPEN_STATES


def test_what_is_over_comes_back_by_a_manager_and_what_was_merged_by_a_dispatcher() -> None:
    back = [each for each in TABLE if each.old & OVER and each.new not in OVER]

    assert {(each.act, each.by) for each in back} == {
        (T.REOPEN, frozenset({A.MANAGER})),
        (T.SPLIT_OFF, frozenset({A.DISPATCHER})),
        (T.TAKE_UP, frozenset({A.DISPATCHER, A.MANAGER})),  # it was only counted
    }


def test_a_unit_neither_audits_nor_closes_nor_decides_on_its_own_return_or_pause() -> None:
    by_units = {each.act for each in TABLE if A.UNIT in each.by}

    assert by_units == {T.SIGN, T.ASK_RETURN, T.RESUME, T.HAND_IN}


def test_an_agent_neither_audits_nor_closes() -> None:
    by_agents = {each.act for each in TABLE if A.AGENT in each.by}

    assert by_agents == {T.GIVE_INFO, T.WITHDRAW}


def test_the_handling_clock_starts_with_the_dispatch_and_asking_for_a_return_does_not_stop_it() -> (
    None
):
    starts = {each.act for each in TABLE if each.clocks.get(Clock.HANDLE) is Effect.START}
    pauses = {each.act for each in TABLE if each.clocks.get(Clock.HANDLE) is Effect.PAUSE}
    asking = {T.ASK_RETURN, T.REFUSE_RETURN, T.REFER}

    assert starts == {T.DISPATCH, T.DESIGNATE, T.REDO, T.REOPEN}
    assert pauses == {T.SUSPEND}
    assert [each.act for each in TABLE if each.act in asking and Clock.HANDLE in each.clocks] == []


def test_a_clock_that_is_paused_by_one_move_is_resumed_by_another() -> None:
    for clock in Clock:
        effects = {each.clocks.get(clock) for each in TABLE}
        assert (Effect.PAUSE in effects) <= (Effect.RESUME in effects)
        assert {Effect.START, Effect.STOP} <= effects


def test_what_owes_its_review_comes_to_it_by_every_move_that_leads_before_the_units() -> None:
    waits = {S.TO_REVIEW, S.TO_DISPATCH}
    for act in BY_REVIEW:
        lines = {each.owes_review: each for each in TABLE if each.act is act}
        assert {owed: each.new for owed, each in lines.items()} == {
            True: S.TO_REVIEW,
            False: S.TO_DISPATCH,
        }
        assert lines[True].clocks == lines[False].clocks
    past_it = {each.act for each in TABLE if each.new in waits} - BY_REVIEW
    # what a unit had was dispatched, and whoever takes up what was only counted has looked at it
    assert past_it == {T.APPROVE_INTAKE, T.AGREE_RETURN, T.TAKE_UP}


@pytest.mark.parametrize(
    ("stood", "owed"),
    [
        ([], False),
        ([S.TO_DISPATCH, S.NEED_INFO], False),
        ([S.TO_REVIEW, S.NEED_INFO], True),
        ([S.TO_REVIEW, S.NEED_INFO, S.MERGED], True),
        ([S.TO_REVIEW, S.TO_DISPATCH, S.NEED_INFO], False),
        ([S.HANDLING, S.TO_REVIEW, S.NEED_INFO], True),
        ([S.TO_REVIEW, S.TO_DISPATCH, S.TO_SIGN, S.MERGED], False),
    ],
)
def test_a_review_is_owed_until_the_ticket_came_through_it(stood: list[S], *, owed: bool) -> None:
    assert owes_review(stood) is owed


def test_an_answer_is_offered_once_however_many_ways_it_leads() -> None:
    assert acts_open(S.NEED_INFO, by=A.AGENT) == [T.GIVE_INFO, T.WITHDRAW]


def test_whose_part_it_is_is_looked_at_before_where_the_ticket_stands() -> None:
    with pytest.raises(MoveNotYours):
        find_move(T.APPROVE_RESULT, S.HANDLING, by=A.UNIT)
    with pytest.raises(MoveNotPossible):
        find_move(T.APPROVE_RESULT, S.HANDLING, by=A.AUDITOR)


@pytest.mark.parametrize("missing", ["reason", "basis", "proposed"])
def test_a_return_without_reason_basis_or_proposal_is_refused_at_its_field(missing: str) -> None:
    carried = {"reason", "basis", "proposed"} - {missing}
    with pytest.raises(MoveLacks) as refusal:
        find_move(T.ASK_RETURN, S.TO_SIGN, by=A.UNIT, carried=carried)

    assert refusal.value.field == missing


def test_a_move_is_found_with_all_it_carries() -> None:
    move = find_move(T.DISPATCH, S.TO_DISPATCH, by=A.DISPATCHER, carried={"lead", "basis", "note"})

    assert move.new is S.TO_SIGN
    assert move.clocks[Clock.HANDLE] is Effect.START


def test_what_somebody_can_do_now_is_told_in_the_order_of_the_table() -> None:
    assert acts_open(S.HANDLING, by=A.UNIT) == [T.ASK_RETURN, T.HAND_IN]
    assert acts_open(S.TO_SIGN, by=A.UNIT) == [T.SIGN, T.ASK_RETURN]
    assert acts_open(S.ARCHIVED, by=A.MANAGER) == []
    assert {T.MERGE} <= set(acts_open(S.SUSPENDED, by=A.DISPATCHER))
    assert {S.TO_SIGN, S.HANDLING} == AT_A_UNIT
