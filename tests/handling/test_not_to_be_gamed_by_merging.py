"""Who wants better figures merges and splits off: every citizen keeps his clock and his answer."""

from collections.abc import Callable

import pytest

from app.handling import (
    dispatching,
    following,
    merging,
    refusals,
    results,
    telling_figures,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, clock, saved, state, sweep

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
C = ClockKind.CITIZEN
GOOD = visiting.Answers(is_solved=True, result_mark=5, attitude_mark=5)


def merged(cast: Cast) -> tuple[int, int]:
    """Give a master that is to be asked about, and a child that follows it."""
    master, child = play.handled(cast), play.handled(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(results.approve, master, doer=cast.auditor)
    return master, child


def test_who_is_merged_away_waits_on_his_own_clock_and_is_answered_before_the_master_closes(
    cast: Cast,
) -> None:
    master, child = merged(cast)
    assert clock(child, C).is_running
    play.ask(cast, master)
    sweep()
    assert state(master) == "to_visit"  # what he said is kept, and his neighbour is waited for
    with pytest.raises(refusals.ChildNotAnswered):
        saved(results.close_unvisited, play_other(cast), "law", doer=cast.auditor)

    play.ask(cast, child)
    assert (state(child), state(master)) == ("merged", "to_visit")
    sweep()
    assert state(master) == "closed"
    assert clock(child, C).done_at is not None


def play_other(cast: Cast) -> int:
    """Give a second master with a child whom nobody has told."""
    return merged(cast)[0]


def test_a_child_that_cannot_be_reached_is_given_up_like_anybody_and_holds_up_nobody(
    cast: Cast, tick: Tick
) -> None:
    master, child = merged(cast)
    play.ask(cast, master)
    for _time in range(3):
        spoken.miss(cast, child, call_id=spoken.call(cast.visitor, talked=False))
        tick(hours=3)
    saved(visiting.give_up, child, doer=cast.visitor)
    sweep()
    assert (state(child), state(master)) == ("merged", "closed")


def test_a_childs_wish_for_more_keeps_the_master_open_and_he_hears_the_new_answer_too(
    cast: Cast,
) -> None:
    master, child = merged(cast)
    play.ask(cast, child, is_solved=False, asks_redo=True)
    play.ask(cast, master)
    sweep()
    assert state(master) == "to_visit"
    saved(visiting.send_again, master, "邻居家未修", doer=cast.dispatcher)
    assert (get_ticket(child).round, clock(child, C).is_running) == (2, True)


def test_a_master_is_not_taken_back_or_struck_out_over_its_childrens_heads(cast: Cast) -> None:
    master, child = play.open_one(cast), play.open_one(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    with pytest.raises(refusals.ChildNotAnswered):
        saved(dispatching.void, master, "误录", doer=cast.manager)
    call_id = spoken.call(cast.agent, direction=spoken.Direction.IN)
    with pytest.raises(refusals.ChildNotAnswered):
        saved(following.withdraw, master, call_id, doer=cast.agent)


def test_merging_and_splitting_off_resets_no_promise_and_shows_as_sent_again(cast: Cast) -> None:
    master, ticket_id = play.handled(cast), play.handled(cast)
    promised = clock(ticket_id, C).due_at
    saved(merging.merge, ticket_id, master, doer=cast.dispatcher)
    saved(merging.split_off, ticket_id, "不是同一事", doer=cast.dispatcher)
    play.send(cast, ticket_id)

    assert (clock(ticket_id, C).due_at, clock(ticket_id, C).nth) == (promised, 1)
    assert telling_figures.sent_to_same_unit_again(play.parts(ticket_id)).times == 1
