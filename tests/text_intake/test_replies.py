"""What is answered goes out by the way the citizen wrote; if it fails, the desk has it back."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine

from app.core.database import db, unit_of_work
from app.notifications import jobs, outbox, reporting
from app.notifications.message_states import MessageState as OutboxState
from app.notifications.models import Message
from app.notifications.occasions import Occasion, Way
from app.notifications.provider import NotTaken, Outgoing
from app.notifications.reporting import Fate, Report
from app.notifications.simulated_provider import SimulatedProvider
from app.text_intake import message_lists, service
from app.text_intake.message_states import MessageState
from app.text_intake.service import NewMessage
from tests.administration.keepers import page, send
from tests.channel_entries.clerks import load_channels
from tests.conftest import PageClient
from tests.notifications.stage import carried_by, messages
from tests.text_intake.test_messages import ticket_form

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

TEXTS = "/texts"


class Refusing:
    """A carrier that takes nothing, for good."""

    name = "refusing"
    patience = 1.0

    def send(self, message: Outgoing) -> None:  # noqa: ARG002 - as the port has it
        raise NotTaken("refused", is_final=True)


@pytest.fixture
def agent(
    frozen: time_machine.Traveller,  # noqa: ARG001 - stops the clock before anybody signs in
    sign_in_as: Callable[..., PageClient],
) -> PageClient:
    load_channels()
    return sign_in_as("agent")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as made:
        yield made


def answered(agent: PageClient, channel: str = "hotline-sms", **changes: str) -> int:
    """Let a message arrive, be taken and answered; return its id."""
    given = {"key": "m-1", "sender": "13912342817", "text": "路灯不亮", **changes}
    with unit_of_work():
        message_id = service.hear(NewMessage(channel=channel, **given))[0].id
    send(agent, f"{TEXTS}/{message_id}/take")
    assert send(agent, f"{TEXTS}/{message_id}/answer", answer="已派人修理。").status_code == 302
    return message_id


def text(message_id: int) -> Any:
    db.session.rollback()
    return service.get_message(message_id)


def only() -> Message:
    [message] = messages()
    return message


@pytest.mark.parametrize(
    ("channel", "sender", "way"),
    [
        ("hotline-sms", "13912342817", Way.SMS),
        ("hotline-wechat", "oX_9aZ", Way.IM),
        ("hotline-mailbox", "li.si@example.org", Way.EMAIL),
        ("hotline-mailbox", "13912342817", Way.SMS),
        ("hotline-mailbox", "web-user-77", Way.SITE),
    ],
)
def test_an_answer_goes_back_by_the_way_the_citizen_wrote(
    agent: PageClient, channel: str, sender: str, way: Way
) -> None:
    answered(agent, channel, sender=sender)

    message = only()
    assert (message.way, message.occasion) == (way, Occasion.TEXT_ANSWERED)
    assert (message.channel, message.reply_to) == (channel, "m-1")
    assert message.address.removeprefix("+86") == sender
    assert message.body == "【12345热线】已派人修理。"
    assert message.state is OutboxState.WAITING


def test_who_writes_at_night_is_answered_at_night(
    agent: PageClient, frozen: time_machine.Traveller, pool: ThreadPoolExecutor
) -> None:
    frozen.move_to("2026-11-23T23:30:00+08:00")
    with unit_of_work():
        message_id = service.hear(
            NewMessage(channel="hotline-sms", key="n", sender="13912342817", text="停水")
        )[0].id
        service.take(message_id, by=agent.person.id)
        service.answer(message_id, "正在抢修。", by=agent.person.id)

    assert jobs.send_due(Way.SMS, pool=pool) == 1


def test_an_english_text_gets_english_words_around_its_answer(agent: PageClient) -> None:
    answered(agent, text="The street lamp is broken")

    assert only().body == "[12345] 已派人修理。"


def test_when_a_carrier_took_it_the_line_is_sent_and_the_page_says_so(
    agent: PageClient, frozen: time_machine.Traveller, pool: ThreadPoolExecutor
) -> None:
    message_id = answered(agent)
    before = page(agent, f"{TEXTS}/{message_id}")
    frozen.shift(2)
    jobs.send_due(Way.SMS, pool=pool)

    [line] = service.lines_of(message_id)
    assert line.sent_at == only().sent_at is not None
    assert "待发送" in before
    assert "已发送" in page(agent, f"{TEXTS}/{message_id}")

    key = only().key
    with unit_of_work():
        reporting.hear(Report(key=key, fate=Fate.DELIVERED), way=Way.SMS)
    assert "已送达" in page(agent, f"{TEXTS}/{message_id}")


def test_an_answer_that_failed_brings_its_message_back_to_the_desk(
    agent: PageClient, pool: ThreadPoolExecutor
) -> None:
    message_id = answered(agent)
    carried_by(sms=Refusing())
    jobs.send_due(Way.SMS, pool=pool)

    back = text(message_id)
    assert (back.state, back.taken_by, back.closed_at) == (MessageState.WAITING, None, None)
    assert back.first_answered_at is None
    assert [each.id for each in message_lists.open_page().items] == [message_id]
    assert "回复未送达" in page(agent, TEXTS)
    shown = page(agent, f"{TEXTS}/{message_id}")
    assert "通道拒收" in shown
    send(agent, f"{TEXTS}/{message_id}/take")
    assert send(agent, f"{TEXTS}/{message_id}/answer", answer="改为电话答复").status_code == 302


def test_a_failed_answer_that_is_sent_after_all_is_answered_again(
    agent: PageClient, pool: ThreadPoolExecutor
) -> None:
    message_id = answered(agent)
    carried_by(sms=Refusing())
    jobs.send_due(Way.SMS, pool=pool)
    carried_by(sms=SimulatedProvider())
    failed = only().id
    with unit_of_work():
        outbox.retry(failed, by=agent.person.id)
    jobs.send_due(Way.SMS, pool=pool)

    assert text(message_id).state is MessageState.ANSWERED
    assert text(message_id).first_answered_at is not None
    assert message_lists.open_page().items == []


def test_an_answer_nobody_carried_in_time_comes_back_too(
    agent: PageClient, frozen: time_machine.Traveller
) -> None:
    message_id = answered(agent)
    carried_by()
    frozen.shift(3 * 24 * 3600 + 60)
    jobs.watch_once()

    assert only().state is OutboxState.WITHHELD
    assert text(message_id).state is MessageState.WAITING


def test_whoever_wrote_is_told_his_ticket_by_the_way_he_wrote(agent: PageClient) -> None:
    with unit_of_work():
        message_id = service.hear(
            NewMessage(channel="hotline-wechat", key="w", sender="oX_9aZ", text="路灯不亮")
        )[0].id
    send(agent, f"{TEXTS}/{message_id}/take")
    send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(contact_number=""))

    told = [each for each in messages() if each.occasion is Occasion.TEXT_MADE_TICKET]
    assert [(each.way, each.address) for each in told] == [(Way.IM, "oX_9aZ")]
    number = service.ticket_number(text(message_id))
    assert number in told[0].body
    assert "查询码" in told[0].body
    assert service.lines_of(message_id)[0].text == told[0].body


def test_whoever_wrote_praise_is_thanked_and_promised_nothing(agent: PageClient) -> None:
    with unit_of_work():
        message_id = service.hear(
            NewMessage(channel="hotline-sms", key="p", sender="13912342817", text="感谢窗口人员")
        )[0].id
    send(agent, f"{TEXTS}/{message_id}/take")
    send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(request_type="praise"))

    [told] = messages()
    assert told.occasion is Occasion.TEXT_ANSWERED
    assert service.ticket_number(text(message_id)) in told.body
    assert "感谢您的来信" in told.body
    assert "办理" not in told.body


def test_nobody_is_told_his_ticket_twice(agent: PageClient) -> None:
    with unit_of_work():
        message_id = service.hear(
            NewMessage(channel="hotline-sms", key="s", sender="13912342817", text="路灯不亮")
        )[0].id
    send(agent, f"{TEXTS}/{message_id}/take")
    send(agent, f"{TEXTS}/{message_id}/ticket", **ticket_form(caller_name="陈女士"))

    assert [each.occasion for each in messages()] == [Occasion.TICKET_OPENED]
