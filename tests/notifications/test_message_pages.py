"""The outbox in the browser: what waits, what failed, who is told what; numbers always masked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.accounts.models import User
from app.core import clock
from app.core.database import unit_of_work
from app.notifications import jobs, message_texts, outbox
from app.notifications.occasions import Way
from app.notifications.provider import NotTaken
from app.tickets.service import get_ticket
from tests.conftest import PageClient
from tests.notifications.stage import carried_by, messages, open_ticket

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen")]

SignIn = Callable[..., PageClient]
WHOLE, MASKED = "13900002817", "139****2817"


def let_die(agent: User, **changes: Any) -> int:
    open_ticket(agent, **changes)
    with unit_of_work():
        [claimed] = outbox.claim(Way.SMS, now=clock.now(), lease=outbox.timedelta(60), most=1)
        why = NotTaken("refused", is_final=True, detail="400")
        outbox.note_refused(claimed, why, provider="sms-http", at=clock.now(), most=6, quiet=None)
    return claimed.message_id


def test_the_ticket_shows_what_was_told_about_it(agent: User, sign_in_as: SignIn) -> None:
    ticket_id = open_ticket(agent)
    page = sign_in_as("shift_leader").get(f"/tickets/{ticket_id}").text

    assert "通知情况" in page
    assert "诉求受理" in page
    assert MASKED in page
    assert WHOLE not in page


def test_who_may_not_read_messages_sees_the_ticket_without_them(
    agent: User, sign_in_as: SignIn
) -> None:
    ticket_id = open_ticket(agent)

    assert "通知情况" not in sign_in_as("agent").get(f"/tickets/{ticket_id}").text


def test_of_a_confidential_ticket_not_even_a_masked_number_is_shown(
    agent: User, sign_in_as: SignIn
) -> None:
    ticket_id = open_ticket(agent, is_confidential=True, title="邻居")
    reader = sign_in_as("shift_leader")
    [message] = messages()

    for address in (f"/tickets/{ticket_id}", "/messages", f"/messages/{message.id}"):
        assert "2817" not in reader.get(address).text


@pytest.mark.parametrize("role", ["overseer", "auditor", "return_visitor", "system_admin"])
def test_who_may_not_read_a_confidential_ticket_is_shown_no_message_about_it(
    agent: User, sign_in_as: SignIn, role: str
) -> None:
    ticket_id = open_ticket(agent, is_confidential=True, title="邻居")
    number = get_ticket(ticket_id).number
    [message] = messages()
    with ThreadPoolExecutor(1) as pool:
        jobs.send_due(Way.SMS, pool=pool)
    reader, manager = sign_in_as(role), sign_in_as("hotline_manager")

    assert number not in reader.get("/messages").text
    assert reader.get(f"/messages/{message.id}").status_code == 404
    assert number not in reader.get("/messages/simulated").text
    for address in ("/messages", f"/messages/{message.id}", "/messages/simulated"):
        assert number in manager.get(address).text


def test_alarms_count_what_their_reader_is_shown_and_no_more(
    agent: User, sign_in_as: SignIn
) -> None:
    carried_by()
    open_ticket(agent)
    open_ticket(agent, is_confidential=True, title="邻居")
    reader, manager = sign_in_as("system_admin"), sign_in_as("hotline_manager")

    assert "1 条通知在等待" in reader.get("/messages").text
    assert "2 条通知在等待" in manager.get("/messages").text


def test_a_check_code_stands_in_no_message_that_people_of_ours_read(
    agent: User, sign_in_as: SignIn
) -> None:
    ticket_id = open_ticket(agent)
    [message] = messages()
    with ThreadPoolExecutor(1) as pool:
        jobs.send_due(Way.SMS, pool=pool)
    code = get_ticket(ticket_id).check_code
    reader = sign_in_as("hotline_manager")

    assert code in message.body
    for address in (f"/messages/{message.id}", "/messages/simulated"):
        html = reader.get(address).text
        assert f"查询码{code}" not in html
        assert "查询码******" in html


def test_a_reason_stands_beside_what_is_not_sent(agent: User, sign_in_as: SignIn) -> None:
    open_ticket(agent, contact_number="0762-3333333")

    page = sign_in_as("dispatcher").get("/messages?state=withheld").text

    assert "固定电话收不到短信" in page
    assert "0762****333" in page
    assert "3333333" not in page


def test_a_failed_message_is_an_alarm_until_somebody_sees_to_it(
    agent: User, sign_in_as: SignIn
) -> None:
    message_id = let_die(agent)
    manager = sign_in_as("hotline_manager")

    assert "1 条短信发送失败" in manager.get("/messages").text
    page = manager.get(f"/messages/{message_id}").text
    assert "通道拒收" in page
    assert "400" in page
    assert manager.post(f"/messages/{message_id}/retry").status_code == 302
    assert "发送失败，需要处理" not in manager.get("/messages").text
    assert manager.post(f"/messages/{message_id}/give-up").status_code == 302
    assert manager.post(f"/messages/{message_id}/retry").status_code == 409
    said = sign_in_as("auditor").get("/audit").text
    assert f"放弃了通知 {message_id}" in said
    assert "未能以短信发出：通道拒收" in said


def test_all_failed_ones_of_a_way_are_tried_again_at_once(agent: User, sign_in_as: SignIn) -> None:
    let_die(agent)
    manager = sign_in_as("hotline_manager")

    assert manager.post("/messages/retry-all/sms").status_code == 302
    assert manager.post("/messages/retry-all/pigeon").status_code == 404
    assert [str(each.state) for each in messages()] == ["waiting"]


def test_only_those_are_tried_again_that_whoever_says_so_is_shown(
    agent: User, sign_in_as: SignIn
) -> None:
    let_die(agent)
    let_die(agent, is_confidential=True)
    admin = sign_in_as("system_admin")

    assert "重新发送这 1 条" in admin.get("/messages").text
    assert admin.post("/messages/retry-all/sms").status_code == 302
    assert "已安排重新发送 1 条" in admin.get("/messages").text
    assert [str(each.state) for each in messages()] == ["waiting", "dead"]
    assert "重新发送这 1 条" in sign_in_as("hotline_manager").get("/messages").text


@pytest.mark.parametrize("hides", ["way=im", "state=waiting"])
def test_what_a_filter_hides_is_shown_first_and_then_tried_again(
    agent: User, sign_in_as: SignIn, hides: str
) -> None:
    let_die(agent)
    manager = sign_in_as("hotline_manager")
    page = manager.get(f"/messages?{hides}").text

    assert "1 条短信发送失败" in page
    assert "重新发送这" not in page
    assert 'href="/messages?state=dead&amp;way=sms"' in page
    for shows in ("", "?way=sms", "?state=dead", "?state=dead&way=sms"):
        assert "重新发送这 1 条" in manager.get(f"/messages{shows}").text


def test_who_only_reads_can_change_nothing(agent: User, sign_in_as: SignIn) -> None:
    message_id = let_die(agent)
    reader = sign_in_as("auditor")

    assert reader.get(f"/messages/{message_id}").status_code == 200
    assert reader.post(f"/messages/{message_id}/retry").status_code == 403
    assert reader.get("/messages/texts/opened_caller/zh-CN").status_code == 403


def test_a_way_without_a_provider_is_an_alarm(agent: User, sign_in_as: SignIn) -> None:
    carried_by()
    open_ticket(agent)

    page = sign_in_as("hotline_manager").get("/messages").text

    assert "短信没有配置发送通道，1 条通知在等待" in page
    assert "未配置发送通道" in page


def test_who_may_not_read_tickets_reads_no_text(agent: User, sign_in_as: SignIn) -> None:
    open_ticket(agent, title="某小区漏水")
    [message] = messages()

    assert "某小区" in sign_in_as("overseer").get(f"/messages/{message.id}").text
    assert "某小区" not in sign_in_as("system_admin").get(f"/messages/{message.id}").text


def test_the_simulator_shows_what_people_would_read(agent: User, sign_in_as: SignIn) -> None:
    open_ticket(agent)
    with ThreadPoolExecutor(1) as pool:
        jobs.send_due(Way.SMS, pool=pool)

    page = sign_in_as("hotline_manager").get("/messages/simulated").text

    assert "您反映的“路灯不亮”已受理" in page
    assert MASKED in page
    assert WHOLE not in page


def test_without_a_simulator_there_is_no_such_page(sign_in_as: SignIn) -> None:
    carried_by()

    assert sign_in_as("hotline_manager").get("/messages/simulated").status_code == 404


@pytest.mark.parametrize(
    ("changes", "where", "words"),
    [
        ({"body": "工单{nummer}"}, "body-error", "第 3 个字处的 {nummer} 不是可用的字段"),
        ({"subject": "工单{"}, "subject-error", "第 3 个字处的花括号不成对"),
        ({"body": " "}, "body-error", "必填"),
        ({"valid_from": "2020-01-01T00:00"}, "valid_from-error", "已经过去"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    sign_in_as: SignIn, changes: dict[str, str], where: str, words: str
) -> None:
    manager = sign_in_as("hotline_manager")
    typed = {"subject": "受理", "body": "工单{number}已受理", "valid_from": "", **changes}

    answer = manager.post("/messages/texts/opened_caller/zh-CN", data=typed)

    assert answer.status_code in (409, 422)
    beside = answer.text.split(f'id="{where}"')[1][:300] if where in answer.text else ""
    assert words in beside or words == "必填"
    assert where in answer.text
    assert len(message_texts.history("opened_caller", "zh-CN")) == 1


def test_a_text_is_tried_out_without_being_saved_and_then_saved(
    agent: User, sign_in_as: SignIn
) -> None:
    manager = sign_in_as("hotline_manager")
    typed = {"subject": "受理", "body": "您的工单｛number｝，{deadline}。", "valid_from": ""}
    address = "/messages/texts/opened_caller/zh-CN"

    shown = manager.post(address, data={**typed, "act": "preview"}).text
    assert "您的工单HY20261123" in shown
    assert "预计2026年12月8日17:30前答复" in shown
    assert len(message_texts.history("opened_caller", "zh-CN")) == 1
    assert manager.post(address, data={**typed, "act": "save"}).status_code == 302

    open_ticket(agent)
    assert messages()[0].body.startswith("您的工单HY2026")
    assert "您的工单{number}" in manager.get("/messages/texts").text


def test_english_pages_are_english(agent: User, sign_in_as: SignIn) -> None:
    let_die(agent)
    reader = sign_in_as("hotline_manager", locale="en")

    assert "Failed by text message: 1." in reader.get("/messages").text
    assert "Who is told what" in reader.get("/messages/texts").text
    assert "Duty roster" in reader.get("/duty-roster").text


def test_who_carried_a_try_is_named_in_words(agent: User, sign_in_as: SignIn) -> None:
    """`sms-http` stood there, and `sms-report`, which is nobody's name."""
    message_id = let_die(agent)
    page = sign_in_as("hotline_manager").get(f"/messages/{message_id}").text

    assert "通道接口" in page
    assert "sms-http" not in page
