"""Who was told a result is asked by a link first: his own, good for one round of his ticket."""

import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.core.clock import CITY_TIME
from app.core.database import db, unit_of_work
from app.core.handed_down import hand_down
from app.handling import merging, results, visit_lists, visiting
from app.notifications import jobs, message_texts, outbox
from app.notifications import service as notifications
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Way
from app.notifications.provider import NotTaken
from app.notifications.visit_invitation import CitizenSite
from app.rules.models import RuleValueRow
from app.tickets.service import get_ticket
from app.tickets.ticket_states import RequestType
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast, make_cast, saved, state
from tests.notifications.stage import carried_by, messages

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

SignIn = Callable[..., PageClient]
Tick = Callable[..., None]
SITE = "https://12345.example.cn"
LINK = re.compile(rf"{re.escape(SITE)}(/visit/\S+)")
GOOD = {"is_solved": "yes", "result_mark": "5", "attitude_mark": "4", "words": ""}


@pytest.fixture(autouse=True)
def site(app: Flask) -> None:
    hand_down(app, CitizenSite(address=SITE))


@pytest.fixture
def cast(app: Flask) -> Cast:  # noqa: ARG001 - tables of this app
    return make_cast()


def result_told(ticket_id: int) -> Message:
    found = [
        each
        for each in messages()
        if each.ticket_id == ticket_id and each.occasion is Occasion.RESULT_APPROVED
    ]
    return found[-1]


def link_to(ticket_id: int) -> str:
    found = LINK.search(result_told(ticket_id).body)
    assert found is not None
    return found[1]


def answer(client: PageClient, address: str, **changes: Any) -> Any:
    client.learn_token(client.get(address).text)
    return client.post(address, data={**GOOD, **changes})


def send() -> None:
    with ThreadPoolExecutor(1) as pool:
        while jobs.send_due(Way.SMS, pool=pool):
            pass


def listed() -> dict[int, visit_lists.ToAsk]:
    db.session.rollback()
    rows = visit_lists.to_ask(
        now=clock.now(), reads_confidential=True, links_sent=notifications.asked_at
    )
    return {each.ticket.id: each for each in rows}


# --- who gets one ------------------------------------------------------------------------


def test_with_the_result_comes_a_line_that_asks_for_an_opinion_until_a_day(cast: Cast) -> None:
    ticket_id = play.audited(cast)

    message, ticket = result_told(ticket_id), get_ticket(ticket_id)
    first, second = message.body.split("\n")
    assert (
        first
        == f"【12345热线】您反映的“{ticket.title}”（工单号{ticket.number}）办理结果：{play.REPLY}"
    )
    assert second == f"请您评价办理情况（2026年11月30日10:00前有效）：{SITE}{link_to(ticket_id)}"
    assert (message.address, message.asks_visit) == ("+8613900002817", True)


def test_a_site_that_citizens_do_not_reach_tells_the_result_and_nothing_that_hangs(
    app: Flask, cast: Cast
) -> None:
    hand_down(app, CitizenSite(address=""))
    message = result_told(play.audited(cast))

    assert message.body.endswith(f"办理结果：{play.REPLY}")
    assert not message.asks_visit


@pytest.mark.parametrize(
    "changes",
    [
        {"is_confidential": True},
        {"request_type": RequestType.REPORT},
        {"caller_name": ""},
        {"contact_number": "0762-3333333"},
    ],
)
def test_who_reads_no_result_is_sent_no_link(cast: Cast, changes: dict[str, Any]) -> None:
    message = result_told(play.audited(cast, **changes))

    assert "/visit/" not in message.body + message.subject
    assert not message.asks_visit


def test_who_wants_no_call_back_is_not_asked_by_a_link_either(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    with unit_of_work():
        get_ticket(ticket_id).callback_wanted = False
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.approve, ticket_id, doer=cast.auditor)

    assert play.REPLY in result_told(ticket_id).body
    assert "/visit/" not in result_told(ticket_id).body


def test_who_follows_another_ticket_gets_his_own_link_and_of_a_secret_master_none(
    cast: Cast, client: PageClient
) -> None:
    for is_secret in (False, True):
        master = play.open_one(cast, is_confidential=is_secret)
        child = play.open_one(cast, contact_number="13900005555", caller_name="赵先生")
        saved(merging.merge, child, master, doer=cast.dispatcher)
        play.handle(cast, master)
        assert ("/visit/" in result_told(child).body) is not is_secret
        if not is_secret:
            assert link_to(child) != link_to(master)
            answer(client, link_to(child))
            assert [len(visiting.visits_of(each)) for each in (child, master)] == [1, 0]


def test_a_ticket_that_is_closed_unasked_asks_nobody(cast: Cast) -> None:
    ticket_id = play.handled(cast)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id)
    saved(results.close_unvisited, ticket_id, "suggestion_only", doer=cast.manager)

    assert play.REPLY in result_told(ticket_id).body
    assert not result_told(ticket_id).asks_visit


def test_the_citys_own_words_may_put_the_line_anywhere_and_it_stays_a_line(cast: Cast) -> None:
    with unit_of_work():
        message_texts.set_text(
            "result_caller", "zh-CN", subject="结果", body="{reply}{visit}谢谢", valid_from=None
        )
    ticket_id = play.audited(cast)

    assert result_told(ticket_id).body.split("\n")[2] == "谢谢"
    assert link_to(ticket_id).isascii()


# --- one round, one link -----------------------------------------------------------------


def test_once_a_round_and_the_link_of_the_round_before_opens_nothing(
    cast: Cast, client: PageClient, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    first = link_to(ticket_id)
    assert "我们已经记录" in answer(client, first, is_solved="no", asks_redo="y").text
    saved(visiting.send_again, ticket_id, "没修好", doer=cast.dispatcher)
    tick(hours=1)
    saved(play.unit_parts.sign, ticket_id, doer=cast.unit)
    play.reach(cast, ticket_id)
    play.hand_in(cast, ticket_id, public_reply="再次现场检修，更换线路一段，路灯已全部恢复照明。")
    saved(results.approve, ticket_id, doer=cast.auditor)

    second = link_to(ticket_id)
    assert len([each for each in messages() if each.asks_visit]) == 2
    assert client.get(first).status_code == 404
    answer(client, second)
    assert state(ticket_id) == "closed"
    assert len([each for each in messages() if each.occasion is Occasion.RESULT_APPROVED]) == 2


def test_whoever_answers_by_the_link_leaves_the_list_of_those_who_are_called(
    cast: Cast, client: PageClient, sign_in_as: SignIn
) -> None:
    ticket_id = play.audited(cast)
    visitor, number = sign_in_as("return_visitor"), get_ticket(ticket_id).number
    assert number in visitor.get("/visits").text
    answer(client, link_to(ticket_id))

    assert number not in visitor.get("/visits").text
    assert "短信回访 · 已联系上" in visitor.get(f"/visits/{ticket_id}").text


def test_whoever_told_a_person_is_thanked_by_the_link_and_asked_nothing(
    cast: Cast, client: PageClient
) -> None:
    ticket_id = play.audited(cast)
    address = link_to(ticket_id)
    client.learn_token(client.get(address).text)
    play.ask(cast, ticket_id)

    assert "我们已经记录" in client.post(address, data={**GOOD, "result_mark": "1"}).text
    assert [each.result_mark for each in visiting.visits_of(ticket_id)] == [5]


def test_who_is_not_asked_any_more_is_not_thanked_for_what_he_never_said(
    cast: Cast, client: PageClient
) -> None:
    ticket_id = play.audited(cast)
    saved(results.close_unvisited, ticket_id, "suggestion_only", doer=cast.manager)
    page = client.get(link_to(ticket_id)).text

    assert "这次评价已经结束" in page
    assert "感谢" not in page


# --- a link first, a person for the rest -------------------------------------------------


def test_who_has_a_link_is_called_by_a_person_only_after_its_time(
    cast: Cast, sign_in_as: SignIn, tick: Tick
) -> None:
    ticket_id = play.audited(cast)
    send()
    row = listed()[ticket_id]
    assert row.next_at == row.link_until == clock.now() + timedelta(days=1)
    assert "等短信评价" in sign_in_as("return_visitor").get("/visits").text
    assert (
        "10:00 已发评价链接，尚未作答"
        in sign_in_as("return_visitor").get(f"/visits/{ticket_id}").text
    )

    tick(hours=25)
    assert listed()[ticket_id].next_at <= clock.now()
    assert "等短信评价" not in sign_in_as("return_visitor").get("/visits").text


def test_once_a_person_has_tried_nobody_waits_for_the_link(cast: Cast) -> None:
    ticket_id = play.audited(cast)
    send()
    new = visiting.NewVisit(way=visiting.VisitWay.PHONE, note="no_answer")
    saved(visiting.visit, ticket_id, new, doer=cast.visitor)

    row = listed()[ticket_id]
    assert row.link_until is None
    assert row.next_at.astimezone(CITY_TIME).hour == 14


@pytest.mark.parametrize("fate", ["refused", "nobody carries it", "no such rule"])
def test_whom_no_link_reached_is_called_at_once(cast: Cast, fate: str) -> None:
    ticket_id = play.audited(cast)
    if fate == "refused":
        with unit_of_work():
            for each in outbox.claim(Way.SMS, now=clock.now(), lease=timedelta(60), most=9):
                why = NotTaken("refused", is_final=True, detail="400")
                outbox.note_refused(
                    each, why, provider="sms-http", at=clock.now(), most=6, quiet=None
                )
    elif fate == "nobody carries it":
        carried_by()
    else:
        with unit_of_work():
            wanted = RuleValueRow.key == visit_lists.LINK_FIRST
            db.session.execute(db.delete(RuleValueRow).where(wanted))

    assert listed()[ticket_id].next_at <= clock.now()


# --- nobody of ours has it ---------------------------------------------------------------


def test_nobody_of_ours_reads_the_link_and_no_log_tells_it(
    cast: Cast, client: PageClient, sign_in_as: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ticket_id = play.audited(cast)
    send()
    token = link_to(ticket_id).removeprefix("/visit/")
    client.get(f"/visit/{token}")
    manager = sign_in_as("hotline_manager")
    shown = [
        manager.get(address).text
        for address in (
            "/messages", "/messages/simulated", f"/messages/{result_told(ticket_id).id}",
            f"/tickets/{ticket_id}", f"/audit-results/{ticket_id}", "/visits",
            f"/visits/{ticket_id}",
        )
    ]  # fmt: skip

    assert result_told(ticket_id).state is MessageState.SENT
    assert "/visit/***" in shown[1]
    assert "/visit/***" in shown[2]
    assert not [page for page in shown if token in page]
    assert token not in caplog.text


def test_in_a_demonstration_the_simulator_shows_the_link_and_it_works(
    app: Flask, cast: Cast, client: PageClient, sign_in_as: SignIn
) -> None:
    hand_down(app, CitizenSite(address=SITE, is_made_up=True))
    ticket_id = play.audited(cast)
    send()
    page = sign_in_as("hotline_manager").get("/messages/simulated").text
    [opened] = re.findall(r'href="(/visit/[^"]+)"', page)

    assert f"{SITE}{opened}" in page
    assert "不评价" in client.get(opened).text
    assert "未询问" not in client.get(opened).text
    assert "我们已经记录" in answer(client, opened).text
    assert state(ticket_id) == "closed"


def test_the_words_are_tried_out_with_a_link_and_a_site_without_links_is_told(
    app: Flask, sign_in_as: SignIn
) -> None:
    manager = sign_in_as("hotline_manager")
    page = manager.get("/messages/texts/result_caller/en").text
    assert "Please tell us how it was handled" in page
    assert "连同回访链接" in page
    assert "没有设置公众访问地址" not in page

    hand_down(app, CitizenSite(address=""))
    assert "没有设置公众访问地址" in manager.get("/messages/texts/result_caller/en").text
    assert "没有设置公众访问地址" not in manager.get("/messages/texts/opened_caller/en").text
