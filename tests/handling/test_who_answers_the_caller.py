"""Who answers the caller once a result holds: the unit, or the hotline by the older rule (R19)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.core import clock as wall
from app.core.database import db
from app.handling import (
    answering,
    contacting,
    merging,
    refusals,
    reply_owed,
    results,
    unit_parts,
    visit_links,
    visit_lists,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.notifications.models import Message
from app.tickets import stepping
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotYours
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, clock, saved, state
from tests.handling.fast_lane import say

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]


def let_the_hotline_answer() -> None:
    say("reply.by", "reply_by_hotline")


def answer(cast: Cast, ticket_id: int, **call: bool) -> None:
    """Let the visitor call him and tell him the reply."""
    made = spoken.call(cast.visitor, **call)
    new = answering.NewAnswer(call_id=made, note="表示感谢")
    saved(answering.answer, ticket_id, new, doer=cast.visitor)


def handed_in_without_a_call(cast: Cast, **changes: object) -> int:
    ticket_id = play.handled(cast, **changes)
    play.hand_in(cast, ticket_id)
    return ticket_id


def told_by_unit(cast: Cast, ticket_id: int) -> None:
    """Let the unit tell him the reply in a call that proves it."""
    made = spoken.call(cast.unit)
    new = contacting.NewContact(is_reached=True, is_reply_told=True, call_id=made)
    saved(contacting.log_contact, ticket_id, new, doer=cast.unit)


def texts_to(ticket_id: int) -> list[str]:
    """Give the templates of what was written to his caller about the result, oldest first."""
    db.session.rollback()
    asked = db.select(Message.template).where(
        Message.ticket_id == ticket_id, Message.recipient == "caller"
    )
    written = list(db.session.scalars(asked.order_by(Message.id)))
    return [each for each in written if "result" in each or "answer_comes" in each]


def test_by_default_the_unit_answers_and_its_proven_call_ends_the_citizens_clock(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    told_by_unit(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)

    assert clock(ticket_id, ClockKind.CITIZEN).done_at is not None
    assert not reply_owed.is_owed(get_ticket(ticket_id))
    assert texts_to(ticket_id) == ["result_caller"]
    with pytest.raises(refusals.AnswerNotOwed):
        answer(cast, ticket_id)


def test_where_the_hotline_answers_the_clock_runs_until_it_has_told_him_and_not_the_unit(
    cast: Cast, tick: Tick
) -> None:
    let_the_hotline_answer()
    ticket_id = play.handled(cast)
    told_by_unit(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    tick(minutes=5)
    saved(results.approve, ticket_id, doer=cast.auditor)
    assert clock(ticket_id, ClockKind.CITIZEN).done_at is None
    assert reply_owed.is_owed(get_ticket(ticket_id))

    tick(minutes=20)
    answer(cast, ticket_id)

    assert clock(ticket_id, ClockKind.CITIZEN).done_at == wall.now()
    assert not reply_owed.is_owed(get_ticket(ticket_id))
    assert state(ticket_id) == "to_visit"
    acts = [each.act for each in stepping.steps_of(ticket_id)]
    assert acts[-2:] == ["contact", "answer_caller"]
    play.ask(cast, ticket_id)
    assert state(ticket_id) == "closed"


def test_where_the_hotline_answers_a_unit_needs_no_call_before_its_result(cast: Cast) -> None:
    by_unit = play.handled(cast)
    with pytest.raises(Exception, match="no-contact-yet"):
        play.hand_in(cast, by_unit)

    let_the_hotline_answer()

    handed_in_without_a_call(cast)


def test_a_ticket_keeps_the_rule_it_started_under(cast: Cast, tick: Tick) -> None:
    under_unit = play.handled(cast)
    tick(minutes=1)
    let_the_hotline_answer()
    under_hotline = handed_in_without_a_call(cast)
    tick(minutes=1)
    say("reply.by", "reply_by_unit")
    with pytest.raises(Exception, match="no-contact-yet"):
        play.hand_in(cast, under_unit)
    saved(results.approve, under_hotline, doer=cast.auditor)

    assert reply_owed.is_owed(get_ticket(under_hotline))
    assert not reply_owed.hotline_answers(get_ticket(under_unit))


def test_nobody_is_asked_about_a_reply_that_he_has_not_heard(cast: Cast) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)

    with pytest.raises(refusals.CallerNotAnswered):
        play.ask(cast, ticket_id)
    with pytest.raises(refusals.CallerNotAnswered):
        saved(results.close_unvisited, ticket_id, "not_suitable", doer=cast.auditor)
    assert state(ticket_id) == "to_visit"
    assert not visit_links.suits(get_ticket(ticket_id))


def test_not_to_be_asked_is_not_the_same_as_not_to_be_answered(cast: Cast) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    with pytest.raises(refusals.CallerNotAnswered):
        saved(results.close_unvisited, ticket_id, "not_suitable", doer=cast.auditor)
    nameless = handed_in_without_a_call(cast, contact_number="", caller_name="")

    saved(results.close_unvisited, nameless, "anonymous_caller", doer=cast.auditor)

    assert (state(ticket_id), state(nameless)) == ("to_audit", "closed")


def test_only_a_call_in_which_he_talked_counts_as_the_answer(cast: Cast) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)

    with pytest.raises(refusals.NobodyAnswered):
        answer(cast, ticket_id, talked=False)
    with pytest.raises(refusals.NobodyAnswered):
        saved(answering.answer, ticket_id, answering.NewAnswer(call_id=None), doer=cast.visitor)
    assert clock(ticket_id, ClockKind.CITIZEN).done_at is None
    assert contacting.contacts_of(ticket_id) == []


def test_neither_the_unit_nor_a_dispatcher_answers_for_the_hotline(cast: Cast) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)

    for doer in (cast.unit, cast.dispatcher, cast.agent, cast.outsourced):
        new = answering.NewAnswer(call_id=spoken.call(doer))
        with pytest.raises(MoveNotYours):
            saved(answering.answer, ticket_id, new, doer=doer)


def test_who_could_not_be_reached_is_given_up_as_ever(cast: Cast, tick: Tick) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)
    for _time in range(3):
        tick(hours=3)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    saved(visiting.give_up, ticket_id, doer=cast.visitor)

    assert state(ticket_id) == "closed"
    assert texts_to(ticket_id) == ["answer_comes_caller", "result_caller"]


def test_in_a_second_round_he_is_answered_anew(cast: Cast, tick: Tick) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)
    answer(cast, ticket_id)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True, words="还是不亮")
    saved(visiting.send_again, ticket_id, "确未修好", doer=cast.dispatcher)
    tick(hours=1)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    play.hand_in(cast, ticket_id, public_reply="已更换整条线路，今晚可正常亮灯，欢迎监督。")
    saved(results.approve, ticket_id, doer=cast.auditor)

    assert reply_owed.is_owed(get_ticket(ticket_id))
    answer(cast, ticket_id)
    play.ask(cast, ticket_id)
    assert state(ticket_id) == "closed"


def test_the_caller_is_told_that_the_hotline_will_call_and_reads_the_reply_once_it_has(
    cast: Cast,
) -> None:
    let_the_hotline_answer()
    ticket_id = handed_in_without_a_call(cast)
    saved(results.approve, ticket_id, doer=cast.auditor)
    assert texts_to(ticket_id) == ["answer_comes_caller"]

    answer(cast, ticket_id)

    assert texts_to(ticket_id) == ["answer_comes_caller", "result_caller"]
    play.ask(cast, ticket_id)
    assert len(texts_to(ticket_id)) == 2


def test_of_one_matter_every_caller_is_answered_and_asked_before_it_is_closed(
    cast: Cast, tick: Tick
) -> None:
    let_the_hotline_answer()
    ticket_id = play.open_one(cast)
    follower = play.open_one(cast, contact_number="13900002818", caller_name="陈女士")
    saved(merging.merge, follower, ticket_id, doer=cast.dispatcher)
    play.take_in_hand(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)
    assert {each.ticket.id for each in listed() if each.is_owed} == {ticket_id, follower}
    answer(cast, ticket_id)
    play.ask(cast, ticket_id)
    assert state(ticket_id) == "to_visit"
    tick(minutes=5)

    made = spoken.call(cast.visitor, "13900002818")
    new = answering.NewAnswer(call_id=made)
    saved(answering.answer, follower, new, doer=cast.visitor)
    assert [(each.ticket.id, each.is_owed) for each in listed()] == [(follower, False)]
    assert [each.id for each in merging.unanswered_children(get_ticket(ticket_id))] == [follower]
    play.ask(cast, follower, call_id=made)
    play.sweep()

    assert state(ticket_id) == "closed"
    assert texts_to(follower) == ["answer_comes_caller", "result_caller"]


def listed() -> list[visit_lists.ToAsk]:
    return visit_lists.to_ask(now=wall.now() + timedelta(days=1), reads_confidential=False)
