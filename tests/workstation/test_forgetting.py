"""Who asks for it is forgotten: in every row, while every row still counts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from app.audit import service as audit
from app.callers import service
from app.callers.models import Caller, CallerForgetting, CallerNumber
from app.calls import recheck
from app.calls.models import Call, ProviderEvent
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.permissions import Role
from app.core.phone_numbers import ERASED
from app.handling import contacting, following
from app.handling.acting import Doer
from app.handling.models import Contact, FollowKind, FollowUp
from app.recordings import holds
from app.tickets.models import CallDraft, EnquiryRecord, Ticket, TicketStep
from app.tickets.ticket_states import TicketState
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, enquiry, take_call, ticket

PAGE = {"Accept": "text/html"}
CONTACT = "15407620002"
NAME = "陈小明"

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.postgresql]


@pytest.fixture
def manager(sign_in_as: Any) -> PageClient:
    browser: PageClient = sign_in_as("hotline_manager")
    return browser


@pytest.fixture
def call(sign_in_as: Any) -> Line:
    """A call that has left a ticket, a record and a draft."""
    agent = sign_in_as("agent")
    line = take_call(agent)
    path = f"/desk/calls/{line.call().id}"
    written = ticket(
        caller_name=NAME, contact_number=CONTACT, content=f"{NAME}称路灯不亮，电话{CONTACT}",
        gender="female", age_group="from_60", grid="上城 07",
        coordinates="23.743, 114.701", coordinates_source="caller",
        demand=f"请回电{CONTACT}", occurred=f"{NAME}昨晚看到", respondent=f"{NAME}的房东",
    )  # fmt: skip
    assert agent.post(f"{path}/ticket", json=written).status_code == 201
    agent.post(f"{path}/enquiry-record", json=enquiry(note=f"{NAME}询问进度", caller_name=NAME))
    agent.put(f"{path}/draft", json={"version": 0, "body": {"record": {"note": NAME}}})
    tell(line.ended(60))
    return line


def work_on_tickets(agent_id: int) -> None:
    """Let somebody write her name and her number wherever a ticket has room for words."""
    with unit_of_work():
        for each in db.session.scalars(db.select(Ticket)):
            by = Doer(user_id=agent_id, role=Role.AGENT, unit_id=None)
            said = f"{NAME}来催，电话{CONTACT}"
            following.add(each.id, FollowKind.URGE, said, doer=by)
            contact = contacting.NewContact(is_reached=True, note=said)
            contacting.log_contact(each.id, contact, doer=by)


def close_tickets() -> None:
    with unit_of_work():
        for each in db.session.scalars(db.select(Ticket)):
            each.state = TicketState.CLOSED


def she() -> Caller:
    db.session.rollback()
    return db.session.scalars(db.select(Caller).where(Caller.name == NAME)).one()


def forget(browser: PageClient, caller_id: int, version: int, **more: str) -> Any:
    fields = {
        "forget-version": str(version),
        "forget-reason": "2026-11-20 书面申请",
        "forget-is_sure": "y",
        **more,
    }
    return browser.post(f"/callers/{caller_id}/forget", data=fields, headers=PAGE)


def everything() -> str:
    """All that is kept of calls, persons, tickets and news, as text."""
    db.session.rollback()
    kept = []
    of_calls = (Call, ProviderEvent, Caller, CallerNumber)
    of_tickets = (Ticket, TicketStep, EnquiryRecord, CallDraft, FollowUp, Contact)
    for model in (*of_calls, *of_tickets):
        for row in db.session.scalars(db.select(model)):
            kept.append(str({each.name: getattr(row, each.key) for each in row.__table__.columns}))
    return "\n".join(kept)


def test_a_person_is_erased_everywhere_and_still_counted(manager: PageClient, call: Line) -> None:
    work_on_tickets(manager.person.id)
    close_tickets()
    person = she()
    caller_id, version = person.id, person.version
    assert CALLER in everything()
    counted = [db.session.scalar(db.select(db.func.count()).select_from(each)) for each in
               (Call, Ticket, EnquiryRecord, ProviderEvent)]  # fmt: skip

    answer = forget(manager, caller_id, version)

    assert answer.status_code == 302
    left = everything()
    for secret in (CALLER, CONTACT, NAME):
        assert secret not in left
    assert counted == [
        db.session.scalar(db.select(db.func.count()).select_from(each))
        for each in (Call, Ticket, EnquiryRecord, ProviderEvent)
    ]
    ended = call.call()
    assert (ended.from_number, ended.caller_id) == (ERASED, caller_id)
    assert ended.talk_started_at is not None
    opened = db.session.scalars(db.select(Ticket)).one()
    assert opened.content.startswith("***称路灯不亮")
    assert (opened.gender, opened.age_group, opened.coordinates) == (None, None, "")
    assert opened.grid == "上城 07"  # of the place, not of her
    assert service.recognise(CALLER).persons == []
    page = manager.get(f"/callers/{caller_id}", headers=PAGE)
    assert "资料已按本人请求" in page.text
    assert "已清除" in manager.get(f"/calls/{ended.id}", headers=PAGE).text
    [line] = [each for each in audit.list_lines().items if each.kind == "caller.forgotten"]
    assert line.actor_id == manager.person.id
    assert line.data["calls"] == line.data["tickets"] == 1
    kept = db.session.scalars(db.select(CallerForgetting)).one()
    assert json.dumps(kept.details, sort_keys=True) == '{"calls": 1, "recordings": 0, "tickets": 1}'


def test_an_open_ticket_and_a_legal_hold_go_before_the_wish(
    manager: PageClient, call: Line
) -> None:
    person = she()
    refused = forget(manager, person.id, person.version)
    assert (refused.status_code, "未办结的工单" in refused.text) == (409, True)
    assert "2026-11-20 书面申请" in refused.text
    close_tickets()
    call_id = call.call().id
    with unit_of_work():
        holds.hold_recordings(call_id, reason="检察院调取", held_by=manager.person.id)

    refused = forget(manager, person.id, she().version)

    assert (refused.status_code, "法律保全" in refused.text) == (409, True)
    assert CALLER in everything()
    with unit_of_work():
        holds.lift_hold(call_id, reason="案件已经办结", lifted_by=manager.person.id)
    assert forget(manager, she().id, she().version).status_code == 302


def test_a_mark_against_misuse_goes_before_the_wish(manager: PageClient, call: Line) -> None:
    close_tickets()
    number = call.call().from_number
    with unit_of_work():
        service.restrict(number, until=clock.now() + timedelta(days=1), why="骚扰", put_by=None)

    refused = forget(manager, she().id, she().version)

    assert (refused.status_code, "限制来电期内" in refused.text) == (409, True)


def test_nobody_is_forgotten_by_a_slip_of_the_hand(manager: PageClient, call: Line) -> None:
    close_tickets()
    assert call.call().id

    for fields in ({"forget-is_sure": ""}, {"forget-reason": " "}):
        assert forget(manager, she().id, she().version, **fields).status_code == 422
    assert forget(manager, she().id, 99).status_code == 409
    assert CALLER in everything()


def test_calls_of_others_on_a_shared_number_stay_theirs(manager: PageClient, call: Line) -> None:
    close_tickets()
    assert call.call().caller_id == she().id  # from the name that was written down
    with unit_of_work():
        he = service.get_or_open_caller(CALLER, "李先生").id
    later = Line(call_key="later", from_number=CALLER)
    tell(later.arrived(200), later.queued(201), later.ended(230))

    assert forget(manager, she().id, she().version).status_code == 302

    assert call.call().from_number == ERASED
    assert later.call().from_number == f"+86{CALLER}"
    assert [each.caller_id for each in service.recognise(CALLER).persons] == [he]
    assert NAME not in everything()


def test_the_ledger_still_agrees_with_its_news_afterwards(manager: PageClient, call: Line) -> None:
    close_tickets()
    forget(manager, she().id, she().version)
    assert call.call().from_number == ERASED

    checked = recheck.recheck()

    assert (checked.looked_at, checked.guessed, checked.differences) == (1, 0, [])
