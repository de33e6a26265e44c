"""Wherever a number stands, who has a desk calls it from there; the page never holds it."""

from typing import Any

import pytest

from app.accounts.models import Role
from app.callers import misuse, person_changes, service
from app.callers.misuse_states import MarkState
from app.channels import directory
from app.core.database import unit_of_work
from tests.administration.keepers import page
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, enquiry, take_call
from tests.workstation.test_hand_offs import HAND_OFFS, handed
from tests.workstation.test_misuse_pages import CONFIRM, hear, send

pytestmark = pytest.mark.usefixtures("registers", "app")


def calls_out(html: str, of: str, thing_id: int) -> bool:
    return f'name="{of}" value="{thing_id}"' in html


@pytest.fixture
def leader(sign_in_as: Any) -> PageClient:
    browser: PageClient = sign_in_as("shift_leader")
    return browser


@pytest.fixture
def mark_id(sign_in_as: Any) -> int:
    agent = sign_in_as("agent")
    call_id = take_call(agent).call().id
    body = enquiry(result="malicious", note="反复辱骂话务员", was_warned=True)
    agent.post(f"/desk/calls/{call_id}/enquiry-record", json=body)
    [mark] = misuse.marks_in([MarkState.TO_DECIDE])
    return mark.id


def test_who_was_handed_on_is_called_from_the_list_of_hand_offs(leader: PageClient) -> None:
    with unit_of_work():
        directory.load_entries()
    call_id = handed("medical-120", "120", leader.person)

    assert calls_out(page(leader, HAND_OFFS), "of_call", call_id)


def test_a_call_whose_course_is_read_is_called_back_from_there(leader: PageClient) -> None:
    line = Line(call_key="short")
    tell(line.arrived(0), line.ended(5))
    call_id = line.call().id

    assert calls_out(page(leader, f"/calls/{call_id}/story"), "of_call", call_id)


def test_each_number_of_a_person_is_called_from_the_list_of_persons(leader: PageClient) -> None:
    with unit_of_work():
        caller_id = service.get_or_open_caller(CALLER, "张小明", contact="15407620002").id
    links = person_changes.links_of(caller_id)

    html = page(leader, "/callers")

    assert len(links) == 2
    for link in links:
        assert calls_out(html, "of_number", link.id)
        assert link.number not in html


def test_a_number_marked_against_misuse_is_called_from_list_and_mark(
    leader: PageClient, mark_id: int
) -> None:
    call_id = misuse.get_mark(mark_id).call_id

    assert calls_out(page(leader, "/misuse"), "of_call", call_id)
    assert calls_out(page(leader, f"/misuse/{mark_id}"), "of_call", call_id)


def test_a_restricted_number_is_called_by_the_call_it_was_marked_for(
    leader: PageClient, mark_id: int
) -> None:
    hear(leader, mark_id)
    assert send(leader, f"/misuse/{mark_id}/confirm", **CONFIRM).status_code == 302
    assert misuse.get_mark(mark_id).state is MarkState.CONFIRMED

    html = page(leader, "/misuse")

    held = html[html.index("list-group-item") :]
    assert calls_out(held[: held.index("</div>")], "of_call", misuse.get_mark(mark_id).call_id)


def test_who_has_no_desk_is_offered_no_call(sign_in_as: Any, leader: PageClient) -> None:
    with unit_of_work():
        directory.load_entries()
    handed("medical-120", "120", leader.person)

    assert "/desk/calls-out" not in page(sign_in_as(Role.DISPATCHER.value), HAND_OFFS)
