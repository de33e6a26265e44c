"""What the forms of a desk send while and after a call, and what they ask for while it is typed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app.core.database import db
from app.organisation import service as organisation
from app.tickets.models import EnquiryRecord, Ticket
from app.tickets.ticket_numbers import is_ticket_number
from tests.calls.line_news import Line
from tests.conftest import PageClient
from tests.workstation.desk_answers import at, rows
from tests.workstation.desk_people import enquiry, ticket

HUGE = "字" * 100_000


pytestmark = pytest.mark.usefixtures("registers")


def fields_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 422, answer.text
    told: dict[str, list[str]] = answer.get_json()["refusal"]["fields"]
    return told


# --- what each result carries ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "lacking"),
    [
        ({"result": "answered", "note": "", "article_id": None}, {"note"}),
        ({"result": "answered", "category_code": ""}, {"category_code"}),
        ({"result": "told_where"}, {"exclusion_code", "told_where", "told_words"}),
        ({"result": "transferred", "note": ""}, {"transfer_to", "note"}),
        ({"result": "malicious", "note": "", "category_code": ""}, {"note"}),
    ],
)
def test_a_record_says_beside_each_field_what_its_result_lacks(
    desk: PageClient, talk: Line, change: dict[str, Any], lacking: set[str]
) -> None:
    answer = desk.post(at(talk, "enquiry-record"), json=enquiry(**change))

    assert set(fields_of(answer)) == lacking
    assert rows(EnquiryRecord) == 0


def test_a_caller_told_where_to_go_leaves_the_kind_the_words_and_his_objection(
    desk: PageClient, talk: Line
) -> None:
    told = {
        "result": "told_where",
        "exclusion_code": "X5",
        "told_where": "广州 12345",
        "told_words": "请拨打 020-12345",
        "caller_objects": True,
    }

    assert desk.post(at(talk, "enquiry-record"), json=enquiry(**told)).status_code == 201

    row = db.session.execute(db.select(EnquiryRecord)).scalar_one()
    kept = (row.exclusion_code, row.told_where, row.told_words, row.caller_objects)
    assert kept == ("X5", "广州 12345", "请拨打 020-12345", True)


def test_a_kind_of_exclusion_that_nobody_knows_is_refused_at_its_field(
    desk: PageClient, talk: Line
) -> None:
    told = {"exclusion_code": "X99", "told_where": "a", "told_words": "b"}

    answer = desk.post(at(talk, "enquiry-record"), json=enquiry(result="told_where", **told))

    assert answer.get_json()["refusal"]["field"] == "exclusion_code"


def test_the_page_is_given_the_tables_that_the_server_asks_by(desk: PageClient, talk: Line) -> None:
    del talk
    rules = desk.get("/desk/snapshot").get_json()["form_rules"]

    assert rules["results"]["answered"] == [["category_code"], ["article_id", "note"]]
    assert rules["elements"]["complaint"] == [
        "occurred", "county_code", "respondent", "content", "demand",
    ]  # fmt: skip
    assert {each["code"] for each in rules["exclusions"]} == {f"X{n}" for n in range(1, 10)}
    assert "扬言" in rules["urgency_words"]
    assert (rules["limits"]["record"]["note"], rules["limits"]["ticket"]["title"]) == (5000, 50)


# --- the five elements -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "lacking"),
    [
        ("complaint", {"occurred", "respondent", "demand"}),
        ("help", {"occurred", "demand"}),
        ("consult", set()),
    ],
)
def test_a_ticket_needs_the_elements_of_its_type(
    desk: PageClient, talk: Line, kind: str, lacking: set[str]
) -> None:
    bare = ticket(request_type=kind, occurred="", respondent="", demand="")

    answer = desk.post(at(talk, "ticket"), json=bare)

    if lacking:
        assert set(fields_of(answer)) == lacking
    else:
        assert answer.status_code == 201


# --- haste -------------------------------------------------------------------------------------


def test_a_word_that_calls_for_haste_is_followed_or_its_reason_is_kept(
    desk: PageClient, talk: Line
) -> None:
    alarming = ticket(content="房东扬言要断电")

    refusal = desk.post(at(talk, "ticket"), json=alarming).get_json()["refusal"]
    assert (refusal["code"], refusal["field"]) == ("urgency-needs-reason", "urgency_reason")
    assert "扬言" in refusal["message"]

    lowered = {**alarming, "urgency_reason": "只是口头争吵"}
    assert desk.post(at(talk, "ticket"), json=lowered).status_code == 201
    row = db.session.execute(db.select(Ticket)).scalar_one()
    assert (row.urgency.value, row.urgency_words, row.urgency_reason) == (
        "normal",
        "扬言",
        "只是口头争吵",
    )


# --- several demands, once ---------------------------------------------------------------------


def test_several_demands_of_one_call_become_linked_tickets_in_one_act(
    desk: PageClient, talk: Line
) -> None:
    second = {
        "request_type": "help",
        "category_code": "0204",
        "title": "井盖松动",
        "content": "人行道井盖松动",
        "demand": "更换",
    }

    answer = desk.post(at(talk, "ticket"), json=ticket(further=[second], once="ticket"))

    assert answer.status_code == 201, answer.text
    first, sibling = db.session.execute(db.select(Ticket).order_by(Ticket.id)).scalars()
    assert [each["number"] for each in answer.get_json()["outcomes"]] == [
        first.number,
        sibling.number,
    ]
    codes = [each["check_code"] for each in answer.get_json()["outcomes"]]
    assert codes == [first.check_code, sibling.check_code]
    assert sibling.sibling_of_id == first.id
    assert (sibling.category_code, sibling.content) == ("0204", "人行道井盖松动")
    assert (sibling.county_code, sibling.caller_name) == (first.county_code, first.caller_name)
    page = desk.get(f"/tickets/{sibling.id}", headers={"Accept": "text/html"}).text
    assert first.number in page


def test_a_wrong_field_of_a_further_demand_is_named_and_nothing_is_opened(
    desk: PageClient, talk: Line
) -> None:
    body = ticket(further=[{"request_type": "help", "title": "x", "content": ""}, "nonsense"])

    told = fields_of(desk.post(at(talk, "ticket"), json=body))

    assert {"further-0-content", "further-0-category_code", "further-1-content"} <= set(told)
    assert rows(Ticket) == 0


def test_more_demands_than_anybody_has_are_refused(desk: PageClient, talk: Line) -> None:
    told = fields_of(desk.post(at(talk, "ticket"), json=ticket(further=[ticket()] * 50)))

    assert "further" in told
    assert rows(Ticket) == 0


@pytest.mark.postgresql
@pytest.mark.slow
def test_a_ticket_sent_twice_is_one_ticket_and_the_second_is_told_which(
    desk: PageClient, talk: Line
) -> None:
    body = ticket(once="ticket", further=[ticket(title="二", content="另一件")])

    first = desk.post(at(talk, "ticket"), json=body).get_json()
    again = desk.post(at(talk, "ticket"), json=body).get_json()
    # A second page, with other words in it: the same act all the same.
    other = desk.post(at(talk, "ticket"), json={**body, "title": "改过"}).get_json()

    assert (first["was_there"], again["was_there"], other["was_there"]) == (False, True, True)
    assert again["outcomes"] == other["outcomes"] == first["outcomes"]
    assert rows(Ticket) == 2


@pytest.mark.postgresql
@pytest.mark.slow
def test_two_clicks_at_the_same_moment_open_one_ticket(desk: PageClient, talk: Line) -> None:
    path, body = at(talk, "ticket"), ticket(once="ticket")
    twin = desk.application.test_client()
    twin._cookies.update(desk._cookies)  # the same browser's other tab
    twin.csrf_token = desk.csrf_token
    start = Barrier(2)

    def click(browser: PageClient) -> Any:
        with desk.application.app_context():
            start.wait()
            return browser.post(path, json=body)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(click, (desk, twin)))

    assert {each.status_code for each in answers} == {201}, [each.text for each in answers]
    numbers = {each.get_json()["outcome"]["number"] for each in answers}
    assert len(numbers) == 1
    assert rows(Ticket) == 1


def test_a_record_sent_again_because_its_answer_was_lost_is_one_record(
    desk: PageClient, talk: Line
) -> None:
    body = enquiry(once="record")

    first = desk.post(at(talk, "enquiry-record"), json=body)
    again = desk.post(at(talk, "enquiry-record"), json=body)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json()
    assert rows(EnquiryRecord) == 1


# --- numbers put aside -------------------------------------------------------------------------


def put_aside(browser: PageClient, machine: str) -> list[str]:
    numbers: list[str] = browser.post("/desk/ticket-numbers", json={"machine": machine}).get_json()[
        "numbers"
    ]
    return numbers


def test_two_browsers_of_one_agent_tell_their_callers_different_numbers(
    desk: PageClient, talk: Line
) -> None:
    here, there = put_aside(desk, "first-browser"), put_aside(desk, "second-browser")
    assert not set(here) & set(there)
    assert desk.post("/desk/ticket-numbers", json={}).status_code == 422

    told = desk.post(at(talk, "ticket"), json=ticket(once="ticket", reserved_number=there[1]))
    assert told.get_json()["outcome"]["number"] == there[1]
    assert put_aside(desk, "first-browser") == here
    assert put_aside(desk, "second-browser")[:2] == [there[0], there[2]]


@pytest.mark.postgresql
def test_a_number_put_aside_is_used_once_and_by_its_agent_only(
    desk: PageClient, talk: Line, sign_in_as: Any
) -> None:
    numbers = put_aside(desk, "first-browser")
    assert len(numbers) == 3
    assert all(is_ticket_number(each) for each in numbers)
    assert put_aside(desk, "first-browser") == numbers
    assert not set(put_aside(sign_in_as("agent"), "first-browser")) & set(numbers)

    told = desk.post(at(talk, "ticket"), json=ticket(once="ticket", reserved_number=numbers[0]))
    assert told.get_json()["outcome"]["number"] == numbers[0]

    again = ticket(title="另一件", once="x", reserved_number=numbers[0])
    fresh = desk.post(at(talk, "ticket"), json=again).get_json()["outcome"]["number"]
    assert fresh not in numbers
    made_up = ticket(title="第三件", once="y", reserved_number="HY202001010000019")
    assert desk.post(at(talk, "ticket"), json=made_up).get_json()["outcome"]["number"] != (
        "HY202001010000019"
    )


# --- places ------------------------------------------------------------------------------------


def test_an_address_typed_before_is_offered_with_its_town_and_without_the_flat(
    desk: PageClient, talk: Line
) -> None:
    towns = {each.name: each for each in organisation.towns_of("441622")}
    place = {"county_code": "441622", "town_code": towns["上坪镇"].code}
    desk.post(at(talk, "ticket"), json=ticket(**place, address="市场路 8 号 3栋502房"))
    desk.post(
        at(talk, "ticket"),
        json=ticket(**place, title="密", address="市场路 99 号", is_confidential=True),
    )

    [found] = desk.post("/desk/known-places", json={"text": "市场路"}).get_json()["places"]

    assert (found["path"], found["address"]) == ("龙川县 上坪镇", "市场路 8 号")


def test_two_towns_of_one_name_are_offered_with_their_counties(
    desk: PageClient, talk: Line
) -> None:
    del talk
    found = desk.post("/desk/known-places", json={"text": "上坪"}).get_json()["places"]

    assert {each["path"] for each in found} == {"龙川县 上坪镇", "连平县 上坪镇"}
    asked = {"text": "上坪", "county": "441623"}
    [chosen, *_] = desk.post("/desk/known-places", json=asked).get_json()["places"]
    assert chosen["path"] == "连平县 上坪镇"


# --- too much ----------------------------------------------------------------------------------


def test_a_hundred_thousand_characters_are_refused_beside_their_field_and_stay_in_the_draft(
    desk: PageClient, talk: Line
) -> None:
    kept = desk.put(
        at(talk, "draft"),
        json={"version": 0, "body": {"record": {"note": HUGE}, "ticket": {"content": HUGE}}},
    )
    record = desk.post(at(talk, "enquiry-record"), json=enquiry(note=HUGE))
    opened = desk.post(at(talk, "ticket"), json=ticket(content=HUGE, demand=HUGE))

    assert kept.status_code == 200
    assert set(fields_of(record)) == {"note"}
    assert set(fields_of(opened)) == {"content", "demand"}
    assert "5000" in fields_of(record)["note"][0]
    body = desk.get("/desk/snapshot").get_json()["call"]["draft"]["body"]
    assert body["record"]["note"] == body["ticket"]["content"] == HUGE
