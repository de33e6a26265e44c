"""What a call leaves behind: drafts, enquiry records, tickets."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.accounts.models import User
from app.core.database import db, unit_of_work
from app.organisation import service as organisation
from app.rules import service as rules
from app.rules.type_natures import Nature
from app.tickets import service as tickets
from app.tickets.models import CallDraft, Ticket, TicketStep
from app.tickets.ticket_numbers import is_ticket_number
from tests import people
from tests.calls.line_news import Line, tell

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]


@pytest.fixture
def agent(app: Flask) -> User:  # noqa: ARG001 - tables of this app
    return people.one_person("agent")


@pytest.fixture
def call_id(agent: User) -> int:
    line = Line()
    tell(line.arrived(0), line.queued(1), line.answered(agent.work_number, 5))
    return line.call().id


def new_ticket(agent: User, call_id: int | None, **changes: Any) -> tickets.NewTicket:
    county = organisation.list_counties()[0].code
    given: dict[str, Any] = {
        "call_id": call_id,
        "opened_by": agent.id,
        "request_type": Nature.COMPLAINT,
        "title": "路灯不亮",
        "content": "三盏路灯坏了一周",
        "category_code": rules.list_categories()[-1].code,
        "county_code": county,
        **changes,
    }
    return tickets.NewTicket(**given)


def open_ticket(new: tickets.NewTicket) -> str:
    with unit_of_work():
        return tickets.open_ticket(new).number


def test_a_ticket_keeps_who_took_it_first_and_its_first_step(agent: User, call_id: int) -> None:
    number = open_ticket(new_ticket(agent, call_id))

    row = db.session.execute(db.select(Ticket)).scalar_one()
    assert is_ticket_number(number)
    assert (row.first_contact_id, row.call_id, row.state.value) == (
        agent.id,
        call_id,
        "to_dispatch",
    )
    step = db.session.execute(db.select(TicketStep)).scalar_one()
    assert (step.old, step.new.value, step.by) == (None, "to_dispatch", agent.id)


def test_the_number_to_call_back_is_the_one_given_or_else_the_callers(
    agent: User, call_id: int
) -> None:
    open_ticket(new_ticket(agent, call_id))
    open_ticket(new_ticket(agent, call_id, title="另一件", contact_number="0762-3333333"))

    rows = db.session.execute(db.select(Ticket).order_by(Ticket.id)).scalars().all()
    assert [row.contact_number for row in rows] == ["+8613900002817", "+867623333333"]
    assert [row.calling_number for row in rows] == ["+8613900002817"] * 2


def test_numbers_of_a_day_count_up_and_begin_anew_at_midnight_in_the_city(agent: User) -> None:
    # 15:59 UTC is one minute before midnight in Heyuan.
    with time_machine.travel(datetime(2026, 11, 23, 15, 59, tzinfo=UTC), tick=False) as now:
        last_of_the_day = [
            open_ticket(new_ticket(agent, None, title=str(each))) for each in range(2)
        ]
        now.shift(60)
        first_of_the_next = open_ticket(new_ticket(agent, None))

    assert [number[:16] for number in last_of_the_day] == ["HY20261123000001", "HY20261123000002"]
    assert first_of_the_next[:16] == "HY20261124000001"


def test_a_ticket_that_could_not_be_saved_takes_no_number(agent: User, call_id: int) -> None:
    with pytest.raises(LookupError), unit_of_work():
        tickets.open_ticket(new_ticket(agent, call_id))
        raise LookupError

    assert open_ticket(new_ticket(agent, call_id))[-7:-1] == "000001"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"category_code": "nope"}, "category_code"),
        ({"county_code": "nope"}, "county_code"),
        ({"town_code": "nope"}, "town_code"),
    ],
)
def test_what_no_register_names_is_refused_at_its_field(
    agent: User, call_id: int, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(tickets.NotInRegister) as refused:
        open_ticket(new_ticket(agent, call_id, **change))

    assert refused.value.field == field


def test_open_tickets_are_found_by_either_number_and_never_by_a_withheld_one(
    agent: User, call_id: int
) -> None:
    open_ticket(new_ticket(agent, call_id, contact_number="0762-3333333"))

    for number in ("+8613900002817", "+867623333333"):
        assert len(tickets.open_tickets_of(number)) == 1
    assert tickets.open_tickets_of("") == []
    assert tickets.open_tickets_of("+8613800000000") == []


def test_a_caller_without_a_name_or_a_number_may_still_be_helped(agent: User) -> None:
    assert open_ticket(new_ticket(agent, None, caller_name="陈女士"))
    assert open_ticket(new_ticket(agent, None, title="无名", contact_number="13900002817"))


def test_a_call_with_a_record_or_a_ticket_has_an_outcome(agent: User, call_id: int) -> None:
    assert not tickets.has_outcome(call_id)

    open_ticket(new_ticket(agent, call_id))

    assert tickets.has_outcome(call_id)
    [outcome] = tickets.outcomes_of([call_id])[call_id]
    assert (outcome.kind, tickets.summary_of(outcome)) == ("ticket", "路灯不亮")


def test_a_draft_of_one_tab_does_not_undo_that_of_another(agent: User, call_id: int) -> None:
    with unit_of_work():
        tickets.save_draft(call_id, agent_id=agent.id, version=0, body={"note": "a"})

    with pytest.raises(tickets.DraftIsNewer) as newer, unit_of_work():
        tickets.save_draft(call_id, agent_id=agent.id, version=0, body={"note": "b"})

    assert newer.value.parameters == {"version": 1, "body": {"note": "a"}}


@pytest.mark.slow
def test_two_tabs_that_make_the_first_draft_at_once_lose_nothing(
    app: Flask, agent: User, call_id: int
) -> None:
    agent_id = agent.id
    start = threading.Barrier(4)
    saved: list[int] = []
    newer: list[int] = []
    faults: list[BaseException] = []

    def type_in(tab: int) -> None:
        try:
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work():
                        tickets.save_draft(call_id, agent_id=agent_id, version=0, body={"tab": tab})
                    saved.append(tab)
                except tickets.DraftIsNewer:
                    newer.append(tab)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    tabs = [threading.Thread(target=type_in, args=(tab,)) for tab in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert faults == []
    assert (len(saved), len(newer)) == (1, 3)
    db.session.rollback()
    draft = db.session.get_one(CallDraft, call_id)
    assert (draft.version, draft.body) == (1, {"tab": saved[0]})


@pytest.mark.slow
def test_tickets_opened_at_once_have_numbers_of_their_own(app: Flask, agent: User) -> None:
    numbers: list[str] = []
    faults: list[BaseException] = []
    start = threading.Barrier(6)
    wanted = [new_ticket(agent, None, title=str(each)) for each in range(30)]

    def work(mine: list[tickets.NewTicket]) -> None:
        try:
            start.wait()
            with app.app_context():
                numbers.extend(open_ticket(new) for new in mine)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=work, args=(wanted[i::6],)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert sorted(number[-7:-1] for number in numbers) == [f"{each:06}" for each in range(1, 31)]
