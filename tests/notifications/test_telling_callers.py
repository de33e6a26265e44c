"""A caller is told his number and his deadline, once, and never more than he may be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.accounts.models import User
from app.callers.models import Caller, SpokenLanguage
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import publish
from app.core.permissions import Role
from app.handling import timing
from app.handling.acting import Doer
from app.notifications import message_texts
from app.notifications.message_states import MessageState
from app.notifications.models import Message
from app.rules.models import CalendarVersion
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from app.tickets.events import TicketOpened
from tests.channel_entries.clerks import clerk_of, enter, load_channels
from tests.conftest import PageClient
from tests.notifications.stage import MOBILE, messages, new_ticket, open_ticket

pytestmark = [pytest.mark.usefixtures("registers", "app", "frozen"), pytest.mark.postgresql]

Tick = Callable[..., None]


def only() -> Message:
    [message] = messages()
    return message


def test_the_caller_gets_number_and_deadline_in_words(agent: User) -> None:
    ticket_id = open_ticket(agent)

    message = only()
    ticket = tickets.get_ticket(ticket_id)
    number, code = ticket.number, ticket.check_code
    assert (message.address, message.state, message.reason) == (MOBILE, MessageState.WAITING, "")
    # Received on Monday the 23rd; ten working days later is Monday the 7th of December.
    assert message.body == (
        f"【12345热线】您反映的“路灯不亮”已受理，工单号{number}，"
        f"预计2026年12月7日17:30前答复。凭工单号和查询码{code}可查询办理进度。"
    )


@pytest.mark.parametrize(
    ("request_type", "day"),
    [
        (Nature.CONSULT, "11月25日"),
        (Nature.SUGGESTION, "12月7日"),
        (Nature.COMPLAINT, "12月14日"),
    ],
)
def test_the_deadline_is_that_of_the_type(agent: User, request_type: Nature, day: str) -> None:
    open_ticket(agent, request_type=request_type)

    assert f"预计2026年{day}17:30前答复" in only().body


def test_of_what_a_channel_handles_itself_no_answer_of_ours_is_promised_before_it_is_ours(
    sign_in_as: Callable[..., PageClient],
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    address = enter(clerk, handled_by="channel").location
    settled = enter(clerk, handled_by="channel", source_no="WL-2", title="已办结").location
    clerk.post(f"{settled}/result", data={"result": "x", "public_reply": "可以网购。"})
    assert messages() == []

    assert clerk.post(f"{address}/hand-over").status_code == 302

    assert "景区门票能否网上购买”已受理" in only().body
    assert "17:30前答复" in only().body


def test_who_praises_is_promised_nothing_until_it_is_handled_after_all(
    agent: User, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_id = open_ticket(agent, request_type="praise")
    assert messages() == []

    person = sign_in_as("dispatcher").person
    dispatcher = Doer(user_id=person.id, role=Role.DISPATCHER, unit_id=person.unit_id)
    with unit_of_work():
        timing.retype(ticket_id, "help", "实为求助", doer=dispatcher)

    assert "已受理" in only().body
    assert "预计2026年12月7日17:30前答复" in only().body


def test_a_year_nobody_announced_is_not_guessed(agent: User) -> None:
    with unit_of_work():
        db.session.execute(db.update(CalendarVersion).values(said={}))

    open_ticket(agent)

    assert "我们将尽快答复您" in only().body


def test_a_report_is_confidential_and_its_message_names_only_the_number(agent: User) -> None:
    ticket_id = open_ticket(agent, request_type=Nature.REPORT, title="某饭店后厨", content="老鼠")

    message = only()
    assert "某饭店" not in message.body + message.subject
    assert tickets.get_ticket(ticket_id).number in message.body
    assert "12月14日" in message.body


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"caller_name": ""}, "anonymous"),
        ({"contact_number": ""}, "number_hidden"),
        ({"contact_number": "0762-3333333"}, "landline"),
        ({"contact_number": "12315"}, "office"),
        ({"contact_number": "+85221234567"}, "abroad"),
    ],
)
def test_who_cannot_be_told_gets_nothing_and_the_row_says_why(
    agent: User, changes: dict[str, str], why: str
) -> None:
    open_ticket(agent, **changes)

    assert (only().state, only().reason) == (MessageState.WITHHELD, why)


def test_who_speaks_english_reads_english(agent: User) -> None:
    first = open_ticket(agent)
    with unit_of_work():
        caller_id = tickets.get_ticket(first).caller_id
        db.session.get_one(Caller, caller_id).language = SpokenLanguage.ENGLISH

    open_ticket(agent, title="Lamps are out", content="Three of them")

    message = messages()[-1]
    assert message.language == "en"
    assert "You will have an answer by 17:30 on 2026-12-7" in message.body


def test_telephone_numbers_in_a_title_are_masked(agent: User) -> None:
    open_ticket(agent, title="请打13800001234")

    assert "13800001234" not in only().body
    assert "138****1234" in only().body


def test_a_ticket_that_was_not_saved_told_nobody(agent: User) -> None:
    with pytest.raises(LookupError), unit_of_work():
        tickets.open_ticket(new_ticket(agent))
        raise LookupError

    assert messages() == []


def test_the_same_cause_tells_nobody_twice(agent: User) -> None:
    ticket_id = open_ticket(agent)
    number = tickets.get_ticket(ticket_id).number

    with unit_of_work():
        publish(TicketOpened(ticket_id=ticket_id, number=number, call_id=None, opened_by=agent.id))

    assert len(messages()) == 1


def test_at_night_it_waits_for_the_morning(agent: User, frozen: time_machine.Traveller) -> None:
    frozen.move_to(datetime(2026, 11, 23, 15, 30, tzinfo=UTC))  # 23:30 in Heyuan

    open_ticket(agent)

    assert only().due_at == datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # 07:30


def test_the_citys_own_words_hold_from_their_moment_on(agent: User, tick: Tick) -> None:
    with unit_of_work():
        message_texts.set_text(
            "opened_caller",
            "zh-CN",
            subject="受理",
            body="{number}已受理",
            valid_from=clock.now() + timedelta(hours=1),
        )
    open_ticket(agent)
    tick(hours=1)
    open_ticket(agent, title="第二件")

    before, after = messages()
    assert "凭工单号" in before.body
    assert after.body.endswith("已受理")
    assert len(after.body) < 25
