"""Records and tickets that a desk saves: once, whole, and refused at the field that is wrong."""

from typing import Any

import pytest

from app.core.database import Model, db
from app.tickets.models import EnquiryRecord, Ticket
from app.workstation.forms import LONGEST_TEXT
from tests.calls.line_news import Line
from tests.conftest import PageClient
from tests.workstation.desk_answers import at, refused, rows
from tests.workstation.desk_people import enquiry, ticket

pytestmark = pytest.mark.postgresql

SCRIPT = "<script>alert('1')</script>"


def refused_at(field: str, answer: Any, *, keeps_no: type[Model]) -> None:
    assert answer.status_code in {404, 422}, answer.text
    refused(answer, answer.status_code, field)
    assert rows(keeps_no) == 0


# --- enquiry records ---------------------------------------------------------------------------


def test_an_enquiry_is_recorded(desk: PageClient, talk: Line) -> None:
    answer = desk.post(at(talk, "enquiry-record"), json=enquiry())

    assert answer.status_code == 201
    outcome = answer.get_json()["outcome"]
    assert outcome["kind"] == "enquiry"
    assert desk.get("/desk/snapshot").get_json()["call"]["outcomes"] == [outcome]


def test_the_same_record_twice_is_refused_and_saved_once(desk: PageClient, talk: Line) -> None:
    desk.post(at(talk, "enquiry-record"), json=enquiry())

    again = desk.post(at(talk, "enquiry-record"), json=enquiry())

    assert refused(again, 409)["code"] == "already-on-record"
    assert rows(EnquiryRecord) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"note": "x" * 100_000}, "note"),
        ({"told_where": "x" * 201, "result": "told_where"}, "told_where"),
        ({"told_where": "", "result": "told_where"}, "told_where"),
        ({"caller_name": "x" * 41}, "caller_name"),
        ({"result": "solved"}, "result"),
        ({"result": ""}, "result"),
        ({"result": 7}, "result"),
        ({"category_code": ""}, "category_code"),
        ({"category_code": "nope"}, "category_code"),
        ({"category_code": "way too long for a code"}, "category_code"),
        ({"article_id": "abc"}, "article_id"),
        ({"article_id": 2**70}, "article_id"),
        ({"article_id": 4711}, "article_id"),
        ({"article_id": -1}, "article_id"),
        ({"note": ["a", "list"]}, "note"),
        ({"caller_name": {"first": "A"}}, "caller_name"),
    ],
)
def test_an_enquiry_that_cannot_be_right_is_refused_at_its_field(
    desk: PageClient, talk: Line, change: dict[str, Any], field: str
) -> None:
    unfit = desk.post(at(talk, "enquiry-record"), json=enquiry(**change))

    refused_at(field, unfit, keeps_no=EnquiryRecord)


def test_a_call_without_a_demand_needs_no_category(desk: PageClient, talk: Line) -> None:
    answer = desk.post(
        at(talk, "enquiry-record"), json=enquiry(result="no_demand", category_code="")
    )

    assert answer.status_code == 201


def test_the_sentences_of_a_refusal_are_in_the_readers_language(
    desk: PageClient, talk: Line
) -> None:
    answer = desk.post(at(talk, "enquiry-record"), json=enquiry(article_id="abc", result="x"))

    for told in refused(answer, 422)["fields"].values():
        for sentence in told:
            assert not sentence.isascii(), sentence


# --- tickets -----------------------------------------------------------------------------------


def test_a_ticket_is_opened(desk: PageClient, talk: Line) -> None:
    answer = desk.post(at(talk, "ticket"), json=ticket())

    assert answer.status_code == 201
    outcome = answer.get_json()["outcome"]
    assert outcome["number"].startswith("HY")
    row = db.session.execute(db.select(Ticket)).scalar_one()
    assert (row.first_contact_id, row.contact_number) == (desk.person.id, "+8613900002817")


def test_the_same_ticket_twice_is_refused_and_opened_once(desk: PageClient, talk: Line) -> None:
    desk.post(at(talk, "ticket"), json=ticket())

    again = desk.post(at(talk, "ticket"), json=ticket())

    refusal = refused(again, 409)
    assert refusal["code"] == "ticket-already-open"
    assert refusal["parameters"]["number"] in refusal["message"]
    assert rows(Ticket) == 1


def test_a_second_demand_in_the_same_call_is_a_second_ticket(desk: PageClient, talk: Line) -> None:
    desk.post(at(talk, "ticket"), json=ticket())

    other = desk.post(at(talk, "ticket"), json=ticket(title="井盖松动", content="人行道井盖松动"))

    assert other.status_code == 201
    assert rows(Ticket) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "x" * 51}, "title"),
        ({"title": "x" * 100_000}, "title"),
        ({"title": "   "}, "title"),
        ({"content": "x" * (LONGEST_TEXT + 1)}, "content"),
        ({"content": ""}, "content"),
        ({"request_type": "wish"}, "request_type"),
        ({"urgency": "at once"}, "urgency"),
        ({"category_code": "nope"}, "category_code"),
        ({"county_code": "999999"}, "county_code"),
        ({"town_code": "nowhere"}, "town_code"),
        ({"contact_number": "call me"}, "contact_number"),
        ({"contact_number": "1" * 33}, "contact_number"),
        ({"title": ["list"]}, "title"),
        ({"content": {"a": 1}}, "content"),
        ({"title": None}, "title"),
    ],
)
def test_a_ticket_that_cannot_be_right_is_refused_at_its_field(
    desk: PageClient, talk: Line, change: dict[str, Any], field: str
) -> None:
    unfit = desk.post(at(talk, "ticket"), json=ticket(**change))

    refused_at(field, unfit, keeps_no=Ticket)


def test_a_town_of_another_county_is_refused(desk: PageClient, talk: Line) -> None:
    from app.organisation import service as organisation  # noqa: PLC0415 - one test's register

    first, second = organisation.list_counties()[:2]
    town = organisation.towns_of(second.code)[0]

    answer = desk.post(at(talk, "ticket"), json=ticket(county_code=first.code, town_code=town.code))

    refused(answer, 422, "town_code")


def test_markup_in_a_record_is_kept_as_text_and_runs_nowhere(desk: PageClient, talk: Line) -> None:
    opened = desk.post(
        at(talk, "ticket"),
        json=ticket(title=SCRIPT, content=SCRIPT, address=SCRIPT, caller_name=SCRIPT),
    )
    recorded = desk.post(at(talk, "enquiry-record"), json=enquiry(note=SCRIPT, caller_name="x"))
    desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": SCRIPT}})
    assert (opened.status_code, recorded.status_code) == (201, 201)

    row = db.session.execute(db.select(Ticket)).scalar_one()
    assert row.title == SCRIPT, "kept as it was typed"
    for page in (
        "/tickets",
        f"/tickets/{row.id}",
        "/calls",
        f"/calls/{talk.call().id}",
    ):
        shown = desk.get(page, headers={"Accept": "text/html"})
        assert shown.status_code == 200, page
        assert SCRIPT not in shown.text, page
    snapshot = desk.get("/desk/snapshot")
    assert snapshot.content_type == "application/json"
    assert snapshot.get_json()["call"]["draft"]["body"] == {"note": SCRIPT}


def test_a_report_is_confidential_whatever_was_ticked(desk: PageClient, talk: Line) -> None:
    body = ticket(request_type="report", is_confidential=False)
    desk.post(at(talk, "ticket"), json=body)

    assert db.session.execute(db.select(Ticket)).scalar_one().is_confidential
