"""Where a ticket stands is put right by its page: looked at, struck out, split off, resumed."""

from collections.abc import Callable

import pytest

from app.handling import dispatching, merging, timing, unit_parts
from app.handling.clock_rules import ClockKind
from app.handling.models import TimeKind
from app.rules import rule_register
from app.rules.rule_book import ReviewGate
from app.tickets import stepping
from app.tickets.intake_gate import first_state
from app.tickets.service import get_ticket
from app.tickets.ticket_moves import MoveNotPossible
from app.tickets.ticket_states import EntryMode, TicketState, Urgency
from tests.handling import cast as play
from tests.handling.cast import Cast, clock, saved, state
from tests.ticket_desks.browsers import Desks, errors_of, page, seen_in, send, words

Tick = Callable[..., None]


def look_at(gate: ReviewGate) -> None:
    """Let new tickets be looked at from now on."""
    rule = "review.before_dispatch"
    saved(rule_register.set_value, rule, str(gate), basis="示例", valid_from=None)


def test_a_new_ticket_is_looked_at_before_its_dispatch_and_its_clock_runs_meanwhile(
    cast: Cast, desks: Desks, tick: Tick
) -> None:
    look_at(ReviewGate.ALL)
    tick(minutes=1)
    ticket_id = play.open_one(cast, title="待看的工单")
    urgent = play.open_one(cast, title="紧急的工单", urgency=Urgency.URGENT)
    browser = desks.at("dispatcher")

    assert state(urgent) == TicketState.TO_DISPATCH
    pool = words(page(browser, "/dispatch?pool=to_review"))
    assert "待看的工单" in pool
    assert "紧急的工单" not in pool
    html = page(browser, f"/dispatch/{ticket_id}?pool=to_review")
    assert f'action="/dispatch/{ticket_id}"' not in html  # not to be dispatched yet
    started = clock(ticket_id, ClockKind.DISPATCH).started_at
    tick(minutes=20)
    answer = send(
        browser,
        f"/dispatch/{ticket_id}/approve-intake?pool=to_review",
        **{"approve_intake-seen": seen_in(html, "approve_intake"), "approve_intake-note": "齐全"},
    )

    assert answer.status_code == 302
    assert answer.location.endswith("/dispatch?pool=to_review")
    assert state(ticket_id) == TicketState.TO_DISPATCH
    row = clock(ticket_id, ClockKind.DISPATCH)
    assert (row.started_at, row.is_running) == (started, True)
    assert stepping.steps_of(ticket_id)[-1].carried == {"note": "齐全"}
    assert "齐全" in page(browser, f"/dispatch/{ticket_id}")


@pytest.mark.parametrize("gate", ReviewGate)
@pytest.mark.parametrize("mode", EntryMode)
def test_the_rule_says_what_is_looked_at(gate: ReviewGate, mode: EntryMode) -> None:
    looked_at = {
        ReviewGate.NONE: set(),
        ReviewGate.NOT_BY_CALL: set(EntryMode) - {EntryMode.CALL},
        ReviewGate.ALL: set(EntryMode),
    }
    wanted = TicketState.TO_REVIEW if mode in looked_at[gate] else TicketState.TO_DISPATCH

    assert first_state(mode, is_channels_own=False, is_urgent=False, gate=gate) is wanted
    urgent = first_state(mode, is_channels_own=False, is_urgent=True, gate=gate)
    assert urgent is TicketState.TO_DISPATCH
    own = first_state(mode, is_channels_own=True, is_urgent=False, gate=gate)
    assert own is TicketState.HANDLING


def test_a_question_before_the_review_is_asked_from_its_page(cast: Cast, desks: Desks) -> None:
    look_at(ReviewGate.ALL)
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    html = page(browser, f"/dispatch/{ticket_id}")

    send(
        browser,
        f"/dispatch/{ticket_id}/ask-info",
        **{"ask_info-seen": seen_in(html, "ask_info"), "ask_info-question": "哪个路口？"},
    )

    assert state(ticket_id) == TicketState.NEED_INFO


def test_a_ticket_that_was_questioned_before_its_review_does_not_pass_the_review_by(
    cast: Cast, desks: Desks, tick: Tick
) -> None:
    look_at(ReviewGate.ALL)
    tick(minutes=1)
    ticket_id = play.open_one(cast, title="问过的工单")
    started = clock(ticket_id, ClockKind.DISPATCH).started_at
    promised = get_ticket(ticket_id).due_at
    saved(dispatching.ask_info, ticket_id, "哪个路口？", doer=cast.dispatcher)
    tick(minutes=20)
    saved(dispatching.give_info, ticket_id, "东口", doer=cast.agent)

    assert state(ticket_id) == TicketState.TO_REVIEW
    row = clock(ticket_id, ClockKind.DISPATCH)
    assert (row.started_at, row.is_running) == (started, True)
    assert get_ticket(ticket_id).due_at == promised
    with pytest.raises(MoveNotPossible):
        play.send(cast, ticket_id)
    browser = desks.at("dispatcher")
    assert "问过的工单" in words(page(browser, "/dispatch?pool=to_review"))
    assert "问过的工单" not in words(page(browser, "/dispatch?pool=to_dispatch"))
    told = words(page(desks.at("dispatcher"), f"/tickets/{ticket_id}"))
    assert "补充信息 （由“待补充”到“待预审”）" in told


def test_the_answer_to_a_question_after_the_review_waits_for_its_dispatch(cast: Cast) -> None:
    look_at(ReviewGate.ALL)
    ticket_id = play.open_one(cast)
    saved(dispatching.ask_info, ticket_id, "哪个路口？", doer=cast.dispatcher)
    saved(dispatching.give_info, ticket_id, "东口", doer=cast.agent)
    saved(dispatching.approve_intake, ticket_id, doer=cast.dispatcher)
    saved(dispatching.ask_info, ticket_id, "哪一侧？", doer=cast.dispatcher)
    saved(dispatching.give_info, ticket_id, "南侧", doer=cast.agent)

    assert state(ticket_id) == TicketState.TO_DISPATCH
    look_at(ReviewGate.NONE)
    assert play.send(cast, ticket_id).state is TicketState.TO_SIGN


@pytest.mark.parametrize("is_asked", [False, True], ids=["as it came", "questioned"])
def test_merging_and_splitting_off_is_no_way_round_the_review(
    cast: Cast, *, is_asked: bool
) -> None:
    look_at(ReviewGate.ALL)
    child, master = play.open_one(cast), play.open_one(cast)
    if is_asked:
        saved(dispatching.ask_info, child, "哪个路口？", doer=cast.dispatcher)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    saved(merging.split_off, child, "另一个路口", doer=cast.dispatcher)

    assert state(child) == TicketState.TO_REVIEW
    assert clock(child, ClockKind.DISPATCH).is_running


def test_what_a_unit_had_before_it_was_merged_needs_no_second_look(cast: Cast) -> None:
    look_at(ReviewGate.ALL)
    child, master = play.open_one(cast), play.open_one(cast)
    saved(dispatching.approve_intake, child, doer=cast.dispatcher)
    play.take_in_hand(cast, child)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    saved(merging.split_off, child, "另一个路口", doer=cast.dispatcher)

    assert state(child) == TicketState.TO_DISPATCH


def test_what_was_no_demand_is_struck_out_by_the_manager_alone_and_with_a_reason(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.open_one(cast)
    dispatcher, manager = desks.at("dispatcher"), desks.at("hotline_manager")
    assert "/void" not in page(dispatcher, f"/dispatch/{ticket_id}")
    not_his = send(dispatcher, f"/dispatch/{ticket_id}/void", **{"void-reason": "误"})
    assert not_his.status_code == 403

    html = page(manager, f"/dispatch/{ticket_id}")
    sent = {"void-seen": seen_in(html, "void")}
    empty = send(manager, f"/dispatch/{ticket_id}/void", **{**sent, "void-reason": " "})
    assert empty.status_code == 422
    assert errors_of(empty.text, "void-reason")
    assert "<details" in empty.text
    assert send(manager, f"/dispatch/{ticket_id}/void", **{**sent, "void-reason": "误录"}).location
    assert state(ticket_id) == TicketState.VOID
    assert "/void" not in page(manager, f"/dispatch/{ticket_id}")


def test_once_a_unit_had_it_nothing_is_struck_out(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast)
    manager = desks.at("hotline_manager")
    seen = seen_in(page(manager, f"/dispatch/{ticket_id}"), "void")
    play.send(cast, ticket_id)

    assert "/void" not in page(manager, f"/dispatch/{ticket_id}")
    sent = {"void-seen": seen, "void-reason": "误录"}
    late = send(manager, f"/dispatch/{ticket_id}/void", **sent)
    assert late.status_code == 409
    assert state(ticket_id) == TicketState.TO_SIGN


def test_a_merged_ticket_stands_for_itself_again_from_its_page(cast: Cast, desks: Desks) -> None:
    child, master = play.open_one(cast), play.open_one(cast)
    saved(merging.merge, child, master, doer=cast.dispatcher)
    browser = desks.at("dispatcher")
    assert "/split-off" not in page(browser, f"/dispatch/{master}")
    html = page(browser, f"/dispatch/{child}")
    sent = {"split_off-seen": seen_in(html, "split_off")}

    empty = send(browser, f"/dispatch/{child}/split-off", **{**sent, "split_off-reason": ""})
    assert empty.status_code == 422
    assert errors_of(empty.text, "split_off-reason")
    send(browser, f"/dispatch/{child}/split-off", **{**sent, "split_off-reason": "不是同一处"})

    assert (state(child), get_ticket(child).master_id) == (TicketState.TO_DISPATCH, None)
    again = send(browser, f"/dispatch/{child}/split-off", **{**sent, "split_off-reason": "再来"})
    assert again.status_code == 409


def test_a_suspended_ticket_has_a_pool_and_goes_on_from_its_page(cast: Cast, desks: Desks) -> None:
    ticket_id = play.open_one(cast, title="等鉴定的工单")
    play.send(cast, ticket_id)
    saved(unit_parts.sign, ticket_id, doer=cast.unit)
    wish = timing.NewTime(kind=TimeKind.SUSPENSION, reason="appraisal", basis="等候鉴定")
    saved(timing.ask_time, ticket_id, wish, doer=cast.unit)
    saved(timing.decide, ticket_id, agrees=True, words="", doer=cast.dispatcher)
    browser = desks.at("dispatcher")

    assert "等鉴定的工单" in page(browser, "/dispatch?pool=suspended")
    html = page(browser, f"/dispatch/{ticket_id}")
    sent = {"resume-seen": seen_in(html, "resume"), "resume-note": "鉴定已出"}
    assert send(browser, f"/dispatch/{ticket_id}/resume", **sent).status_code == 302

    assert state(ticket_id) == TicketState.HANDLING
    assert clock(ticket_id, ClockKind.HANDLE).is_running
    assert "鉴定已出" in page(browser, f"/dispatch/{ticket_id}")
    assert send(browser, f"/dispatch/{ticket_id}/resume", **sent).status_code == 409


def test_a_page_that_saw_less_is_told_and_nothing_is_done(cast: Cast, desks: Desks) -> None:
    look_at(ReviewGate.ALL)
    ticket_id = play.open_one(cast)
    browser = desks.at("dispatcher")
    seen = seen_in(page(browser, f"/dispatch/{ticket_id}"), "approve_intake")
    saved(dispatching.approve_intake, ticket_id, doer=cast.dispatcher)

    sent = {"approve_intake-seen": seen, "approve_intake-note": "晚了"}
    late = send(browser, f"/dispatch/{ticket_id}/approve-intake", **sent)

    assert late.status_code == 409
    assert state(ticket_id) == TicketState.TO_DISPATCH


def test_a_closed_ticket_is_taken_up_again_by_the_manager_alone_and_counts_as_a_round(
    cast: Cast, desks: Desks
) -> None:
    ticket_id = play.audited(cast)
    play.ask(cast, ticket_id)
    assert state(ticket_id) == TicketState.CLOSED
    dispatcher, manager = desks.at("dispatcher"), desks.at("hotline_manager")
    assert "/reopen" not in page(dispatcher, f"/dispatch/{ticket_id}")
    not_his = send(dispatcher, f"/dispatch/{ticket_id}/reopen", **{"reopen-reason": "复核"})
    assert not_his.status_code == 403

    assert f"/dispatch/{ticket_id}" in page(manager, f"/tickets/{ticket_id}")
    html = page(manager, f"/dispatch/{ticket_id}")
    sent = {"reopen-seen": seen_in(html, "reopen")}
    empty = send(manager, f"/dispatch/{ticket_id}/reopen", **{**sent, "reopen-reason": " "})
    assert empty.status_code == 422
    assert errors_of(empty.text, "reopen-reason")
    again = send(manager, f"/dispatch/{ticket_id}/reopen", **{**sent, "reopen-reason": "复核不实"})

    assert again.status_code == 302
    assert state(ticket_id) == TicketState.TO_SIGN
    assert get_ticket(ticket_id).round == 2
    assert "复核不实" in page(manager, f"/dispatch/{ticket_id}")


def test_the_manager_lets_a_clock_follow_the_rules_of_today_from_its_page_and_nobody_else(
    cast: Cast, desks: Desks, tick: Tick
) -> None:
    ticket_id, other = play.open_one(cast), play.open_one(cast)
    row, anothers = clock(ticket_id, ClockKind.CITIZEN), clock(other, ClockKind.CITIZEN)
    dispatcher, manager = desks.at("dispatcher"), desks.at("hotline_manager")
    address = f"/dispatch/{ticket_id}/follow-rules"
    assert "/follow-rules" not in page(manager, f"/dispatch/{ticket_id}")  # it runs by them
    tick(minutes=1)
    saved(rule_register.set_value, "limit.complaint", "5wd", basis="试行", valid_from=None)
    tick(minutes=1)
    assert "/follow-rules" not in page(dispatcher, f"/dispatch/{ticket_id}")
    assert send(dispatcher, address, **{"follow_rules-reason": "新规"}).status_code == 403

    html = page(manager, f"/dispatch/{ticket_id}")
    assert "群众时限：现为 15 个工作日，按现行规则为 5 个工作日" in words(html)
    sent = {"follow_rules-seen": seen_in(html, "follow_rules"), "follow_rules-clock": row.id}
    empty = send(manager, address, **{**sent, "follow_rules-reason": " "})
    assert empty.status_code == 422
    assert errors_of(empty.text, "follow_rules-reason")
    strange = {**sent, "follow_rules-clock": anothers.id, "follow_rules-reason": "新规"}
    assert send(manager, address, **strange).status_code == 409
    done = send(manager, address, **{**sent, "follow_rules-reason": "新规自今日起执行"})

    assert done.status_code == 302
    assert clock(ticket_id, ClockKind.CITIZEN).limit == "5wd"
    assert clock(other, ClockKind.CITIZEN).limit == "15wd"
    assert "新规自今日起执行" in page(manager, f"/dispatch/{ticket_id}")
