"""Demands that come as text: one list, a clock each, one who answers, an answer or a ticket."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.audit import service as audit
from app.core import clock
from app.core.database import db, unit_of_work
from app.handling import clocks
from app.handling.clock_rules import ClockKind
from app.text_intake import message_lists, service
from app.text_intake.message_states import MessageState
from app.text_intake.refusals import TakenByOther
from app.text_intake.service import NewMessage
from app.tickets.ticket_states import EntryMode
from tests import people
from tests.administration.keepers import A_LOT, SCRIPT, errors_of, page, send
from tests.channel_entries.clerks import all_tickets, load_channels
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

TEXTS = "/texts"


@pytest.fixture
def agent(
    frozen: time_machine.Traveller,  # noqa: ARG001 - stops the clock before anybody signs in
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    """Load the channels and sign in an agent."""
    load_channels()
    return sign_in_as("agent")


def bring(channel: str = "hotline-sms", **changes: str) -> int:
    """Let a message arrive; return its id."""
    given = {"key": "m-1", "sender": "13912342817", "text": "路灯不亮，请派人修。", **changes}
    with unit_of_work():
        return service.hear(NewMessage(channel=channel, **given))[0].id


def ticket_form(**changes: Any) -> dict[str, Any]:
    return {
        "request_type": "help", "title": "路灯不亮", "content": "路灯不亮，请派人修。",
        "demand": "修好", "occurred": "昨晚", "category_code": "1602", "place": "441602",
        "contact_number": "13912342817", "caller_name": "", "urgency": "normal", **changes,
    }  # fmt: skip


def message(message_id: int) -> Any:
    db.session.rollback()
    return service.get_message(message_id)


def test_each_channel_has_the_clock_of_its_kind(agent: PageClient) -> None:
    sms, wechat, mail = bring(), bring("hotline-wechat"), bring("hotline-mailbox")

    lengths = [message(each).due_at - message(each).received_at for each in (sms, wechat, mail)]

    assert lengths == [timedelta(minutes=3), timedelta(minutes=3), timedelta(hours=24)]
    assert agent.person


def test_what_is_due_first_stands_on_top_and_numbers_are_masked(agent: PageClient) -> None:
    bring("hotline-mailbox", sender="li.si@example.org", text="邮件里的诉求")
    bring(text="短信里的诉求 13912342817")

    html = page(agent, TEXTS)

    assert html.index("短信里的诉求") < html.index("邮件里的诉求")
    for secret in ("13912342817", "li.si"):
        assert secret not in html
    assert "139****2817" in html


def test_what_nobody_answered_in_time_is_late(
    agent: PageClient, frozen: time_machine.Traveller
) -> None:
    bring()
    before = page(agent, TEXTS)
    frozen.shift(181)

    assert "超时" not in before
    assert "超时" in page(agent, TEXTS)


def test_the_same_message_again_is_the_same_message(agent: PageClient) -> None:
    assert bring() == bring(text="重发")
    assert bring(key="m-2") != bring()
    assert len(message_lists.open_page().items) == 2
    assert agent.person


def test_of_two_who_take_at_once_one_is_told_that_the_other_has_it(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    message_id = bring()
    other = sign_in_as("agent", name="钟月娥")

    first = send(other, f"{TEXTS}/{message_id}/take")
    second = send(agent, f"{TEXTS}/{message_id}/take")

    assert (first.status_code, second.status_code) == (302, 409)
    assert "钟月娥 已经在办这条了" in second.text


def test_of_many_who_take_in_the_same_moment_exactly_one_has_it(app: Flask) -> None:
    load_channels()
    message_id = bring()
    ids = [people.one_person("agent").id for _ in range(6)]
    won: list[int] = []
    start = threading.Barrier(len(ids))

    def take(person_id: int) -> None:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.take(message_id, by=person_id)
                won.append(person_id)
            except TakenByOther:
                pass

    threads = [threading.Thread(target=take, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [message(message_id).taken_by] == won


def test_only_who_took_it_answers_and_the_reply_waits_to_be_sent(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    message_id = bring()
    stranger = sign_in_as("agent")
    early = send(agent, f"{TEXTS}/{message_id}/answer", answer="好的")
    send(agent, f"{TEXTS}/{message_id}/take")

    other = send(stranger, f"{TEXTS}/{message_id}/answer", answer="抢答")
    right = send(agent, f"{TEXTS}/{message_id}/answer", answer="已转供电部门。")
    twice = send(agent, f"{TEXTS}/{message_id}/answer", answer="再答")

    assert [each.status_code for each in (early, other, right, twice)] == [409, 409, 302, 409]
    [line] = service.lines_of(message_id)
    assert (line.text, line.sent_at) == ("已转供电部门。", None)
    assert message(message_id).first_answered_at is not None


def test_a_message_becomes_one_ticket_with_its_channel(agent: PageClient) -> None:
    message_id = bring()
    send(agent, f"{TEXTS}/{message_id}/take")
    prefilled = page(agent, f"{TEXTS}/{message_id}")

    made = send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form())
    again = send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form())

    assert 'value="路灯不亮，请派人修。"' in prefilled
    assert (made.status_code, again.status_code) == (302, 302)
    [ticket] = all_tickets()
    assert (ticket.entry_mode, ticket.source_no) == (EntryMode.TEXT, "m-1")
    html = page(agent, f"{TEXTS}/{message_id}")
    assert ticket.number in html
    assert message(message_id).state is MessageState.TICKET


def test_who_wrote_waits_for_his_answer_since_he_wrote_however_long_the_message_lay(
    agent: PageClient, frozen: time_machine.Traveller
) -> None:
    message_id = bring("hotline-mailbox")
    received_at = message(message_id).received_at
    frozen.shift(timedelta(minutes=20))
    send(agent, f"{TEXTS}/{message_id}/take")
    send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form())

    [ticket] = all_tickets()
    [citizen] = clocks.clocks_of(ticket.id, ClockKind.CITIZEN)
    assert citizen.started_at == received_at
    assert clocks.clocks_of(ticket.id, ClockKind.DISPATCH)[0].started_at == clock.now()


def test_who_holds_a_message_over_its_time_holds_it_from_nobody_and_loses_no_word_he_typed(
    agent: PageClient, sign_in_as: Callable[..., PageClient], frozen: time_machine.Traveller
) -> None:
    message_id = bring()
    holder = sign_in_as("agent", name="钟月娥")
    send(holder, f"{TEXTS}/{message_id}/take")
    assert "接手办理" not in page(agent, f"{TEXTS}/{message_id}")
    assert send(agent, f"{TEXTS}/{message_id}/take").status_code == 409

    frozen.shift(181)
    assert "接手办理" in page(agent, f"{TEXTS}/{message_id}")
    assert send(agent, f"{TEXTS}/{message_id}/take").status_code == 302
    late = send(holder, f"{TEXTS}/{message_id}/answer", answer="正在核实，稍后答复。")

    assert message(message_id).taken_by == agent.person.id
    assert late.status_code == 409
    assert "正在核实，稍后答复。" in late.text
    kinds = [each.kind for each in audit.list_lines().items]
    assert kinds.index("message.given_back") > kinds.index("message.taken")  # newest first


def test_a_shift_leader_takes_over_what_somebody_has_who_went_home(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    message_id = bring("hotline-mailbox", sender="li.si@example.org")
    send(agent, f"{TEXTS}/{message_id}/take")
    leader = sign_in_as("shift_leader")

    assert "接手办理" in page(leader, f"{TEXTS}/{message_id}")
    assert send(leader, f"{TEXTS}/{message_id}/take").status_code == 302
    assert message(message_id).taken_by == leader.person.id


def test_who_may_not_read_a_report_learns_its_check_code_by_no_form_of_the_message(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    message_id = bring(text="举报：某厂夜间偷排废水")
    send(agent, f"{TEXTS}/{message_id}/take")
    report = ticket_form(request_type="report", respondent="某厂", address="厂区")
    send(agent, f"{TEXTS}/{message_id}/ticket", **report)
    [ticket] = all_tickets()
    stranger = sign_in_as("outsourced_agent")

    for act in ("ticket", "take", "give-back", "answer", "close"):
        given = {**report, "answer": "好的", "reason": "spam"}
        answer = send(stranger, f"{TEXTS}/{message_id}/{act}", **given)
        assert answer.status_code == 404, act
    told = stranger.get(TEXTS, headers={"Accept": "text/html"}).text

    assert ticket.number not in told
    assert ticket.check_code not in told


def test_category_and_place_that_were_not_chosen_are_asked_for_beside_their_fields(
    agent: PageClient,
) -> None:
    message_id = bring()
    send(agent, f"{TEXTS}/{message_id}/take")

    answer = send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(category_code="", place=""))

    assert answer.status_code == 422
    assert errors_of(answer.text, "category_code") == "请填写此项。"
    assert errors_of(answer.text, "place") == "请填写此项。"
    assert all_tickets() == []


def test_what_became_a_report_is_read_by_whoever_may_read_that(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    message_id = bring(text="举报：某厂夜间偷排废水")
    send(agent, f"{TEXTS}/{message_id}/take")
    report = ticket_form(request_type="report", respondent="某厂", address="厂区")
    assert send(agent, f"{TEXTS}/{message_id}/ticket", **report).status_code == 302
    assert "偷排废水" in page(agent, f"{TEXTS}/{message_id}")

    colleague, leader = sign_in_as("agent"), sign_in_as("shift_leader")
    assert colleague.get(f"{TEXTS}/{message_id}").status_code == 404
    assert "偷排废水" not in page(colleague, f"{TEXTS}?done=1")
    assert leader.get(f"{TEXTS}/{message_id}").status_code == 200


def test_a_message_may_say_that_an_enterprise_asks(agent: PageClient) -> None:
    message_id = bring()
    send(agent, f"{TEXTS}/{message_id}/take")
    send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(person_kind="enterprise"))

    [ticket] = all_tickets()
    assert ticket.person_kind == "enterprise"


def test_a_ticket_that_lacks_something_is_not_opened(agent: PageClient) -> None:
    message_id = bring()
    send(agent, f"{TEXTS}/{message_id}/take")

    answer = send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(place="", title=""))

    assert answer.status_code == 422
    assert errors_of(answer.text, "title")
    assert all_tickets() == []
    assert message(message_id).state is MessageState.TAKEN


def test_spam_is_closed_with_its_reason_and_the_clock_of_a_given_back_one_never_stopped(
    agent: PageClient,
) -> None:
    spam, other = bring(), bring(key="m-2")
    due = message(other).due_at
    for each in (spam, other):
        send(agent, f"{TEXTS}/{each}/take")

    closed = send(agent, f"{TEXTS}/{spam}/close", reason="spam")
    odd = send(agent, f"{TEXTS}/{other}/close", reason="boring")
    send(agent, f"{TEXTS}/{other}/give-back")

    assert (closed.status_code, odd.status_code) == (302, 422)
    assert (message(spam).state, message(spam).close_reason) == (MessageState.CLOSED, "spam")
    assert (message(other).state, message(other).due_at) == (MessageState.WAITING, due)


def test_that_a_message_was_read_is_written_down(agent: PageClient) -> None:
    message_id = bring()
    page(agent, f"{TEXTS}/{message_id}")

    line = audit.list_lines().items[0]
    assert (line.kind, line.actor_id, line.subject_id) == (
        "message.read", agent.person.id, str(message_id),
    )  # fmt: skip


def test_what_is_written_is_shown_as_text_and_too_much_is_refused(agent: PageClient) -> None:
    message_id = bring(text=SCRIPT)
    send(agent, f"{TEXTS}/{message_id}/take")

    answer = send(agent, f"{TEXTS}/{message_id}/answer", answer=A_LOT)

    assert SCRIPT not in page(agent, f"{TEXTS}/{message_id}")
    assert (answer.status_code, bool(errors_of(answer.text, "answer"))) == (422, True)


def test_a_message_that_is_not_there_is_not_found(agent: PageClient) -> None:
    assert agent.get(f"{TEXTS}/999999").status_code == 404
    assert send(agent, f"{TEXTS}/999999/take").status_code == 404


def test_the_demonstration_puts_a_message_in(agent: PageClient) -> None:
    form = {"channel": "hotline-sms", "sender": "13900001111", "text": "试试", "key": "d-1"}

    first, same = (
        send(agent, "/simulator/messages", **form),
        send(agent, "/simulator/messages", **form),
    )
    wrong = send(agent, "/simulator/messages", **{**form, "channel": "pigeon"})

    assert [each.status_code for each in (first, same, wrong)] == [302, 302, 422]
    assert len(message_lists.open_page().items) == 1
