"""Many callers, one matter: handled once, and each of them is answered."""

import threading

import pytest
from flask import Flask

from app.core.database import db, unit_of_work
from app.core.errors import Refusal
from app.handling import clocks, merging, results, unit_parts, visiting
from app.handling.clock_rules import ClockKind
from app.handling.refusals import ChildNotAnswered, MergedIntoItself
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible, MoveNotYours
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]


def merged(cast: Cast, *, callers: int = 2) -> tuple[int, list[int]]:
    """Open one ticket for each caller and merge them; return the master and its children."""
    master, *children = (
        play.open_one(cast, contact_number=f"139000028{each:02}") for each in range(callers + 1)
    )
    saved(merging.merge_all, children, master, doer=cast.dispatcher)
    return master, children


def test_merging_stops_no_citizens_clock(cast: Cast) -> None:
    _master, [child, _] = merged(cast)

    assert state(child) == "merged"
    assert clock(child, ClockKind.CITIZEN).is_running
    assert clock(child, ClockKind.DISPATCH).done_at is not None


def test_a_master_is_not_closed_before_each_childs_caller_was_answered(cast: Cast) -> None:
    master, children = merged(cast)
    play.handle(cast, master)
    play.ask(cast, master)
    play.sweep()
    assert state(master) == "to_visit"  # its own caller has spoken; two others wait

    for each in children:
        play.ask(cast, each)
    play.sweep()

    assert state(master) == "closed"
    assert [state(each) for each in children] == ["merged", "merged"]
    assert all(clocks.running(each, ClockKind.CITIZEN) is None for each in children)


def test_answering_a_child_never_closes_its_master(cast: Cast) -> None:
    master, [child, _] = merged(cast)
    play.handle(cast, master)
    play.ask(cast, child)

    assert state(master) == "to_visit"
    assert clocks.running(master, ClockKind.CITIZEN) is not None


def test_a_child_is_not_asked_before_there_is_something_to_tell(cast: Cast) -> None:
    _master, [child, _] = merged(cast)

    with pytest.raises(MoveNotPossible):
        play.ask(cast, child)


def test_a_master_without_call_back_is_not_closed_over_its_children_either(cast: Cast) -> None:
    master, _children = merged(cast)
    play.send(cast, master)
    saved(unit_parts.sign, master, doer=cast.unit)
    play.reach(cast, master)
    play.hand_in(cast, master)

    with pytest.raises(ChildNotAnswered):
        saved(results.close_unvisited, master, "no_call_back_wanted", doer=cast.auditor)


def test_a_child_without_a_number_holds_nothing_up(cast: Cast) -> None:
    master = play.open_one(cast)
    child = play.open_one(cast, contact_number="", caller_name="")
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.handle(cast, master)
    play.ask(cast, master)

    assert state(master) == "closed"


def test_nothing_follows_itself_nor_a_follower_nor_what_is_closed(cast: Cast) -> None:
    master, [child, _] = merged(cast)
    alone = play.open_one(cast)
    closed = play.audited(cast)
    play.ask(cast, closed)

    for bad in (alone, child, closed):
        with pytest.raises(MergedIntoItself):
            saved(merging.merge, alone, bad, doer=cast.dispatcher)
    with pytest.raises(MergedIntoItself):
        saved(merging.merge, master, alone, doer=cast.dispatcher)  # it has followers itself


def test_only_a_dispatcher_merges(cast: Cast) -> None:
    first, second = play.open_one(cast), play.open_one(cast)

    for who in (cast.agent, cast.unit, cast.visitor, cast.outsourced):
        with pytest.raises(MoveNotYours):
            saved(merging.merge, first, second, doer=who)


def test_one_that_cannot_follow_leaves_all_where_they_were(cast: Cast) -> None:
    master, good = play.open_one(cast), play.open_one(cast)
    closed = play.audited(cast)
    play.ask(cast, closed)

    with pytest.raises(MoveNotPossible):
        saved(merging.merge_all, [good, closed], master, doer=cast.dispatcher)
    assert state(good) == "to_dispatch"


def test_what_was_merged_by_mistake_stands_for_itself_again(cast: Cast) -> None:
    master, [child, _] = merged(cast)
    due = get_ticket(child).due_at
    saved(merging.split_off, child, "不是同一事", doer=cast.dispatcher)

    assert (state(child), get_ticket(child).master_id) == ("to_dispatch", None)
    assert get_ticket(child).due_at == due
    assert [each.id for each in merging.children_of(master)] != []


def test_a_child_that_wants_more_can_be_split_off_after_the_answer(cast: Cast) -> None:
    master, [child, _] = merged(cast)
    play.handle(cast, master)
    play.ask(cast, child, is_solved=False, result_mark=1, asks_redo=True)

    assert visiting.wants_redo(get_ticket(child))
    saved(merging.split_off, child, "未解决", doer=cast.dispatcher)
    assert state(child) == "to_dispatch"


def test_two_that_are_merged_into_each_other_at_once_do_not_both_follow(
    app: Flask, cast: Cast
) -> None:
    first, second = play.open_one(cast), play.open_one(cast)
    refused: list[Exception] = []
    ready = threading.Barrier(2)

    def follow(child: int, master: int) -> None:
        with app.app_context():
            ready.wait(timeout=10)
            try:
                with unit_of_work():
                    merging.merge(child, master, doer=cast.dispatcher)
            except Refusal as stopped:
                refused.append(stopped)

    both = [
        threading.Thread(target=follow, args=pair) for pair in ((first, second), (second, first))
    ]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=30)
    db.session.rollback()

    assert len(refused) == 1
    assert sorted([state(first), state(second)]) == ["merged", "to_dispatch"]
