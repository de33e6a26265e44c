"""What a desk asks about its state, its call and its draft, and how it is refused."""

import json
from typing import Any

import pytest

from app.core.database import db, unit_of_work
from app.rules import service as rules
from app.tickets.models import CallDraft, EnquiryRecord, Ticket
from tests.call_queue import desks
from tests.calls.line_news import Line, tell
from tests.conftest import PageClient
from tests.workstation.desk_answers import at, refused, rows
from tests.workstation.desk_people import enquiry, ring, ticket

pytestmark = pytest.mark.postgresql


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
