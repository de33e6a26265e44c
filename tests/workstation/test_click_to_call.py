"""A number is called from where it stands, and the page never learns it whole."""

from collections.abc import Callable
from typing import Any

import pytest

from app.call_queue import service as call_queue
from app.callers import person_changes, service
from app.channels import directory
from app.core.database import db, unit_of_work
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, at_a_desk, enquiry, ring, take_call, ticket

PAGE = {"Accept": "text/html"}
CONTACT = "15407620002"
WHOLE_CONTACT = "+8615407620002"

pytestmark = [pytest.mark.usefixtures("registers"), pytest.mark.usefixtures("app")]


@pytest.fixture
def agent(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return sign_in_as("agent")


@pytest.fixture
def colleague(sign_in_as: Callable[..., PageClient]) -> PageClient:
    return at_a_desk(sign_in_as("agent"))


def ticket_of(browser: PageClient, **changes: Any) -> int:
    """Let this agent open a ticket in a call, end the call and be free again."""
    line = take_call(browser)
    path = f"/desk/calls/{line.call().id}/ticket"
    opened = browser.post(path, json=ticket(contact_number=CONTACT, **changes))
    tell(line.ended(60))
    desks.finish_call(browser.person)
    return int(opened.get_json()["outcome"]["id"])


def dialled() -> list[str]:
    db.session.rollback()
    return [order["number"] for order in desks.orders("CallOut")]


def code_of(answer: Any) -> str:
    return str(answer.get_json()["refusal"]["code"])


def link_of(number: str) -> int:
    """Return which number of a person this is."""
    [person] = service.recognise(number).persons
    links = person_changes.links_of(person.caller_id)
    return next(link.id for link in links if link.number.endswith(number))


@pytest.mark.postgresql
def test_the_contact_of_a_ticket_is_called_and_its_number_stays_on_the_server(
    agent: PageClient,
) -> None:
    ticket_id = ticket_of(agent)

    answer = agent.post("/desk/calls-out", json={"of_ticket": ticket_id})

    assert answer.status_code == 202
    assert CONTACT not in answer.text
    assert dialled() == [WHOLE_CONTACT]
    desk = agent.get("/desk/snapshot")
    assert desk.get_json()["call"]["caller"]["number_shown"] == "154****0002"
    assert CONTACT not in desk.text


def test_a_confidential_tickets_contact_is_for_its_first_contact_alone(
    agent: PageClient, sign_in_as: Callable[..., PageClient], colleague: PageClient
) -> None:
    ticket_id = ticket_of(agent, is_confidential=True)
    leader = at_a_desk(sign_in_as("shift_leader"))

    ask = {"of_ticket": ticket_id}
    assert code_of(colleague.post("/desk/calls-out", json=ask)) == "no-such-ticket"
    assert code_of(leader.post("/desk/calls-out", json=ask)) == "ticket-contact-hidden"
    assert dialled() == []

    assert agent.post("/desk/calls-out", json=ask).status_code == 202


def test_a_ticket_whose_caller_hid_his_number_has_nobody_to_call(agent: PageClient) -> None:
    desks.link_up()
    line = Line(call_key="hidden", from_number="")
    desks.open_desk(agent.person)
    desks.phone(agent.person)
    with unit_of_work():
        call_queue.become_ready(agent.person.id)
    tell(line.arrived(0), line.queued(1))
    assert desks.offer_all() == 1
    phone = agent.person.work_number
    tell(line.rings(phone, 5), line.answered(phone, 8))
    path = f"/desk/calls/{line.call().id}/ticket"
    opened = agent.post(path, json=ticket(caller_name="", contact_number=""))
    tell(line.ended(60))
    desks.finish_call(agent.person)

    ask = {"of_ticket": opened.get_json()["outcome"]["id"]}

    assert code_of(agent.post("/desk/calls-out", json=ask)) == "ticket-without-contact"


@pytest.mark.postgresql
def test_another_number_of_a_person_is_called_by_its_id(agent: PageClient) -> None:
    ticket_of(agent, caller_name="陈小明")

    answer = agent.post("/desk/calls-out", json={"of_number": link_of(CONTACT)})

    assert answer.status_code == 202
    assert dialled() == [WHOLE_CONTACT]


def test_a_number_that_was_taken_away_is_called_no_more(agent: PageClient) -> None:
    at_a_desk(agent)

    answer = agent.post("/desk/calls-out", json={"of_number": 987654})

    assert code_of(answer) == "caller-number-not-found"


def test_an_entry_of_the_directory_is_called_by_its_code(agent: PageClient) -> None:
    at_a_desk(agent)
    with unit_of_work():
        directory.load_entries()

    unknown = agent.post("/desk/calls-out", json={"of_entry": "nobody"})
    assert code_of(unknown) == "no-such-entry"
    emergency = agent.post("/desk/calls-out", json={"of_entry": "police-110"})
    assert code_of(emergency) == "emergency-not-dialled-here"
    assert agent.post("/desk/calls-out", json={"of_entry": "power-95598"}).status_code == 202

    assert dialled() == ["95598"]


def test_whom_to_call_must_be_said(agent: PageClient) -> None:
    at_a_desk(agent)

    answer = agent.post("/desk/calls-out", json={"shown_number": "12345"})

    assert list(answer.get_json()["refusal"]["fields"]) == ["number"]


@pytest.mark.postgresql
def test_a_pop_shows_the_callers_other_numbers_and_the_contact_of_his_tickets_masked(
    agent: PageClient,
) -> None:
    ticket_id = ticket_of(agent, caller_name="陈小明")

    again = ring(agent, "again", since=300)

    caller = agent.get("/desk/snapshot").get_json()["offer"]["caller"]
    [person] = caller["persons"]
    assert person["other_numbers"] == [
        {"number_id": link_of(CONTACT), "number_shown": "154****0002", "is_contact": True}
    ]
    [open_ticket] = caller["open_tickets"]
    assert (open_ticket["ticket_id"], open_ticket["contact_shown"]) == (ticket_id, "154****0002")
    assert again.call() is not None


def test_a_pop_keeps_the_contact_of_a_confidential_ticket_from_a_colleague(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    ticket_of(agent, is_confidential=True)
    desks.close_desk(agent.person)
    colleague = sign_in_as("agent")

    ring(colleague, "again", since=300)

    [shown] = colleague.get("/desk/snapshot").get_json()["offer"]["caller"]["open_tickets"]
    assert shown["contact_shown"] == ""


def test_a_plain_page_calls_at_the_readers_desk_and_comes_back_with_a_sentence(
    agent: PageClient,
) -> None:
    ticket_id = ticket_of(agent)
    path = f"/tickets/{ticket_id}"
    page = agent.get(path, headers=PAGE).text
    assert f'name="of_ticket" value="{ticket_id}"' in page
    assert CONTACT not in page

    ask = {"of_ticket": ticket_id, "back": path}
    answer = agent.post("/desk/calls-out", data=ask, headers=PAGE)

    assert (answer.status_code, answer.location) == (302, path)
    assert "先接通本席话机" in agent.get(path, headers=PAGE).text
    assert dialled() == [WHOLE_CONTACT]

    agent.post("/desk/calls-out", data=ask, headers=PAGE)
    assert "通话进行中不能这样做" in agent.get(path, headers=PAGE).text
    assert dialled() == [WHOLE_CONTACT]


def test_who_has_no_desk_open_is_told_to_open_it(agent: PageClient) -> None:
    ticket_id = ticket_of(agent)
    desks.close_desk(agent.person)
    with unit_of_work():
        call_queue.sign_out(agent.person.id)

    answer = agent.post("/desk/calls-out", json={"of_ticket": ticket_id})

    assert code_of(answer) == "no-desk-open"
    assert dialled() == []


def test_a_plain_page_never_sends_its_reader_to_another_site(agent: PageClient) -> None:
    at_a_desk(agent)

    ask = {"of_number": "1", "back": "https://elsewhere.example/"}
    answer = agent.post("/desk/calls-out", data=ask, headers=PAGE)

    assert answer.location == "/desk"


def test_pages_offer_a_call_only_to_who_has_a_desk(
    agent: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    line = take_call(agent)
    agent.post(f"/desk/calls/{line.call().id}/enquiry-record", json=enquiry(caller_name="陈小明"))
    tell(line.ended(60))
    caller_id = service.recognise(CALLER).persons[0].caller_id
    pages = ("/calls", f"/calls/{line.call().id}", f"/callers/{caller_id}")
    inspector = sign_in_as("quality_inspector")

    for path in pages:
        assert 'action="/desk/calls-out"' in agent.get(path, headers=PAGE).text, path
        assert "calls-out" not in inspector.get(path, headers=PAGE).text, path
