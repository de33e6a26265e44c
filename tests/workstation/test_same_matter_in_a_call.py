"""Whether a call is about what is known already: shown while it is typed, added to its ticket."""

from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.privacy.levels import PrivacyLevel
from app.tickets.models import Ticket, TicketCall
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_answers import at, rows
from tests.workstation.desk_people import take_call, ticket

pytestmark = pytest.mark.usefixtures("registers")


def test_this_callers_tickets_and_those_of_this_place_are_shown_while_it_is_typed(
    desk: PageClient, talk: Line
) -> None:
    mine = ticket(title="路灯不亮", content="沿江路三盏路灯坏了一周")
    desk.post(at(talk, "ticket"), json=mine)
    asked = {"text": "沿江路路灯坏了", "county": mine["county_code"], "town": mine["town_code"]}

    [same] = desk.post(at(talk, "alike-tickets"), json=asked).get_json()["tickets"]

    assert (same["is_same_caller"], same["title"]) == (True, "路灯不亮")
    row = db.session.execute(db.select(Ticket)).scalar_one()
    with unit_of_work():
        row.calling_number = row.contact_number = "+8613800000000"
    [near] = desk.post(at(talk, "alike-tickets"), json=asked).get_json()["tickets"]
    assert near["is_same_caller"] is False
    assert near["likeness"] >= 0.25
    unlike = {**asked, "text": "医保报销比例"}
    assert desk.post(at(talk, "alike-tickets"), json=unlike).get_json()["tickets"] == []
    with unit_of_work():
        row.privacy = PrivacyLevel.CONFIDENTIAL
    assert desk.post(at(talk, "alike-tickets"), json=asked).get_json()["tickets"] == []


def test_a_call_about_the_same_matter_is_added_to_its_ticket_and_opens_none(
    desk: PageClient, talk: Line
) -> None:
    desk.post(at(talk, "ticket"), json=ticket())
    tell(talk.ended(60))
    done = {"call_id": talk.call().id, "code": None, "next_state": "ready"}
    desk.post("/desk/wrap-up/finish", json=done)
    later = take_call(desk, "later", since=100)
    row = db.session.execute(db.select(Ticket)).scalar_one()
    body = {"ticket_id": row.id, "note": "还是不亮"}

    answers = [desk.post(at(later, "same-matter"), json=body) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 201]
    assert (rows(Ticket), rows(TicketCall)) == (1, 1)
    outcome = {"kind": "same_matter", "id": row.id, "number": row.number}
    assert desk.get("/desk/snapshot").get_json()["call"]["outcomes"] == [outcome]
    page = desk.get(f"/tickets/{row.id}", headers={"Accept": "text/html"}).text
    assert "还是不亮" in page


def test_alike_tickets_are_told_to_nobody_whose_call_it_is_not(talk: Line, sign_in_as: Any) -> None:
    other = sign_in_as("agent")
    desks.open_desk(other.person)

    assert other.post(at(talk, "alike-tickets")).status_code == 409
    assert other.post(at(talk, "same-matter"), json={"ticket_id": 1}).status_code == 409
