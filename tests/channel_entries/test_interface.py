"""A unit's own system enters cases, process and results: signed, judged one by one, each once."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.accounts.models import User
from app.core.request_signature import sign_request
from app.organisation import service as organisation
from app.tickets.ticket_states import EntryMode, TicketState
from tests import people
from tests.administration.keepers import SCRIPT
from tests.channel_entries.clerks import all_cases, all_tickets, load_channels

pytestmark = [pytest.mark.usefixtures("registers", "app"), pytest.mark.postgresql]

SECRET = "c" * 40
CHANNEL = "police-110"
GOOD = {
    "source_no": "110-1",
    "request_type": "consult",
    "title": "夜间噪音找谁",
    "content": "楼下烧烤店夜里十二点还在放音乐。",
    "category_code": "1602",
    "county_code": "441625",
    "contact_number": "13912342817",
    "caller_name": "陈启航",
}
OWN = {**GOOD, "source_no": "110-2", "is_channels_own": True}

Send = Callable[..., Any]


@pytest.fixture
def environment(environment: dict[str, str]) -> dict[str, str]:
    secrets = f"{CHANNEL}={SECRET},tourism-site={SECRET}"
    return {**environment, "CHANNEL_SECRETS": secrets}


@pytest.fixture
def clerk(app: object) -> User:  # noqa: ARG001 - tables of this app
    load_channels()
    unit = organisation.find_unit_by_code("public-security")
    return people.one_person("channel_clerk", unit_id=unit.id)


@pytest.fixture
def send(client: FlaskClient, clerk: User) -> Send:
    """Give what sends a signed request; each is signed a second apart, however long one takes."""
    by = clerk.work_number
    began, sent = int(time.time()), iter(range(200))

    def send(what: str, said: Any, **changes: Any) -> Any:
        channel, secret = changes.get("channel", CHANNEL), changes.get("secret", SECRET)
        body = json.dumps({"by": changes.get("by", by), **said}).encode()
        timestamp = str(began - changes.get("ago", next(sent)))
        name = f"{channel}/{changes.get('signed_for', what)}"
        signature = sign_request(body, secret=secret, timestamp=timestamp, name=name)
        return client.post(
            f"/api/channels/{channel}/{what}",
            data=body,
            content_type="application/json",
            headers={
                "X-Hotline-Timestamp": timestamp,
                "X-Hotline-Signature": signature,
                "Accept-Language": changes.get("language", "zh-CN"),
            },
        )

    return send


def enter(send: Send, *cases: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    answer = send("cases", {"cases": list(cases)}, **changes)
    found: list[dict[str, Any]] = answer.get_json()["cases"]
    return found


def test_a_case_is_entered_once_however_often_it_is_sent(send: Send, clerk: User) -> None:
    [first], [again] = enter(send, GOOD), enter(send, GOOD)

    assert (first["outcome"], again["outcome"]) == ("new", "same")
    [ticket] = all_tickets()
    assert (first["number"], first["check_code"]) == (ticket.number, ticket.check_code)
    assert (ticket.entry_mode, ticket.source_no) == (EntryMode.INTERFACE, "110-1")
    assert [case.begun_by for case in all_cases()] == [clerk.id]


def test_what_is_new_of_a_case_is_taken_over(send: Send) -> None:
    enter(send, GOOD)

    [changed] = enter(send, {**GOOD, "address": "长安路 8 号"})

    assert changed["outcome"] == "changed"
    assert [each.address for each in all_tickets()] == ["长安路 8 号"]


def test_each_case_is_judged_for_itself_and_told_in_plain_words(send: Send) -> None:
    wrong = {**GOOD, "source_no": "110-9", "county_code": "火星", "title": ""}
    odd = {**GOOD, "source_no": "110-8", "colour": "red", "content": 7}

    right, told, unknown = enter(send, GOOD, wrong, odd)

    assert (right["outcome"], told["outcome"], unknown["outcome"]) == ("new", "wrong", "wrong")
    errors = {each["field"]: each["message"] for each in told["errors"]}
    assert set(errors) == {"county_code", "title"}
    assert not any("fault_" in message for message in errors.values())
    assert {each["field"] for each in unknown["errors"]} == {"colour", "content"}
    assert len(all_tickets()) == 1


def test_errors_speak_the_language_that_is_asked_for(send: Send) -> None:
    [told] = enter(send, {**GOOD, "county_code": "Mars"}, language="en")

    assert told["errors"][0]["message"].isascii()


def test_a_request_in_which_nothing_is_right_is_refused(send: Send) -> None:
    assert send("cases", {"cases": [{**GOOD, "title": ""}]}).status_code == 422
    assert all_tickets() == []


def test_a_case_of_the_channels_own_has_its_process_and_its_result_once(send: Send) -> None:
    enter(send, OWN)
    process = {"source_no": "110-2", "text": "已派民警到场"}
    result = {"source_no": "110-2", "result": "已劝停", "public_reply": "店家已停止播放。"}

    told = [
        send(what, said).get_json()["outcome"]
        for what, said in (
            ("process", process), ("process", process), ("result", result), ("result", result),
        )
    ]  # fmt: skip

    assert told == ["changed", "same", "changed", "same"]
    assert [each.state for each in all_tickets()] == [TicketState.CLOSED]
    status = send("status", {"source_no": "110-2"}).get_json()
    assert (status["state"], status["number"]) == ("closed", all_tickets()[0].number)


def test_what_the_hotline_handles_is_not_settled_by_the_channel(send: Send) -> None:
    enter(send, GOOD)

    answer = send("result", {"source_no": "110-1", "result": "好", "public_reply": "好"})

    assert answer.status_code == 409
    assert answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("what", "said", "status"),
    [
        ("process", {"source_no": "nowhere", "text": "x"}, 404),
        ("process", {"source_no": "110-2", "text": ""}, 422),
        ("result", {"source_no": "110-2", "result": "x", "public_reply": ""}, 422),
        (
            "result",
            {"source_no": "110-2", "result": "x", "public_reply": "x", "settled_on": "昨天"},
            422,
        ),
        ("status", {"source_no": "nowhere"}, 404),
        ("cases", {"cases": []}, 422),
        ("cases", {"cases": [GOOD] * 51}, 422),
        ("cases", {"cases": ["x"]}, 422),
        ("cases", {}, 422),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    send: Send, what: str, said: dict[str, Any], status: int
) -> None:
    enter(send, OWN)

    answer = send(what, said)

    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]
    assert len(all_tickets()) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": "x" * 40}, 401),
        ({"ago": 400}, 401),
        ({"signed_for": "result"}, 401),  # a signature opens one door
        ({"channel": "village-letters"}, 401),  # a channel without a secret
        ({"channel": "tourism-site"}, 409),  # its cases come by form and sheet
        ({"by": "9999999"}, 403),
    ],
)
def test_who_is_not_let_in_enters_nothing(send: Send, changes: dict[str, Any], status: int) -> None:
    assert send("cases", {"cases": [GOOD]}, **changes).status_code == status
    assert all_tickets() == []


def test_a_person_of_another_unit_or_another_office_enters_nothing(send: Send) -> None:
    other = people.one_person(
        "channel_clerk", unit_id=organisation.find_unit_by_code("culture-tourism").id
    )
    agent = people.one_person(
        "city_liaison", unit_id=organisation.find_unit_by_code("public-security").id
    )
    told = [
        send("cases", {"cases": [GOOD]}, by=each).status_code
        for each in (other.work_number, agent.work_number)
    ]

    assert told == [403, 403]


def test_the_very_same_request_is_heard_once(send: Send) -> None:
    told = [send("cases", {"cases": [GOOD]}, ago=30).status_code for _ in range(2)]

    assert told[0] == 200
    assert told[1] in {409, 200}  # a second may have passed; then it is another request
    assert len(all_tickets()) == 1


def test_a_channel_that_sends_too_much_is_told_to_wait(send: Send) -> None:
    told = [send("status", {"source_no": f"x{nth}"}).status_code for nth in range(121)]

    assert set(told[:120]) == {404}
    assert told[120] == 429


def test_hostile_text_is_kept_as_text(send: Send, client: FlaskClient) -> None:
    assert client
    [told] = enter(send, {**GOOD, "title": SCRIPT[:50], "content": "=HYPERLINK(1)\x00"})

    assert told["outcome"] == "new"
    assert "\x00" not in all_tickets()[0].content


def test_a_number_in_full_width_digits_is_the_same_number(send: Send) -> None:
    """As Chinese input methods type them: it is stored, found and hidden like any other."""
    entered = enter(send, {**GOOD, "contact_number": "１３９１２３４２８１７"})
    other = {**GOOD, "source_no": "110-9", "contact_number": "＋８６ 139-1234-2817"}
    again = enter(send, other)

    assert [each[0]["outcome"] for each in (entered, again)] == ["new", "new"]
    assert {each.contact_number for each in all_tickets()} == {"+8613912342817"}


def test_a_case_is_known_by_its_number_in_full_width_characters_too(send: Send) -> None:
    entered = enter(send, {**OWN, "source_no": "１１０－２"})
    again = enter(send, OWN)
    process = {"source_no": "１１０－２", "text": "已派巡逻民警到场劝阻。"}

    assert [each[0]["outcome"] for each in (entered, again)] == ["new", "same"]
    assert entered[0]["source_no"] == "110-2"
    assert send("process", process).get_json()["outcome"] == "changed"
    assert [case.source_no for case in all_cases()] == ["110-2"]
