"""What the agent is asked to promise, and what he is told about the text he types."""

from typing import Any

import pytest

from app.core.database import db
from app.organisation import service as organisation
from app.privacy.levels import PrivacyLevel
from app.tickets.models import Ticket
from tests.calls.line_news import Line
from tests.conftest import PageClient
from tests.workstation.desk_people import CALLER, take_call, ticket

pytestmark = pytest.mark.usefixtures("registers", "app")


@pytest.fixture
def desk(sign_in_as: Any) -> PageClient:
    browser: PageClient = sign_in_as("agent")
    return browser


@pytest.fixture
def talk(desk: PageClient) -> Line:
    return take_call(desk)


def written(desk: PageClient, talk: Line, **changes: Any) -> Ticket:
    answer = desk.post(f"/desk/calls/{talk.call().id}/ticket", json=ticket(**changes))
    assert answer.status_code == 201, answer.text
    db.session.rollback()
    return db.session.execute(db.select(Ticket)).scalar_one()


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({}, "ordinary"),
        ({"privacy": "open"}, "open"),
        ({"privacy": "confidential"}, "confidential"),
        ({"is_confidential": True}, "confidential"),  # a page from before there were three
        ({"request_type": "report", "privacy": "open"}, "confidential"),
    ],
)
def test_the_promise_is_kept_with_the_ticket(
    desk: PageClient, talk: Line, asked: dict[str, Any], kept: str
) -> None:
    assert written(desk, talk, **asked).privacy is PrivacyLevel(kept)


def test_a_level_that_is_none_is_refused_beside_its_field(desk: PageClient, talk: Line) -> None:
    answer = desk.post(f"/desk/calls/{talk.call().id}/ticket", json=ticket(privacy="secret"))

    assert answer.status_code == 422
    assert "privacy" in answer.get_json()["refusal"]["fields"]


def test_an_anonymous_ticket_keeps_neither_name_nor_number_of_its_call(
    desk: PageClient, talk: Line
) -> None:
    row = written(desk, talk, is_anonymous=True, contact_number="13800001111")

    assert (row.caller_name, row.calling_number, row.contact_number) == ("", "", "")
    assert row.caller_id is None
    assert talk.call().from_number.endswith(CALLER)  # the ledger has what it has


def test_the_unit_complained_about_can_be_chosen_and_must_exist(
    desk: PageClient, talk: Line
) -> None:
    unit_id = organisation.find_unit_by_code("housing").id
    path = f"/desk/calls/{talk.call().id}/ticket"

    refused = desk.post(path, json=ticket(respondent_unit_id=99999))
    assert (refused.status_code, refused.get_json()["refusal"]["field"]) == (
        422,
        "respondent_unit_id",
    )
    assert written(desk, talk, respondent_unit_id=unit_id).respondent_unit_id == unit_id


def test_what_leads_to_a_person_is_told_while_it_is_typed(desk: PageClient) -> None:
    asked = {
        "content": "陈小明住3栋502房，电话1 3 9 0 0 0 0 2 8 1 7",
        "title": "路灯不亮",
        "caller_name": "陈小明",
    }

    told = desk.post("/desk/traces", json=asked).get_json()["traces"]

    assert [(each["field"], each["kind"], each["text"]) for each in told] == [
        ("content", "name", "陈小明"),
        ("content", "room", "3栋"),
        ("content", "room", "502房"),
        ("content", "phone", "1 3 9 0 0 0 0 2 8 1 7"),
    ]
    assert desk.post("/desk/traces", json={"content": 7}).get_json() == {"traces": []}
    assert desk.post("/desk/traces", json=[]).get_json() == {"traces": []}
