"""Signing in through the page: who gets in, who does not, and what is told."""

import re
import threading
from collections.abc import Callable

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from app.accounts import events, service
from app.accounts.models import User
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.events import Event
from tests import people
from tests.conftest import PageClient

JSON = {"Accept": "application/json"}


def try_password(browser: FlaskClient, work_number: str, password: str, **more: str) -> str:
    """Give work number and password to the page; return where it leads, or what it says."""
    assert isinstance(browser, PageClient)
    browser.learn_token(browser.get("/sign-in", query_string=more).text)
    answer = browser.post(
        "/sign-in", data={"work_number": work_number, "password": password, **more}
    )
    if answer.status_code == 302:
        return str(answer.location)
    assert answer.status_code == 422
    return " ".join(re.findall(r'role="alert"[^>]*><div>([^<]*)</div>', answer.text))


def is_in(browser: FlaskClient) -> bool:
    return bool(browser.get("/account", headers=JSON).status_code == 200)


def test_the_right_password_opens_and_it_is_told(client: FlaskClient, heard: list[Event]) -> None:
    person = people.one_person("leader")
    heard.clear()

    assert try_password(client, person.work_number, people.PASSWORD) == "/"

    assert is_in(client)
    assert heard == [
        events.UserSignedIn(user_id=person.id, with_second_step=False, address="127.0.0.1")
    ]


def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(client: FlaskClient) -> None:
    person = people.one_person("agent")

    wrong = try_password(client, person.work_number, "not-this-1-Word")
    unknown = try_password(client, "99999", "not-this-1-Word")

    assert wrong == unknown == "工号或密码不正确。"
    assert not is_in(client)


def test_five_wrong_passwords_lock_and_the_person_is_told_for_how_long(
    client: FlaskClient, heard: list[Event], tick: Callable[..., None]
) -> None:
    person = people.one_person("agent")

    for _ in range(4):
        assert "不正确" in try_password(client, person.work_number, "not-this-1-Word")
    assert "请在 15 分钟后再试" in try_password(client, person.work_number, "not-this-1-Word")
    tick(minutes=10)
    assert "请在 5 分钟后再试" in try_password(client, person.work_number, people.PASSWORD)
    assert [type(event) for event in heard].count(events.UserLocked) == 1

    tick(minutes=5)
    assert try_password(client, person.work_number, people.PASSWORD) == "/"


def test_a_right_password_forgets_the_wrong_ones(client: FlaskClient, app: Flask) -> None:
    person = people.one_person("agent")

    for _ in range(4):
        try_password(client, person.work_number, "not-this-1-Word")
    try_password(client, person.work_number, people.PASSWORD)
    another = app.test_client()
    for _ in range(4):
        answer = try_password(another, person.work_number, "not-this-1-Word")

    assert answer == "工号或密码不正确。"


@pytest.mark.postgresql
def test_wrong_passwords_at_the_same_moment_are_all_counted(app: Flask) -> None:
    person = people.one_person("agent")
    proof = service.Proof(user_id=person.id, work_number=person.work_number, is_right=False)
    start = threading.Barrier(5)

    def guess() -> None:
        with app.app_context():
            start.wait()
            with unit_of_work():
                service.settle_password(proof, address="", allows_demo=True)

    threads = [threading.Thread(target=guess) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert service.get_person(person.id).locked_until is not None


def test_an_older_kind_of_hash_is_replaced_at_sign_in(client: FlaskClient) -> None:
    person = people.one_person("agent")
    weak = PasswordHasher(memory_cost=8192, time_cost=1, parallelism=1).hash(people.PASSWORD)
    with unit_of_work():
        db.session.execute(update(User).where(User.id == person.id).values(password_hash=weak))

    assert try_password(client, person.work_number, people.PASSWORD) == "/"

    assert "m=19456,t=2,p=1" in service.get_person(person.id).password_hash


def test_somebody_who_has_left_does_not_get_in(client: FlaskClient) -> None:
    person = people.one_person("agent")
    with unit_of_work():
        service.get_person(person.id).is_active = False

    assert try_password(client, person.work_number, people.PASSWORD) == "工号或密码不正确。"


def test_somebody_who_leaves_while_signed_in_is_out(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")

    with unit_of_work():
        service.get_person(browser.person.id).is_active = False

    assert not is_in(browser)


@pytest.mark.parametrize("target", ["/account", "/account?a=1"])
def test_a_person_goes_on_to_the_page_he_wanted(client: FlaskClient, target: str) -> None:
    person = people.one_person("agent")

    assert try_password(client, person.work_number, people.PASSWORD, next=target) == target


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_a_sign_in_never_leads_to_another_site(client: FlaskClient, target: str) -> None:
    person = people.one_person("agent")

    assert try_password(client, person.work_number, people.PASSWORD, next=target) == "/"


def test_a_session_shares_nothing_with_the_one_before_the_sign_in(client: FlaskClient) -> None:
    person = people.one_person("agent")
    with client.session_transaction() as planted:
        planted["planted"] = "by somebody else"

    try_password(client, person.work_number, people.PASSWORD)

    with client.session_transaction() as kept:
        assert "planted" not in kept


def test_signing_out_ends_every_copy_of_the_session(
    app: Flask, sign_in_as: Callable[..., PageClient], heard: list[Event]
) -> None:
    browser = sign_in_as("agent")
    copy = app.test_client()
    with browser.session_transaction() as mine, copy.session_transaction() as stolen:
        stolen.update(dict(mine))
    assert is_in(copy)
    heard.clear()

    answer = browser.post("/sign-out")

    assert answer.location == "/sign-in"
    assert not is_in(browser)
    assert not is_in(copy)
    told = [event for event in heard if not isinstance(event, events.PhoneSecretRenewed)]
    assert told == [
        events.UserSignedOut(user_id=browser.person.id),
        events.SessionsRevoked(user_id=browser.person.id, epoch=2),
    ]


def test_a_phone_cannot_register_any_more_after_its_agent_has_signed_out(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")
    assert service.get_person(browser.person.id).phone_secret

    browser.post("/sign-out")

    assert service.get_person(browser.person.id).phone_secret == ""


def test_a_raised_epoch_makes_the_phone_secret_of_older_pages_worthless(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")
    before = service.get_person(browser.person.id).phone_secret

    with unit_of_work():
        service.bump_epoch(browser.person.id)

    assert service.get_person(browser.person.id).phone_secret not in {"", before}


def test_a_raised_epoch_ends_all_sessions_at_the_next_request(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")

    with unit_of_work():
        service.bump_epoch(browser.person.id)

    assert not is_in(browser)


def test_hammering_one_account_is_stopped_even_from_many_addresses(client: FlaskClient) -> None:
    assert isinstance(client, PageClient)
    client.learn_token(client.get("/sign-in").text)

    answers = [
        client.post(
            "/sign-in",
            data={"work_number": "4242", "password": "x"},
            headers=JSON,
            environ_overrides={"REMOTE_ADDR": f"127.0.0.{number + 1}"},
        )
        for number in range(11)
    ]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert answers[-1].json is not None
    assert answers[-1].json["refusal"]["code"] == "too-many-requests"


def with_second_step(role: str = "agent") -> tuple[User, str, list[str]]:
    """Make a person whose sign-in asks for a second step; give the secret and recovery codes."""
    person = people.one_person(role)
    with unit_of_work():
        service.begin_second_step(person.id)
        secret = service.get_person(person.id).totp_secret or ""
        codes = service.confirm_second_step(person.id, code=pyotp.TOTP(secret).at(clock.now()))
    return service.get_person(person.id), secret, codes


def enter_code(browser: FlaskClient, code: str) -> int:
    assert isinstance(browser, PageClient)
    browser.learn_token(browser.get("/sign-in/code").text)
    return int(browser.post("/sign-in/code", data={"code": code}).status_code)


def test_with_a_second_step_the_password_alone_opens_nothing(
    client: FlaskClient, tick: Callable[..., None]
) -> None:
    person, secret, _ = with_second_step()
    tick(seconds=60)

    assert try_password(client, person.work_number, people.PASSWORD) == "/sign-in/code"
    assert not is_in(client)
    assert enter_code(client, "000000") == 422
    assert enter_code(client, pyotp.TOTP(secret).at(clock.now())) == 302
    assert is_in(client)


def test_a_code_seen_over_a_shoulder_opens_nothing_once_it_was_used(
    app: Flask, client: FlaskClient, tick: Callable[..., None]
) -> None:
    person, secret, _ = with_second_step()
    tick(seconds=60)
    code = pyotp.TOTP(secret).at(clock.now())
    try_password(client, person.work_number, people.PASSWORD)
    assert enter_code(client, code) == 302

    another = app.test_client()
    try_password(another, person.work_number, people.PASSWORD)

    assert enter_code(another, code) == 422
    assert not is_in(another)


@pytest.mark.usefixtures("frozen")
def test_a_recovery_code_opens_once(app: Flask, client: FlaskClient, heard: list[Event]) -> None:
    person, _, codes = with_second_step()
    try_password(client, person.work_number, people.PASSWORD)

    assert enter_code(client, codes[3].upper().replace("-", " ")) == 302
    assert events.RecoveryCodeUsed(user_id=person.id, left=9) in heard

    another = app.test_client()
    try_password(another, person.work_number, people.PASSWORD)
    assert enter_code(another, codes[3]) == 422


def test_wrong_codes_lock_like_wrong_passwords(
    client: FlaskClient, tick: Callable[..., None]
) -> None:
    person, secret, _ = with_second_step()
    tick(seconds=60)
    try_password(client, person.work_number, people.PASSWORD)

    for _ in range(5):
        enter_code(client, "000000")

    assert enter_code(client, pyotp.TOTP(secret).at(clock.now())) == 422
    assert service.get_person(person.id).locked_until is not None


def test_the_second_step_must_follow_the_first_within_five_minutes(
    client: FlaskClient, tick: Callable[..., None]
) -> None:
    person, _, _ = with_second_step()
    try_password(client, person.work_number, people.PASSWORD)

    tick(minutes=6)

    assert client.get("/sign-in/code").location == "/sign-in"


def test_demo_people_are_offered_and_filled_in_with_one_click(client: FlaskClient) -> None:
    people.one_person("agent", work_number="1006", is_demo=True, password=service.DEMO_PASSWORD)

    assert 'href="/sign-in?as=1006"' in client.get("/sign-in").text
    filled = client.get("/sign-in?as=1006").text
    assert 'value="1006"' in filled
    assert f'value="{service.DEMO_PASSWORD}"' in filled


class TestOnALiveSite:
    """The same database, opened by a live site."""

    @pytest.fixture
    def environment(self, environment: dict[str, str]) -> dict[str, str]:
        """Say that this is a live site."""
        return {**environment, "SITE_MODE": "live", "EXCHANGES": ""}

    def test_demo_people_are_neither_shown_nor_let_in(self, client: FlaskClient) -> None:
        people.one_person("agent", work_number="1006", is_demo=True)
        people.one_person("agent", work_number="2001")

        page = client.get("/sign-in?as=1006").text
        assert service.DEMO_PASSWORD not in page
        assert 'value="1006"' not in page
        assert try_password(client, "1006", people.PASSWORD) == "工号或密码不正确。"
        assert try_password(client, "2001", people.PASSWORD) == "/"

    def test_nothing_of_the_demonstration_is_there(self, app: Flask) -> None:
        assert [name for name in app.blueprints if name.startswith(("demo", "simulator"))] == []
