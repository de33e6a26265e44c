"""Two new types planned on their page, and the ways on which a ticket of one comes."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from app.core import clock
from app.core.request_signature import sign_request
from app.organisation import service as organisation
from app.tickets.models import Ticket
from tests import people
from tests.channel_entries.clerks import GOOD, all_tickets, enter, workbook
from tests.channel_entries.test_import import take
from tests.channel_entries.test_interface import GOOD as BY_INTERFACE
from tests.conftest import PageClient
from tests.ticket_desks.browsers import Desks, page, send
from tests.workstation.desk_answers import at
from tests.workstation.desk_people import take_call, ticket

TYPES = "/administration/request-types"
OFFENCE, PRAISE = "tax_offence", "thanks"
SECRET = "c" * 40
KINDS = f"""consult, 咨询, Enquiry
complaint, 投诉, Complaint
help, 求助, Help
{OFFENCE}, 涉税违法, Tax offence, 举报, 20wd
{PRAISE}, 感谢, Thanks, 仅统计"""


def plan(manager: PageClient, kinds: str = KINDS, *, minutes: int = 3 * 24 * 60) -> Any:
    begins = clock.now() + timedelta(hours=8, minutes=minutes)
    return send(
        manager, TYPES, code="heyuan-2027", name_zh="新口径", name_en="New", basis="市里通知",
        valid_from=begins.strftime("%Y-%m-%dT%H:%M"), kinds=kinds,
    )  # fmt: skip


def by_call(desks: Desks, kind: str) -> Ticket:
    agent = desks.at("agent")
    answer = agent.post(at(take_call(agent), "ticket"), json=ticket(request_type=kind))
    assert answer.status_code == 201, answer.text
    return all_tickets()[-1]


def by_message(desks: Desks, kind: str) -> Ticket:
    agent = desks.at("agent")
    send(agent, "/simulator/messages", channel="hotline-sms", sender="13912342817", text="有人偷税")
    [message] = set(re.findall(r"/texts/\d+", page(agent, "/texts")))
    send(agent, f"{message}/take")
    assert "涉税违法" in page(agent, message)
    answer = send(
        agent, f"{message}/ticket", request_type=kind, title="有人偷税", content="有人偷税",
        category_code="1602", place="441625", occurred="昨天", respondent="某公司", demand="请查处",
        urgency="normal", contact_number="13912342817",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    return all_tickets()[-1]


def by_form(desks: Desks, kind: str) -> Ticket:
    clerk = desks.at("channel_clerk", "culture-tourism")
    answer = enter(
        clerk, request_type=kind, occurred="昨天", respondent="某公司", demand="请查处",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text
    return all_tickets()[-1]


def by_sheet(desks: Desks, kind: str) -> Ticket:
    name = {OFFENCE: "涉税违法", PRAISE: "Thanks"}[kind]
    row = {
        **GOOD,
        "诉求类型": name,
        "发生时间": "昨天",
        "反映对象": "某公司",
        "诉求目的": "请查处",
    }
    assert take(desks.at("channel_clerk", "culture-tourism"), workbook(row)) == 302
    return all_tickets()[-1]


def by_interface(desks: Desks, kind: str) -> Ticket:
    unit = organisation.find_unit_by_code("public-security")
    clerk = people.one_person("channel_clerk", unit_id=unit.id)
    case = {
        **BY_INTERFACE, "request_type": kind, "occurred": "昨天", "respondent": "某公司",
        "demand": "请查处",
    }  # fmt: skip
    client: FlaskClient = desks.at("agent")
    body = client.application.json.dumps({"by": clerk.work_number, "cases": [case]}).encode()
    stamp = str(int(time.time()))
    answer = client.post(
        "/api/channels/police-110/cases", data=body, content_type="application/json",
        headers={
            "X-Hotline-Timestamp": stamp,
            "X-Hotline-Signature": sign_request(
                body, secret=SECRET, timestamp=stamp, name="police-110/cases"
            ),
        },
    )  # fmt: skip
    assert answer.get_json()["cases"][0]["outcome"] == "new", answer.text
    return all_tickets()[-1]


WAYS: tuple[Callable[[Desks, str], Ticket], ...] = (
    by_call, by_message, by_form, by_sheet, by_interface,
)  # fmt: skip
