"""Every request of a desk: what it does, and how it refuses what cannot be."""

import json
from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.rules import service as rules
from app.tickets.models import CallDraft, EnquiryRecord, Ticket
from app.workstation.forms import LONGEST_TEXT
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_people import enquiry, ring, take_call, ticket

pytestmark = pytest.mark.postgresql

SCRIPT = "<script>alert('1')</script>"


@pytest.fixture
def talk(desk: PageClient, registers: None) -> Line:  # noqa: ARG001
    return take_call(desk)


def rows(model: Any) -> int:
    db.session.rollback()
    return int(db.session.execute(db.select(db.func.count()).select_from(model)).scalar_one())


def at(line: Line, what: str) -> str:
    return f"/desk/calls/{line.call().id}/{what}"


def refused(answer: Any, status: int, field: str | None = None) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    refusal: dict[str, Any] = answer.get_json()["refusal"]
    assert refusal["message"]
    assert not refusal["message"].startswith("refusal."), "a key is no sentence"
    if field is not None:
        assert refusal["field"] == field or field in refusal["fields"], refusal
    return refusal


# --- presence ----------------------------------------------------------------------------------


def test_an_agent_becomes_ready_and_rests(desk: PageClient) -> None:
    resting = desk.post("/desk/presence", json={"state": "not_ready", "reason": "meal"})
    assert resting.get_json()["presence"]["reason"] == "meal"

    ready = desk.post("/desk/presence", json={"state": "ready"})
    assert ready.get_json()["presence"]["state"] == "ready"


@pytest.mark.parametrize(
    "body",
    [
        {"state": "not_ready"},
        {"state": "not_ready", "reason": "nap"},
        {"state": "not_ready", "reason": ["meal"]},
        {"state": 7, "reason": {"a": 1}},
        [],
        [1, 2],
        "ready",
        7,
    ],
)
def test_a_presence_that_nobody_can_choose_is_refused(desk: PageClient, body: Any) -> None:
    before = desks.state(desk.person)

    refused(desk.post("/desk/presence", json=body), 422, "reason")

    assert desks.state(desk.person) == before


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"null", b'"' + b"[" * 60_000, b"[" * 60_000]
)
def test_a_body_that_is_no_json_is_refused_and_never_breaks_anything(
    desk: PageClient, talk: Line, raw: bytes
) -> None:
    for method, path in (
        ("POST", "/desk/presence"),
        ("POST", "/desk/next-state"),
        ("PUT", at(talk, "draft")),
        ("POST", at(talk, "enquiry-record")),
        ("POST", at(talk, "ticket")),
        ("POST", "/desk/wrap-up/finish"),
    ):
        answer = desk.open(path, method=method, data=raw, content_type="application/json")
        assert 400 <= answer.status_code < 500, (path, answer.text)
        assert answer.get_json()["refusal"]["message"]


def test_what_comes_after_a_call_is_chosen_in_it(desk: PageClient, talk: Line) -> None:
    del talk
    chosen = desk.post("/desk/next-state", json={"state": "not_ready", "reason": "meal"})

    assert chosen.status_code == 200
    assert chosen.get_json()["presence"]["next_state"] == "not_ready"
    refused(desk.post("/desk/next-state", json={"state": "talking"}), 422, "state")
    refused(desk.post("/desk/next-state", json={"state": "not_ready"}), 422, "reason")


# --- the line ----------------------------------------------------------------------------------


def test_an_offered_call_is_answered_by_wish(desk: PageClient) -> None:
    line = ring(desk)

    answer = desk.post(at(line, "answer"), json={})

    assert answer.status_code == 202
    assert [order["phone"] for order in desks.orders("AnswerForAgent")] == [desk.person.work_number]


def test_a_call_is_hung_up_by_wish(desk: PageClient, talk: Line) -> None:
    assert desk.post(at(talk, "hang-up"), json={}).status_code == 202
    assert len(desks.orders("HangUp")) == 1


def test_a_page_without_sound_keeps_the_caller(desk: PageClient, talk: Line) -> None:
    assert desk.post(at(talk, "phone-lost"), json={}).status_code == 202

    assert talk.call().state.value == "reconnecting"


def test_a_call_that_is_over_cannot_be_hung_up(desk: PageClient, talk: Line) -> None:
    tell(talk.ended(20))

    assert refused(desk.post(at(talk, "hang-up"), json={}), 409)["code"] == "call-is-over"


def test_a_call_of_another_agent_is_not_mine(talk: Line, sign_in_as: Any) -> None:
    other = sign_in_as("agent")
    desks.open_desk(other.person)

    for path in ("answer", "hang-up", "phone-lost"):
        assert refused(other.post(at(talk, path), json={}), 409)["code"] == "not-your-call"
    for path, body in (("enquiry-record", enquiry()), ("ticket", ticket())):
        assert refused(other.post(at(talk, path), json=body), 409)["code"] == "not-your-call"
    draft = other.put(at(talk, "draft"), json={"version": 0, "body": {"note": "x"}})
    assert refused(draft, 409)["code"] == "not-your-call"
    finish = {"call_id": talk.call().id, "code": None, "next_state": "ready"}
    assert refused(other.post("/desk/wrap-up/finish", json=finish), 409)["code"] == "not-your-call"
    assert (rows(EnquiryRecord), rows(Ticket), rows(CallDraft)) == (0, 0, 0)


@pytest.mark.parametrize("call_id", ["4711", "2147483648", "99999999999999999999999999"])
def test_a_call_that_does_not_exist_is_refused_however_large_its_number(
    desk: PageClient, talk: Line, call_id: str
) -> None:
    del talk
    for path in ("answer", "hang-up", "phone-lost", "enquiry-record", "ticket"):
        body = {"enquiry-record": enquiry, "ticket": ticket}.get(path, dict)()
        refusal = desk.post(f"/desk/calls/{call_id}/{path}", json=body)
        assert refusal.status_code in {404, 409}, refusal.text
    draft = desk.put(f"/desk/calls/{call_id}/draft", json={"version": 0, "body": {}})
    assert draft.status_code in {404, 409}, draft.text


def test_nobody_signed_in_and_a_role_without_a_desk_are_refused(
    client: Any, sign_in_as: Any
) -> None:
    assert client.get("/desk/snapshot", headers={"Accept": "application/json"}).status_code == 401
    auditor = sign_in_as("auditor")
    refused(auditor.get("/desk/snapshot", headers={"Accept": "application/json"}), 403)
    refused(auditor.post("/desk/presence", json={"state": "ready"}), 403)


def test_a_request_without_the_pages_token_is_refused(desk: PageClient) -> None:
    desk.csrf_token = None

    refused(desk.post("/desk/presence", json={"state": "ready"}), 400)


# --- drafts ------------------------------------------------------------------------------------


def test_a_draft_is_kept_and_counts_its_versions(desk: PageClient, talk: Line) -> None:
    first = desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": "一"}})
    second = desk.put(at(talk, "draft"), json={"version": 1, "body": {"note": "一二"}})

    assert (first.get_json()["version"], second.get_json()["version"]) == (1, 2)
    kept = desk.get("/desk/snapshot").get_json()["call"]["draft"]
    assert (kept["version"], kept["body"]) == (2, {"note": "一二"})


def test_a_stale_draft_is_refused_with_what_is_kept_and_loses_nothing(
    desk: PageClient, talk: Line
) -> None:
    desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": "first"}})

    late = desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": "other tab"}})

    refusal = refused(late, 409)
    assert refusal["code"] == "draft-is-newer"
    assert refusal["parameters"] == {"version": 1, "body": {"note": "first"}}
    kept = desk.get("/desk/snapshot").get_json()["call"]["draft"]
    assert kept["body"] == {"note": "first"}


def test_a_draft_sent_again_because_its_answer_was_lost_is_no_conflict(
    desk: PageClient, talk: Line
) -> None:
    same = {"version": 0, "body": {"note": "same"}}
    assert desk.put(at(talk, "draft"), json=same).status_code == 200
    assert desk.put(at(talk, "draft"), json=same).status_code == 200


@pytest.mark.parametrize("version", ["three", [1], {"a": 1}, 2**70, -1, 1.5, True])
def test_a_draft_with_a_version_that_is_none_never_breaks(
    desk: PageClient, talk: Line, version: Any
) -> None:
    desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": "kept"}})

    answer = desk.put(at(talk, "draft"), json={"version": version, "body": {"note": "x"}})

    assert answer.status_code in {200, 409, 422}, answer.text


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_a_draft_without_a_body_is_refused_at_its_field(
    desk: PageClient, talk: Line, body: Any
) -> None:
    refused(desk.put(at(talk, "draft"), json={"version": 0, "body": body}), 422, "body")


def test_a_draft_may_hold_more_than_a_record_so_that_nothing_typed_is_lost(
    desk: PageClient, talk: Line
) -> None:
    long = desk.put(at(talk, "draft"), json={"version": 0, "body": {"note": "字" * 100_000}})
    assert long.status_code == 200

    too_long = desk.put(at(talk, "draft"), json={"version": 1, "body": {"note": "x" * 500_001}})
    assert refused(too_long, 422)["code"] == "draft-is-too-long"
    kept = desk.get("/desk/snapshot").get_json()["call"]["draft"]
    assert len(kept["body"]["note"]) == 100_000


@pytest.mark.parametrize("note", ["half an emoji \ud83d", "a zero \x00 inside"])
def test_text_that_no_database_and_no_page_can_carry_never_poisons_the_desk(
    desk: PageClient, talk: Line, note: str
) -> None:
    def send(method: str, path: str, body: dict[str, Any]) -> Any:
        # As a browser writes it: JSON in ASCII carries what UTF-8 cannot.
        raw = json.dumps(body)
        return desk.open(path, method=method, data=raw, content_type="application/json")

    draft = send("PUT", at(talk, "draft"), {"version": 0, "body": {"note": note, "l": [note]}})
    record = send("POST", at(talk, "enquiry-record"), enquiry(note=note))
    opened = send("POST", at(talk, "ticket"), ticket(title=note, content=note))

    assert [each.status_code for each in (draft, record, opened)] == [200, 201, 201]
    assert desk.get("/desk/snapshot").status_code == 200
    assert desk.get(f"/tickets/{opened.get_json()['outcome']['id']}").status_code == 200


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
    answer = desk.post(at(talk, "enquiry-record"), json=enquiry(**change))

    assert answer.status_code in {404, 422}, answer.text
    refused(answer, answer.status_code, field)
    assert rows(EnquiryRecord) == 0


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
    answer = desk.post(at(talk, "ticket"), json=ticket(**change))

    assert answer.status_code in {404, 422}, answer.text
    refused(answer, answer.status_code, field)
    assert rows(Ticket) == 0


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


# --- closing -----------------------------------------------------------------------------------


def test_a_call_is_closed_with_its_code(desk: PageClient, talk: Line) -> None:
    tell(talk.ended(20))
    code = rules.list_wrap_up_codes()[0].code
    longer = desk.post("/desk/wrap-up/extend", json={})
    assert longer.status_code == 200

    done = desk.post(
        "/desk/wrap-up/finish",
        json={"call_id": talk.call().id, "code": code, "next_state": "ready"},
    )

    assert done.get_json()["presence"]["state"] == "ready"
    assert desk.get("/desk/snapshot").get_json()["call"] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"code": "no-such-code"}, 422),
        ({"next_state": "asleep"}, 422),
        ({"call_id": "abc"}, 409),
        ({"call_id": [1]}, 409),
        ({"call_id": None}, 409),
        ({"call_id": 2**70}, 409),
    ],
)
def test_a_call_is_not_closed_by_what_makes_no_sense(
    desk: PageClient, talk: Line, change: dict[str, Any], status: int
) -> None:
    tell(talk.ended(20))
    body = {"call_id": talk.call().id, "code": None, "next_state": "ready", **change}

    refused(desk.post("/desk/wrap-up/finish", json=body), status)

    assert desks.state(desk.person) == "wrap_up"


def test_more_time_is_asked_for_only_after_a_call(desk: PageClient) -> None:
    refused(desk.post("/desk/wrap-up/extend", json={}), 409)


def test_a_save_that_failed_left_nothing_and_can_be_made_again(
    desk: PageClient, talk: Line
) -> None:
    refused(desk.post(at(talk, "ticket"), json=ticket(county_code="999999")), 422, "county_code")

    assert desk.post(at(talk, "ticket"), json=ticket()).status_code == 201
    assert rows(Ticket) == 1
    with unit_of_work():
        assert db.session.execute(db.select(Ticket.number)).scalar_one().startswith("HY")
