"""A citizen learns how far his demand has come, and nobody else learns anything."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.core.database import db
from app.core.extensions import limiter
from app.tickets.check_codes import is_check_code, new_check_code
from tests.administration.keepers import value_of
from tests.channel_entries.clerks import all_tickets, clerk_of, enter, load_channels
from tests.conftest import PageClient

pytestmark = pytest.mark.usefixtures("registers", "app")

PROGRESS = "/progress"
WRONG = "编号或查询码不对"


@pytest.fixture(autouse=True)
def _nobody_has_asked_yet(app: Flask) -> None:
    """Forget who asked in other tests of this process."""
    with app.app_context():
        limiter.reset()


@pytest.fixture
def ticket(sign_in_as: Callable[..., PageClient]) -> tuple[str, str]:
    """Give number and code of a demand that its channel closed with a reply."""
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    address = enter(clerk, handled_by="channel").location
    clerk.post(
        f"{address}/result",
        data={"result": "内部记录", "public_reply": "可以网购，详询 13912342817。"},
    )
    found = all_tickets()[0]
    return found.number, found.check_code


@pytest.fixture
def citizen(client: FlaskClient) -> PageClient:
    """Give a browser with the page open; nobody signs in."""
    assert isinstance(client, PageClient)
    client.learn_token(client.get(PROGRESS).text)
    return client


def ask(browser: PageClient, number: str, code: str) -> tuple[int, str]:
    """Ask for the progress of a demand."""
    answer = browser.post(
        PROGRESS, data={"number": number, "code": code}, headers={"Accept": "text/html"}
    )
    return answer.status_code, answer.text


def test_number_and_code_tell_state_and_reply_without_personal_data(
    citizen: PageClient, ticket: tuple[str, str]
) -> None:
    status, html = ask(citizen, *ticket)

    assert status == 200
    assert "已办结" in html
    assert "可以网购" in html
    for secret in ("13912342817", "陈启航", "内部记录", "景区门票"):
        assert secret not in html


def test_whoever_praised_is_thanked(
    citizen: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    load_channels()
    enter(clerk_of(sign_in_as, "culture-tourism"), request_type="praise")
    praise = all_tickets()[0]

    assert "感谢您的来电来信" in ask(citizen, praise.number, praise.check_code)[1]


@pytest.mark.parametrize("way", ["lower", "digits", "gaps"])
def test_a_number_may_be_typed_as_it_was_heard(
    citizen: PageClient, ticket: tuple[str, str], way: str
) -> None:
    number, code = ticket
    typed = {"lower": number.lower(), "digits": number[2:], "gaps": f"{number[:6]} {number[6:]}"}

    assert ask(citizen, typed[way], f"{code[:3]} {code[3:]}")[0] == 200


def test_a_wrong_number_and_a_wrong_code_are_told_the_same(
    citizen: PageClient, ticket: tuple[str, str]
) -> None:
    number, code = ticket
    other = "000000" if code != "000000" else "000001"

    wrong_code, wrong_number = ask(citizen, number, other), ask(citizen, "HY1", other)

    assert wrong_code[0] == wrong_number[0] == 404
    assert WRONG in wrong_code[1]
    assert wrong_code[1].replace(number, "HY1").count(WRONG) == wrong_number[1].count(WRONG)


def test_a_wrong_number_takes_the_same_way_as_a_wrong_code(
    citizen: PageClient, ticket: tuple[str, str]
) -> None:
    """What takes time is the database: both ask it as often."""
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))

    ask(citizen, ticket[0], "xxxxxx")
    first = len(asked)
    ask(citizen, "HY209901010000010", "xxxxxx")

    assert first == len(asked) - first
    assert not is_check_code("xxxxxx", None)


def test_a_number_is_not_tried_more_than_ten_times_an_hour(
    citizen: PageClient, ticket: tuple[str, str]
) -> None:
    number, code = ticket
    statuses = [ask(citizen, number, "999999x")[0] for _ in range(10)]

    assert set(statuses) == {404}
    assert ask(citizen, number, code)[0] == 429
    assert ask(citizen, f" {number.lower()} ", code)[0] == 429


@pytest.mark.parametrize("filler", ["\x00", " ", "-"])
def test_characters_that_a_look_up_leaves_out_give_no_further_tries(
    citizen: PageClient, ticket: tuple[str, str], filler: str
) -> None:
    number, code = ticket
    statuses = [
        ask(citizen, f"{filler * times}{number[:4]}{filler * times}{number[4:]}", "999999x")[0]
        for times in range(10)
    ]

    assert set(statuses) <= {404, 422}
    assert ask(citizen, f"{number[:2]}{filler * 11}{number[2:]}", code)[0] == 429
    assert ask(citizen, f"{filler * 50}{number}", code)[0] == 429


def test_whoever_has_a_whole_network_of_the_new_kind_is_one_address(citizen: PageClient) -> None:
    def ask_from(host: int) -> int:
        data = {"number": f"HY{host}", "code": "1"}
        at = {"REMOTE_ADDR": f"2001:db8:0:1::{host:x}"}
        return int(citizen.post(PROGRESS, data=data, environ_base=at).status_code)

    assert [ask_from(host) for host in range(31)] == [404] * 30 + [429]


def test_one_address_asks_thirty_times_a_minute_at_most(citizen: PageClient) -> None:
    statuses = [ask(citizen, f"HY{number}", "1")[0] for number in range(31)]

    assert statuses == [404] * 30 + [429]


def test_of_a_confidential_demand_only_its_state_is_told(
    citizen: PageClient, sign_in_as: Callable[..., PageClient]
) -> None:
    load_channels()
    clerk = clerk_of(sign_in_as, "culture-tourism")
    address = enter(clerk, request_type="report", handled_by="channel").location
    clerk.post(f"{address}/result", data={"result": "x", "public_reply": "查实处罚"})
    found = all_tickets()[0]

    status, html = ask(citizen, found.number, found.check_code)

    assert status == 200
    assert "已办结" in html
    for secret in ("查实处罚", "举报", "登记时间"):
        assert secret not in html


def test_nothing_is_kept_by_browsers_and_nothing_stands_in_an_address(
    citizen: PageClient, ticket: tuple[str, str]
) -> None:
    answer = citizen.post(PROGRESS, data={"number": ticket[0], "code": ticket[1]})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.location is None
    html = citizen.get(f"{PROGRESS}?number={ticket[0]}&code={ticket[1]}").text
    assert (value_of(html, "number"), value_of(html, "code")) == ("", "")
    assert "已办结" not in html


@pytest.mark.parametrize(
    ("number", "code"), [("", ""), ("HY1", ""), ("长" * 100_000, "1"), ("HY1", "9" * 21)]
)
def test_what_cannot_be_is_said_at_its_field(citizen: PageClient, number: str, code: str) -> None:
    status, html = ask(citizen, number, code)

    assert status == 422
    assert "invalid-feedback" in html


def test_codes_are_six_digits_and_differ() -> None:
    codes = {new_check_code() for _ in range(200)}

    assert all(len(code) == 6 and code.isdecimal() for code in codes)
    assert len(codes) > 190
