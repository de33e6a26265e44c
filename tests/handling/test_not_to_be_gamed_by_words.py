"""Who wants better figures tries it by words, asking and closing. It fails, or shows."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.core import clock as wall
from app.handling import (
    clocks,
    contacting,
    dispatching,
    following,
    merging,
    refusals,
    results,
    returning,
    telling_figures,
    unit_parts,
    visiting,
)
from app.handling.clock_rules import ClockKind
from app.handling.counted_tickets import tickets_opened
from app.handling.models import VisitWay
from app.handling.reply_checks import (
    NoContactYet,
    NotReachedUnproven,
    ReplySaysNothing,
    ReplyTooShort,
)
from app.tickets import stepping
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveLacks, MoveNotPossible, MoveNotYours
from tests.handling import cast as play
from tests.handling import spoken
from tests.handling.cast import Cast, clock, saved, state

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

Tick = Callable[..., None]
C = ClockKind.CITIZEN
GOOD = visiting.Answers(is_solved=True, result_mark=5, attitude_mark=5)


def unit_misses(cast: Cast, ticket_id: int, call_id: int | None) -> None:
    """Let the unit note that it did not reach the citizen."""
    play.reach(cast, ticket_id, is_reached=False, call_id=call_id)


def test_he_did_not_answer_is_believed_only_after_calls_that_the_platform_carried(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    for _time in range(5):
        unit_misses(cast, ticket_id, None)
    with pytest.raises(NoContactYet):
        play.hand_in(cast, ticket_id)
    unit_misses(cast, ticket_id, spoken.call(cast.unit, talked=False))
    with pytest.raises(NotReachedUnproven):
        play.hand_in(cast, ticket_id)
    share = telling_figures.not_reached_without_proof(contacting.contacts_of(ticket_id))
    assert share == telling_figures.Share(times=5, of=6)


def test_an_old_call_anothers_call_and_one_to_somebody_else_prove_nothing(
    cast: Cast, tick: Tick
) -> None:
    old = spoken.call(cast.unit)
    tick(minutes=5)
    ticket_id = play.handled(cast)
    for call_id in (
        old,
        spoken.call(cast.other),
        spoken.call(cast.unit, "13900009999"),
        spoken.call(cast.unit, direction=spoken.Direction.IN),
    ):
        with pytest.raises(refusals.CallIsNotHis):
            play.reach(cast, ticket_id, call_id=call_id)
    once = spoken.call(cast.unit)
    play.reach(cast, ticket_id, call_id=once)
    with pytest.raises(refusals.CallIsNotHis):
        play.reach(cast, ticket_id, call_id=once)


def test_a_contact_by_ones_own_telephone_is_counted_as_not_proven(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    share = telling_figures.contacts_without_proof(contacting.contacts_of(ticket_id))
    assert share == telling_figures.Share(times=1, of=1)


@pytest.mark.parametrize("reply", ["", "   。。。。。。。。。。。。", "已处理", "1234567890123"])
def test_an_empty_reply_is_no_reply(cast: Cast, reply: str) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    with pytest.raises((ReplyTooShort, MoveLacks)):
        play.hand_in(cast, ticket_id, public_reply=reply)


def test_one_word_again_and_again_is_no_reply(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    with pytest.raises(ReplySaysNothing):
        play.hand_in(cast, ticket_id, public_reply="已处理" * 20)


@pytest.mark.parametrize(
    "copy",
    [
        "经现场核查，五盏路灯已于今日下午全部修复，感谢您的监督。",
        "经现场核查， 三盏路灯 已于今日下午全部修复！感谢您的监督",
        "经现场核查，３盏路灯已于今日下午全部修复，\u200b感谢您的监督。",
    ],
)
def test_a_copied_reply_is_found_whatever_figures_spaces_and_width_it_has(
    cast: Cast, copy: str
) -> None:
    first = play.audited(cast)
    second = play.handled(cast)
    play.reach(cast, second)
    play.hand_in(cast, second, public_reply=copy)

    (one,), (two,) = results.results_of(first), results.results_of(second)
    assert (one.copied_from_id, two.copied_from_id) == (None, one.id)
    assert telling_figures.copied_replies([one, two]) == telling_figures.Share(times=1, of=2)


def test_a_copy_with_another_name_in_it_is_told_by_its_likeness(cast: Cast) -> None:
    written = "您好，{}先生，经现场核查，三盏路灯已于今日下午全部修复并通电，感谢您的监督和支持。"
    replies = []
    for name in ("黄", "李"):
        ticket_id = play.handled(cast)
        play.reach(cast, ticket_id)
        play.hand_in(cast, ticket_id, public_reply=written.format(name))
        replies += results.results_of(ticket_id)
    assert replies[1].copied_from_id is None
    assert telling_figures.copied_replies(replies).times == 1


def test_the_same_reply_once_more_after_a_redo_or_a_defect_is_a_copy(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.send_back, ticket_id, "empty_words", doer=cast.auditor)
    play.hand_in(cast, ticket_id)

    one, two = results.results_of(ticket_id)
    assert two.copied_from_id == one.id
    assert telling_figures.times_done(stepping.steps_of(ticket_id), "send_back") == {ticket_id: 1}


def test_what_he_was_told_of_a_refused_result_does_not_count_as_the_reply(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id, call_id=spoken.call(cast.unit), is_reply_told=True)
    play.hand_in(cast, ticket_id)
    tick(minutes=5)
    saved(results.send_back, ticket_id, "empty_words", doer=cast.auditor)
    play.hand_in(cast, ticket_id, public_reply="经复查，线路老化，已更换整条电缆并恢复照明。")
    saved(results.approve, ticket_id, doer=cast.auditor)

    assert clock(ticket_id, C).is_running


def test_a_unit_neither_audits_nor_asks_about_its_own_work_whatever_the_hat_of_its_person(
    cast: Cast,
) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    own_auditor = play.doer("dispatcher", cast.lead)
    own_visitor = play.doer("return_visitor", cast.lead)
    with pytest.raises(MoveNotYours):
        saved(results.approve, ticket_id, doer=own_auditor)
    saved(results.approve, ticket_id, doer=cast.auditor)
    new = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    with pytest.raises(MoveNotYours):
        saved(visiting.visit, ticket_id, new, doer=own_visitor)


def test_who_signed_spoke_or_handed_in_for_a_unit_judges_it_nowhere_he_moves_to(
    cast: Cast,
) -> None:
    ticket_id = play.audited(cast)
    hotline = cast.visitor.unit_id
    moved = play.Doer(user_id=cast.unit.user_id, role=cast.visitor.role, unit_id=hotline)
    new = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    with pytest.raises(MoveNotYours):
        saved(visiting.visit, ticket_id, new, doer=moved)


def test_who_works_for_a_contractor_neither_audits_nor_asks_nor_closes(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    for act in (results.approve, visiting.give_up):
        with pytest.raises(MoveNotYours):
            saved(act, ticket_id, doer=cast.outsourced)
    for act in (results.send_back, results.close_unvisited, visiting.reopen, dispatching.void):
        with pytest.raises(MoveNotYours):
            saved(act, ticket_id, "law", doer=cast.outsourced)
    new = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    with pytest.raises(MoveNotYours):
        saved(visiting.visit, ticket_id, new, doer=cast.outsourced)


def test_a_citizen_is_given_up_only_after_calls_to_him_at_different_times(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    for _time in range(3):
        spoken.miss(cast, ticket_id)
    with pytest.raises(refusals.AskedTooSeldom):
        saved(visiting.give_up, ticket_id, doer=cast.visitor)
    for _time in range(3):  # three calls within three minutes are one
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
        tick(minutes=1)
    with pytest.raises(refusals.AskedTooSeldom):
        saved(visiting.give_up, ticket_id, doer=cast.visitor)
    for _time in range(2):
        tick(hours=3)
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
    saved(visiting.give_up, ticket_id, doer=cast.visitor)

    assert state(ticket_id) == "closed"
    assert telling_figures.visits_given_up(visiting.visits_of(ticket_id)).percent == 100


def test_that_somebody_is_given_up_is_counted_as_no_attempt_to_reach_him(
    cast: Cast, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    for _time in range(3):
        spoken.miss(cast, ticket_id, call_id=spoken.call(cast.visitor, talked=False))
        tick(hours=3)
    saved(visiting.give_up, ticket_id, doer=cast.visitor)

    now = wall.now()
    [counted] = tickets_opened(now - timedelta(days=1), now, now=now)
    assert (counted.visit_attempts, counted.is_reached) == (3, False)


def test_answers_that_nobody_heard_are_counted_and_no_call_that_was_missed_brings_any(
    cast: Cast,
) -> None:
    ticket_id = play.audited(cast)
    missed = spoken.call(cast.visitor, talked=False)
    with pytest.raises(refusals.CallIsNotHis):
        play.ask(cast, ticket_id, call_id=missed)
    play.ask(cast, ticket_id)
    assert telling_figures.answers_without_proof(visiting.visits_of(ticket_id)).times == 1

    other = play.audited(cast)
    play.ask(cast, other, call_id=spoken.call(cast.visitor))
    assert telling_figures.answers_without_proof(visiting.visits_of(other)).times == 0


def test_a_bad_answer_is_not_asked_away_left_out_or_given_up(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1, asks_redo=True)
    with pytest.raises(refusals.CitizenHasAnswered):
        play.ask(cast, ticket_id)
    with pytest.raises(refusals.CitizenHasAnswered):
        saved(visiting.give_up, ticket_id, doer=cast.visitor)
    with pytest.raises(refusals.CitizenHasAnswered):
        saved(results.close_unvisited, ticket_id, "law", doer=cast.auditor)
    master = play.open_one(cast)
    with pytest.raises(MoveNotPossible):
        saved(merging.merge, ticket_id, master, doer=cast.dispatcher)
    assert state(ticket_id) == "to_visit"


def test_nobody_but_the_citizen_answers_by_message_and_a_call_is_made_by_somebody(
    cast: Cast,
) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(MoveNotYours):
        play.ask(cast, ticket_id, way=VisitWay.SMS)
    by_phone = visiting.NewVisit(way=VisitWay.PHONE, answers=GOOD)
    with pytest.raises(MoveNotYours):
        saved(visiting.visit, ticket_id, by_phone, doer=None)


def test_closing_and_reopening_wipes_out_no_mark_and_is_counted(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id, is_solved=False, result_mark=1)
    with pytest.raises(MoveNotYours):
        saved(visiting.reopen, ticket_id, "重新处理", doer=cast.dispatcher)
    saved(visiting.reopen, ticket_id, "复核成立", doer=cast.manager)

    assert [each.result_mark for each in visiting.visits_of(ticket_id)] == [1]
    assert get_ticket(ticket_id).round == 2
    assert telling_figures.times_done(stepping.steps_of(ticket_id), "reopen") == {ticket_id: 1}


def test_refusing_a_redo_that_nobody_asked_for_closes_nothing(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    with pytest.raises(refusals.NoRedoAsked):
        saved(visiting.refuse_redo, ticket_id, "已处理好", doer=cast.dispatcher)


def test_what_a_unit_had_is_not_struck_out(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.give_back(cast, ticket_id)
    saved(returning.agree, ticket_id, doer=cast.dispatcher)
    with pytest.raises(MoveNotPossible):
        saved(dispatching.void, ticket_id, "误录", doer=cast.manager)


def test_nobody_takes_a_demand_back_for_a_citizen_who_did_not_call(cast: Cast, tick: Tick) -> None:
    before = spoken.call(cast.agent, direction=spoken.Direction.IN, ago=timedelta(hours=1))
    ticket_id = play.handled(cast)
    tick(minutes=5)
    for call_id in (
        before,
        spoken.call(cast.agent, "13900009999", direction=spoken.Direction.IN),
        spoken.call(cast.agent, talked=False),
        spoken.call(cast.outsourced),  # a colleague's
        999_999,
    ):
        with pytest.raises(refusals.CallIsNotHis):
            saved(following.withdraw, ticket_id, call_id, doer=cast.agent)
    for by in (cast.unit, cast.dispatcher, cast.manager):
        with pytest.raises(MoveNotYours):
            saved(following.withdraw, ticket_id, spoken.call(by), doer=by)
    assert state(ticket_id) == "handling"


def test_follow_up_is_handed_to_nobody_who_cannot_follow_up(cast: Cast) -> None:
    ticket_id = play.open_one(cast)
    for to in (cast.unit, cast.visitor, cast.agent):
        with pytest.raises(refusals.NotForThisPerson):
            saved(following.hand_over, ticket_id, to.user_id, "调班", doer=cast.agent)


def test_no_code_writes_who_took_it_first_but_the_opening() -> None:
    writers = {
        str(path)
        for path in Path("app").rglob("*.py")
        if "first_contact_id=" in path.read_text(encoding="utf-8").replace(" ", "")
        and "first_contact_id==" not in path.read_text(encoding="utf-8").replace(" ", "")
    }
    assert {each for each in writers if "demo" not in each} <= {
        "app/tickets/opening.py",
        "app/handling/following.py",
        "app/tickets/list_rows.py",  # a copy for the list, never read back
    }


def test_signing_anothers_ticket_or_handing_in_anothers_result_is_not_to_be_had(
    cast: Cast,
) -> None:
    ticket_id = play.open_one(cast)
    play.send(cast, ticket_id)
    for by in (cast.other, cast.town, cast.agent, cast.manager):
        with pytest.raises((refusals.NotYourPart, MoveNotYours)):
            saved(unit_parts.sign, ticket_id, doer=by)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    with pytest.raises(MoveNotYours):
        saved(
            results.hand_in,
            ticket_id,
            results.NewResult(public_reply=play.REPLY, is_solved=True),
            doer=cast.other,
        )
    assert clocks.running(ticket_id, ClockKind.HANDLE) is not None
