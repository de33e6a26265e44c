"""Whose ticket follows another one is owed as much as whose ticket is handled."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from app.calls.call_states import CallState, Direction
from app.calls.events import CallEnded
from app.calls.models import Call
from app.core import clock as wall
from app.core.database import db, unit_of_work
from app.core.events import publish
from app.core.phone_numbers import normalise
from app.handling import (
    clocks,
    desk_lists,
    following,
    merging,
    results,
    sweeping,
    unit_parts,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.handling.models import FollowKind
from app.handling.refusals import ChildWantsMore, MergedIntoItself
from app.notifications.models import Message
from app.tickets import duplicates, person_tickets
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, clock, saved, state

pytestmark = pytest.mark.usefixtures("registers", "app", "frozen")
CHILDS_NUMBER = "13900002801"


def merged_on_the_line(cast: Cast) -> tuple[int, int, int]:
    """Merge a ticket whose caller still talks; return the master, the child and the call."""
    call_id = spoken.call(cast.agent, CHILDS_NUMBER)
    with unit_of_work():
        call = db.session.get_one(Call, call_id)
        call.state, call.ended_at = CallState.TALKING, None
    master = play.open_one(cast)
    child = play.open_one(cast, call_id=call_id, contact_number=CHILDS_NUMBER)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    return master, child, call_id


def hang_up(call_id: int, *, is_told: bool) -> None:
    """End a call; `is_told`: whether those who listen hear of it."""
    with unit_of_work():
        call = db.session.get_one(Call, call_id)
        call.state, call.ended_at = CallState.ENDED, wall.now()
        if is_told:
            publish(CallEnded(call_id=call_id, agent_id=None, at=wall.now(), ended_by=""))


@pytest.mark.parametrize("is_told", [True, False])
def test_who_was_merged_away_while_he_talked_is_promised_an_answer_from_his_call_on(
    cast: Cast, *, is_told: bool
) -> None:
    _master, child, call_id = merged_on_the_line(cast)
    hang_up(call_id, is_told=is_told)
    play.sweep()

    assert clock(child, ClockKind.CITIZEN).is_running
    assert get_ticket(child).due_at is not None


def test_who_still_talks_while_the_master_is_handled_waits_for_his_answer_too(cast: Cast) -> None:
    master, child, _call_id = merged_on_the_line(cast)
    play.handle(cast, master)
    play.ask(cast, master)
    assert [each.id for each in merging.unanswered_children(get_ticket(master))] == [child]
    assert state(master) == "to_visit"

    play.ask(cast, child)
    play.sweep()
    assert state(master) == "closed"
    assert clocks.running(child, ClockKind.CITIZEN) is None


def merged(cast: Cast, **of_child: object) -> tuple[int, int]:
    """Merge one ticket into another one; return the master and the child."""
    master = play.open_one(cast)
    child = play.open_one(cast, **{"contact_number": CHILDS_NUMBER, **of_child})
    saved(merging.merge, child, master, doer=cast.dispatcher)
    return master, child


def asked_for_more(cast: Cast) -> tuple[int, int]:
    """Let the caller of the child, and nobody else, want it handled again."""
    master, child = merged(cast)
    play.handle(cast, master)
    play.ask(cast, child, is_solved=False, result_mark=1, asks_redo=True)
    return master, child


def test_a_master_is_not_closed_without_a_visit_over_a_childs_wish_for_more(cast: Cast) -> None:
    master, _child = asked_for_more(cast)

    with pytest.raises(ChildWantsMore):
        saved(results.close_unvisited, master, "declined_visit", doer=cast.auditor)
    assert state(master) == "to_visit"

    saved(visiting.refuse_redo, master, "已修好", doer=cast.dispatcher)  # decided, and said why
    assert state(master) == "closed"


def test_a_master_is_not_given_up_over_a_childs_wish_for_more(
    cast: Cast, frozen: time_machine.Traveller
) -> None:
    master, _child = asked_for_more(cast)
    for _each in range(3):
        frozen.shift(timedelta(hours=6))
        spoken.miss(cast, master, call_id=spoken.call(cast.visitor, talked=False))

    with pytest.raises(ChildWantsMore):
        saved(visiting.give_up, master, doer=cast.visitor)


def test_a_master_is_not_withdrawn_over_a_childs_wish_for_more(cast: Cast) -> None:
    master, _child = asked_for_more(cast)
    call_id = spoken.call(cast.agent, direction=Direction.IN)

    with pytest.raises(ChildWantsMore):
        saved(following.withdraw, master, call_id, doer=cast.agent)


def test_what_a_channel_answers_by_itself_neither_follows_nor_is_followed(cast: Cast) -> None:
    theirs, ours = play.open_one(cast), play.open_one(cast)
    with unit_of_work():
        get_ticket(theirs).is_channels_own = True

    for child, master in ((ours, theirs), (theirs, ours)):
        with pytest.raises(MergedIntoItself):
            saved(merging.merge, child, master, doer=cast.dispatcher)


def test_a_child_that_calls_again_is_heard_where_it_is_handled(cast: Cast) -> None:
    master, child = merged(cast)
    play.send(cast, master)
    saved(unit_parts.sign, master, doer=cast.unit)
    call_id = spoken.call(cast.agent, CHILDS_NUMBER, direction=Direction.IN)
    saved(
        duplicates.add_call,
        child,
        call_id=call_id,
        agent_id=cast.agent.user_id,
        note="还没修，很急",
    )
    saved(following.add, child, FollowKind.SUPPLEMENT, "另有一盏也坏了", doer=cast.agent)

    heard = following.follow_ups_heard(get_ticket(master))
    assert [(row.text, owner.id) for row, owner in heard] == [
        ("还没修，很急", child), ("另有一盏也坏了", child),
    ]  # fmt: skip
    told = select(Message.occasion).where(Message.ticket_id == master, Message.recipient == "unit")
    assert {"urged", "supplemented"} <= set(db.session.scalars(told))
    flags = desk_lists.beside([get_ticket(master)], now=wall.now())[master].flags
    assert flags["urge"] == 1
    assert saved(following.mark_seen, master, doer=cast.unit) == 2


def test_nobody_is_heard_over_a_master_that_is_closed(cast: Cast) -> None:
    master, child = merged(cast)
    play.handle(cast, master)
    play.ask(cast, child)
    play.ask(cast, master)
    assert state(master) == "closed"

    with pytest.raises(MoveNotPossible):
        saved(following.add, child, FollowKind.URGE, "急", doer=cast.agent)


def test_who_waits_for_another_ones_ticket_is_not_forgotten(cast: Cast) -> None:
    master, child = merged(cast)
    his = [get_ticket(child).caller_id or 0], [normalise(CHILDS_NUMBER)]
    assert person_tickets.has_open_ticket(*his)

    play.handle(cast, master)
    play.ask(cast, child)
    play.ask(cast, master)
    assert not person_tickets.has_open_ticket(*his)


def test_who_was_answered_as_a_follower_and_is_split_off_is_owed_an_answer_of_his_own(
    cast: Cast,
) -> None:
    master, child = merged(cast)
    play.handle(cast, master)
    play.ask(cast, child, is_solved=False, result_mark=1)
    saved(merging.split_off, child, "另一件事", doer=cast.dispatcher)
    assert clock(child, ClockKind.CITIZEN).is_running

    play.handle(cast, child)
    play.sweep()
    assert state(child) == "to_visit"  # not closed by what he said of the other one's reply
    play.ask(cast, child, result_mark=5)
    assert state(child) == "closed"
    assert [each.result_mark for each in visiting.visits_of(child)] == [1, 5]


def test_a_master_is_closed_however_many_others_wait_for_a_decision(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    waiting = play.audited(cast)
    play.ask(cast, waiting, is_solved=False, result_mark=1, asks_redo=True)
    master, child = merged(cast)
    play.handle(cast, master)
    play.ask(cast, master)
    play.ask(cast, child)
    play.sweep()

    assert (state(waiting), state(master)) == ("to_visit", "closed")
