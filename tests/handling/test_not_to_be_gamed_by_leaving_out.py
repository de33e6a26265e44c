"""Who wants better figures leaves out whoever would spoil them. It fails, or shows."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.calls.call_states import Direction
from app.core import clock as wall
from app.handling import (
    contacting,
    following,
    merging,
    refusals,
    results,
    timing,
    visit_links,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.models import FollowKind, TimeKind
from app.handling.reply_checks import NoContactYet
from app.handling.telling_cases import cases_between
from app.handling.ticket_pictures import TicketPicture
from app.tickets.service import get_ticket
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.asking_time import agree, ask_time
from tests.handling.cast import Cast, clock, saved, state, sweep

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
C = ClockKind.CITIZEN


def with_child(cast: Cast) -> tuple[int, int]:
    """Give a master that is to be asked about, and a child that follows it."""
    master, child = play.handled(cast), play.open_one(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    play.reach(cast, master)
    play.hand_in(cast, master)
    saved(results.approve, master, doer=cast.auditor)
    return master, child


def give_up(cast: Cast, ticket_id: int, tick: Tick) -> None:
    """Try him three times by calls, and give him up."""
    for _time in range(3):
        tick(hours=3)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    saved(visiting.give_up, ticket_id, doer=cast.visitor)


def counted() -> TicketPicture:
    """Return the newest ticket as figures count it."""
    day = timedelta(days=1)
    return tickets_opened(wall.now() - day, wall.now() + day, now=wall.now())[-1]


def test_a_bad_answer_is_not_withdrawn_away(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
    he_calls = spoken.call(cast.agent, direction=Direction.IN)

    with pytest.raises(refusals.CitizenHasAnswered):
        saved(following.withdraw, ticket_id, he_calls, doer=cast.agent)
    assert state(ticket_id) == "to_visit"


def test_who_lets_tickets_be_withdrawn_merges_them_or_asks_nobody_is_counted(cast: Cast) -> None:
    withdrawn, unasked, child = play.handled(cast), play.audited(cast), play.open_one(cast)
    call = spoken.call(cast.agent, direction=Direction.IN)
    saved(following.withdraw, withdrawn, call, doer=cast.agent)
    saved(results.close_unvisited, unasked, "told_at_once", doer=cast.auditor)
    saved(merging.merge, child, play.open_one(cast), doer=cast.dispatcher)

    day = timedelta(days=1)
    cases = cases_between(wall.now() - day, wall.now() + day, now=wall.now())
    for act, ticket_id, by in (
        ("withdraw", withdrawn, cast.agent),
        ("close_unvisited", unasked, cast.auditor),
        ("merge", child, cast.dispatcher),
    ):
        told = [(each.ticket_id, each.person_id) for each in cases[f"act_{act}"] if each.times]
        assert told == [(ticket_id, by.user_id)]


def test_not_reached_is_no_reason_to_ask_nobody_without_the_calls_that_prove_it(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(refusals.AskedTooSeldom):
        saved(results.close_unvisited, ticket_id, "unreachable", doer=cast.auditor)
    for _time in range(3):
        tick(hours=3)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    saved(results.close_unvisited, ticket_id, "unreachable", doer=cast.auditor)
    assert state(ticket_id) == "closed"


def test_who_left_a_number_is_not_left_out_as_anonymous(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(refusals.ExclusionUntrue):
        saved(results.close_unvisited, ticket_id, "anonymous_caller", doer=cast.auditor)

    without = play.audited(cast, contact_number="", is_anonymous=True)
    saved(results.close_unvisited, without, "anonymous_caller", doer=cast.auditor)
    assert (state(ticket_id), state(without)) == ("to_visit", "closed")


def test_a_call_from_a_desk_that_is_hung_up_at_once_tried_nobody(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    hung_up = spoken.call(cast.visitor, talked=False, seconds=2, ended_by="agent")

    with pytest.raises(refusals.CallIsNotHis):
        spoken.miss(cast, ticket_id, call_id=hung_up)
    assert visiting.proven_tries(get_ticket(ticket_id)) == 0


def test_a_unit_proves_no_try_by_a_call_that_is_hung_up_at_once(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    hung_up = spoken.call(cast.unit, talked=False, seconds=2, ended_by="agent")

    with pytest.raises(refusals.CallIsNotHis):
        play.reach(cast, ticket_id, is_reached=False, call_id=hung_up)
    assert contacting.contacts_of(ticket_id) == []


def test_who_took_the_call_was_not_missed_as_if_nobody_had(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(refusals.HeTalked):
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor))
    new = visiting.NewVisit(
        way=visiting.VisitWay.PHONE, call_id=spoken.call(cast.visitor), note="call_later"
    )
    saved(visiting.visit, ticket_id, new, doer=cast.visitor)
    assert visiting.proven_tries(get_ticket(ticket_id)) == 1


def test_a_unit_hands_in_nothing_on_the_talk_that_the_unit_before_it_had(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    tick(minutes=5)
    play.give_back(cast, ticket_id)
    saved(play.returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    saved(play.unit_parts.sign, ticket_id, doer=cast.other)

    new = results.NewResult(public_reply=play.REPLY, is_solved=True)
    with pytest.raises(NoContactYet):
        saved(results.hand_in, ticket_id, new, doer=cast.other)
    play.reach(cast, ticket_id, by=cast.other)
    saved(results.hand_in, ticket_id, new, doer=cast.other)


def test_what_the_hotline_asked_the_citizen_is_no_response_of_the_unit(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id, by=cast.agent)
    assert counted().contacted_in_time is None  # it still has time

    play.reach(cast, ticket_id)
    assert counted().contacted_in_time is True


def test_a_child_that_was_given_up_once_is_not_lost_where_it_is_merged_again(
    cast: Cast, tick: Tick
) -> None:
    _master, child = with_child(cast)
    give_up(cast, child, tick)
    saved(merging.split_off, child, "另一件事", doer=cast.dispatcher)
    other = play.handled(cast)
    saved(merging.merge, child, other, doer=cast.dispatcher)
    play.reach(cast, other)
    play.hand_in(cast, other)
    saved(results.approve, other, doer=cast.auditor)
    play.ask(cast, other)
    sweep()

    assert clock(child, C).done_at is None
    assert [each.id for each in merging.unanswered_children(get_ticket(other))] == [child]
    assert state(other) == "to_visit"


def test_a_child_that_was_given_up_is_not_asked_where_nobody_would_hear_it(
    cast: Cast, tick: Tick
) -> None:
    master, child = with_child(cast)
    give_up(cast, child, tick)
    assert visit_links.is_open(get_ticket(child))  # as long as it still can change something
    play.ask(cast, master)

    assert state(master) == "closed"
    assert not visit_links.is_open(get_ticket(child))


def test_a_supervised_ticket_is_not_merged_out_of_its_supervision(cast: Cast, tick: Tick) -> None:
    supervised, master = play.handled(cast), play.handled(cast)
    saved(following.add, supervised, FollowKind.SUPERVISE, "请尽快", doer=cast.overseer)
    due = clock(supervised, ClockKind.SUPERVISE).due_at
    tick(hours=5)
    saved(merging.merge, supervised, master, doer=cast.dispatcher)

    row = clock(master, ClockKind.SUPERVISE)
    assert (row.due_at, row.done_at) == (due, None)


def test_the_citizen_is_put_off_once_however_many_units_ask_in_turn(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    told = play.reach(cast, ticket_id, call_id=spoken.call(cast.unit))
    ask_time(cast, ticket_id, TimeKind.EXTENSION, "5wd", told_in_contact_id=told)
    agree(cast, ticket_id)
    promised = clock(ticket_id, C).due_at
    play.give_back(cast, ticket_id)
    saved(play.returning.agree, ticket_id, doer=cast.dispatcher)
    play.send(cast, ticket_id, lead=cast.second)
    saved(play.unit_parts.sign, ticket_id, doer=cast.other)
    told = play.reach(cast, ticket_id, by=cast.other, call_id=spoken.call(cast.other))
    wish = timing.NewTime(
        kind=TimeKind.EXTENSION, reason="complex", basis="待鉴定",
        limit=timing.read_limit("5wd"), told_in_contact_id=told,
    )  # fmt: skip
    saved(timing.ask_time, ticket_id, wish, doer=cast.other)
    agree(cast, ticket_id)

    assert (clock(ticket_id, C).due_at, clock(ticket_id, C).extensions) == (promised, 1)
    assert clock(ticket_id, ClockKind.HANDLE).extensions == 1
