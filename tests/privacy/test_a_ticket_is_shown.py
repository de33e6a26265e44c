"""A ticket's page: what each reader sees, what a reason uncovers, who saw it, who is kept out."""

from collections.abc import Callable
from typing import Any

import pytest

from app.audit import service as audit
from app.core.database import db
from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel
from app.privacy.models import PersonalView
from app.rules.type_natures import Nature
from app.tickets import reading
from app.tickets import service as tickets
from app.tickets.models import Ticket
from tests.conftest import PageClient
from tests.privacy.secret_ticket import NAME, NUMBER, SECRETS, open_ticket, secrets_in

pytestmark = pytest.mark.usefixtures("registers", "app")
PAGE = {"Accept": "text/html"}
WHY = {"unmask-reason_code": "dispatch", "unmask-reason": "核实地址"}
SignIn = Callable[..., PageClient]


def page(browser: PageClient, ticket_id: int) -> Any:
    return browser.get(f"/tickets/{ticket_id}", headers=PAGE)


def rows() -> list[PersonalView]:
    db.session.rollback()
    return list(db.session.scalars(db.select(PersonalView).order_by(PersonalView.id)))


def test_the_first_contact_reads_his_own_words_and_no_whole_number(sign_in_as: SignIn) -> None:
    owner = sign_in_as("agent")
    ticket_id = open_ticket(owner.person.id)

    text = page(owner, ticket_id).text

    assert secrets_in(text, *SECRETS) == set(SECRETS)  # he wrote it all himself
    assert f"{NAME} 139****2817" in text


@pytest.mark.parametrize("role", ["dispatcher", "shift_leader", "hotline_manager"])
def test_who_leads_or_dispatches_reads_a_confidential_ticket_without_its_caller(
    sign_in_as: SignIn, role: str
) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)

    answer = page(sign_in_as(role), ticket_id)

    assert answer.status_code == 200
    assert secrets_in(answer.text, *SECRETS) == set()
    assert "夜间施工" in answer.text  # the matter itself is there


@pytest.mark.parametrize("role", ["agent", "data_analyst", "leader", "auditor", "return_visitor"])
def test_for_all_others_there_is_no_such_ticket(sign_in_as: SignIn, role: str) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)

    assert page(sign_in_as(role), ticket_id).status_code == 404
    assert rows() == []  # nothing was seen


def test_a_reason_uncovers_it_for_a_time_for_one_person_and_is_kept(
    tick: Callable[..., None], sign_in_as: SignIn
) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)
    dispatcher, other = sign_in_as("dispatcher"), sign_in_as("dispatcher")
    address = f"/tickets/{ticket_id}/unmask"

    assert dispatcher.post(address, data={"unmask-reason": "x"}, headers=PAGE).status_code == 422
    assert dispatcher.post(address, data={**WHY, "unmask-reason": " "}).status_code == 422
    assert dispatcher.post(address, data=WHY, headers=PAGE).status_code == 302
    shown = page(dispatcher, ticket_id)

    assert secrets_in(shown.text, *SECRETS) == set(SECRETS)
    assert shown.headers["Refresh"] == "600"
    assert "还有约 10 分钟" in shown.text
    assert secrets_in(page(other, ticket_id).text, *SECRETS) == set()
    assert secrets_in(dispatcher.get("/tickets", headers=PAGE).text, *SECRETS) == set()
    tick(minutes=11)
    assert secrets_in(page(dispatcher, ticket_id).text, *SECRETS) == set()
    [line] = [each for each in audit.list_lines().items if each.kind == "privacy.unmasked"]
    assert (line.actor_id, line.data["reason"]) == (dispatcher.person.id, "核实地址")


def test_it_can_be_covered_before_its_time(sign_in_as: SignIn) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)
    leader = sign_in_as("shift_leader")
    leader.post(f"/tickets/{ticket_id}/unmask", data=WHY, headers=PAGE)

    assert leader.post(f"/tickets/{ticket_id}/cover", headers=PAGE).status_code == 302

    assert secrets_in(page(leader, ticket_id).text, *SECRETS) == set()


@pytest.mark.parametrize("role", ["agent", "auditor", "leader", "town_clerk"])
def test_without_the_right_no_reason_uncovers_anything(sign_in_as: SignIn, role: str) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id, privacy=PrivacyLevel.ORDINARY)
    browser = sign_in_as(role)

    assert browser.post(f"/tickets/{ticket_id}/unmask", data=WHY).status_code == 403
    assert NUMBER not in page(browser, ticket_id).text


def test_every_look_is_a_row_and_a_reload_is_none(
    tick: Callable[..., None], sign_in_as: SignIn
) -> None:
    owner = sign_in_as("agent")
    ticket_id = open_ticket(owner.person.id)
    leader = sign_in_as("shift_leader")

    page(owner, ticket_id)
    page(owner, ticket_id)
    page(leader, ticket_id)
    leader.post(f"/tickets/{ticket_id}/unmask", data=WHY, headers=PAGE)
    page(leader, ticket_id)
    leader.post("/privacy/prints", json={"kind": "ticket", "id": ticket_id})
    tick(minutes=2)
    page(owner, ticket_id)

    owns, leads = owner.person.id, leader.person.id
    assert [(row.viewer_id, row.deed.value, row.is_unmasked) for row in rows()] == [
        (owns, "opened", False),
        (leads, "opened", False),
        (leads, "unmasked", True),
        (leads, "opened", True),
        (leads, "printed", True),
        (owns, "opened", False),
    ]
    assert {row.level for row in rows()} == {PrivacyLevel.CONFIDENTIAL}
    assert {row.address for row in rows()} == {"127.0.0.1"}


def test_nobody_prints_what_he_never_opened(sign_in_as: SignIn) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)
    leader = sign_in_as("shift_leader")

    for asked in ({"kind": "ticket", "id": ticket_id}, {"kind": "x", "id": 1}, [], {"id": "1"}):
        assert leader.post("/privacy/prints", json=asked).status_code == 404


def test_who_saw_a_ticket_stands_on_one_page_with_the_reason(sign_in_as: SignIn) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id)
    leader, manager, auditor = map(sign_in_as, ("shift_leader", "hotline_manager", "auditor"))
    leader.post(f"/tickets/{ticket_id}/unmask", data=WHY, headers=PAGE)

    for browser in (manager, auditor):
        text = browser.get(f"/tickets/{ticket_id}/views", headers=PAGE).text
        assert leader.person.work_number in text
        assert "核实地址" in text
    assert leader.get(f"/tickets/{ticket_id}/views").status_code == 403


def test_looks_are_found_by_person_and_by_number(sign_in_as: SignIn) -> None:
    owner, leader = sign_in_as("agent"), sign_in_as("shift_leader")
    one, two = open_ticket(owner.person.id), open_ticket(owner.person.id)
    page(owner, one), page(leader, two)
    numbers = {ticket.id: ticket.number for ticket in db.session.scalars(db.select(Ticket))}
    auditor = sign_in_as("auditor")

    def found(**asked: str) -> str:
        return str(auditor.get("/privacy/views", query_string=asked, headers=PAGE).text)

    by_person = found(person=owner.person.work_number)
    assert numbers[one] in by_person
    assert numbers[two] not in by_person
    by_number = found(name=numbers[two])
    assert leader.person.work_number in by_number
    assert owner.person.work_number not in by_number
    assert "没有查看记录" in found(only_unmasked="y")
    assert sign_in_as("hotline_manager").get("/privacy/views").status_code == 403


def test_an_anonymous_caller_leaves_neither_name_nor_number_with_the_ticket(
    sign_in_as: SignIn,
) -> None:
    owner = sign_in_as("agent")
    ticket_id = open_ticket(owner.person.id, is_anonymous=True)
    ticket = tickets.get_ticket(ticket_id)

    kept = (ticket.caller_name, ticket.contact_number, ticket.calling_number, ticket.caller_id)
    assert kept == ("", "", "", None)
    assert "匿名" in page(owner, ticket_id).text


@pytest.mark.parametrize(
    ("words", "unit_code"), [("市交通运输局的科长", None), ("河源市交通运输局的科长", "transport")]
)
def test_the_unit_complained_about_is_taken_from_the_words(
    sign_in_as: SignIn, words: str, unit_code: str | None
) -> None:
    ticket_id = open_ticket(sign_in_as("agent").person.id, respondent=words)
    unit_id = tickets.get_ticket(ticket_id).respondent_unit_id

    expected = organisation.find_unit_by_code("transport").id
    assert unit_id == expected  # people leave the city's name out
    assert unit_code is None or organisation.find_unit_by_code(unit_code).id == unit_id


def test_people_of_the_complained_about_unit_find_no_such_ticket(sign_in_as: SignIn) -> None:
    unit = organisation.find_unit_by_code("transport")
    owner = sign_in_as("agent")
    inside = sign_in_as("dispatcher", unit_id=unit.id)
    outside = sign_in_as("dispatcher", unit_id=organisation.find_unit_by_code("hotline").id)
    ticket_id = open_ticket(
        owner.person.id, respondent="河源市交通运输局", privacy=PrivacyLevel.ORDINARY
    )
    ticket = tickets.get_ticket(ticket_id)

    assert reading.is_kept_out(unit.id, ticket)
    assert not reading.is_kept_out(organisation.find_unit_by_code("hotline").id, ticket)
    link = f'href="/tickets/{ticket_id}"'
    assert page(inside, ticket_id).status_code == 404
    assert link not in inside.get("/tickets", headers=PAGE).text
    assert inside.post(f"/tickets/{ticket_id}/unmask", data=WHY).status_code == 404
    assert page(outside, ticket_id).status_code == 200
    assert link in outside.get("/tickets", headers=PAGE).text


def test_a_list_holds_exactly_what_each_reader_may_open(sign_in_as: SignIn) -> None:
    transport = organisation.find_unit_by_code("transport")
    owner = sign_in_as("agent")
    ids = [
        open_ticket(owner.person.id, privacy=level, respondent=words, request_type=kind)
        for level in PrivacyLevel
        for words in ("河源市交通运输局", "无照摊贩")
        for kind in (Nature.COMPLAINT, Nature.HELP)
    ]
    readers = [
        *(sign_in_as(role) for role in ("agent", "dispatcher", "leader", "auditor")),
        *(sign_in_as(role, unit_id=transport.id) for role in ("agent", "dispatcher")),
        owner,
    ]
    for browser in readers:
        text = browser.get("/tickets", headers=PAGE).text
        listed = {each for each in ids if f'"/tickets/{each}"' in text}
        opened = {each for each in ids if page(browser, each).status_code == 200}
        assert listed == opened, browser.person.role
        assert 0 < len(listed) <= len(ids)
