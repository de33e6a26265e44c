"""What a person may change about his own account."""

import itertools
import re
from collections.abc import Callable
from html import unescape

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts import events, service
from app.accounts.refusals import WeakPassword
from app.core import clock
from app.core.database import unit_of_work
from app.core.events import Event
from tests import people
from tests.conftest import PageClient

JSON = {"Accept": "application/json"}
NEW = "River-boat-77-east"


def change(browser: PageClient, *, present: str, new: str, repeated: str | None = None) -> str:
    """Ask for a new password; return where the page leads, or what it says."""
    answer = browser.post(
        "/account/password",
        data={"present_password": present, "new_password": new, "repeated": repeated or new},
    )
    if answer.status_code == 302:
        return str(answer.location)
    return " ".join(re.findall(r"invalid-feedback[^>]*>(?:<div>([^<]*))", answer.text))


def test_a_new_password_works_and_ends_the_sessions_elsewhere_but_not_here(
    app: Flask, sign_in_as: Callable[..., PageClient], heard: list[Event]
) -> None:
    browser = sign_in_as("agent")
    elsewhere = app.test_client()
    assert isinstance(elsewhere, PageClient)
    people.sign_in(elsewhere, browser.person.work_number)
    heard.clear()

    assert change(browser, present=people.PASSWORD, new=NEW) == "/account"

    assert browser.get("/account", headers=JSON).status_code == 200
    assert elsewhere.get("/account", headers=JSON).status_code == 401
    assert service.prove_password(browser.person.work_number, password=NEW).is_right
    user_id = browser.person.id
    told = [event for event in heard if not isinstance(event, events.PhoneSecretRenewed)]
    assert told == [
        events.PasswordChanged(user_id=user_id, is_reset=False),
        events.SessionsRevoked(user_id=user_id, epoch=2),
    ]


@pytest.mark.parametrize(
    ("present", "new", "repeated", "told"),
    [
        ("not-this-1-Word", NEW, NEW, "当前密码不正确"),
        (people.PASSWORD, "Short-1", "Short-1", "至少 10 个字符"),
        (people.PASSWORD, "onlysmallletters", "onlysmallletters", "至少三类"),
        (people.PASSWORD, NEW, f"{NEW}!", "不一致"),
        (people.PASSWORD, people.PASSWORD, people.PASSWORD, "最近使用过"),
    ],
)
def test_a_bad_change_is_refused_beside_its_field(
    sign_in_as: Callable[..., PageClient], present: str, new: str, repeated: str, told: str
) -> None:
    assert told in change(sign_in_as("agent"), present=present, new=new, repeated=repeated)


@pytest.mark.usefixtures("app")
def test_the_last_five_passwords_may_not_come_back_but_the_sixth_may() -> None:
    person = people.one_person("agent")
    used = [people.PASSWORD, *[f"{NEW}-{number}" for number in range(5)]]

    for present, new in itertools.pairwise(used):
        weighed = service.weigh_password(person.id, present=present, new=new)
        with unit_of_work():
            service.change_password(person.id, weighed_hash=weighed)

    for old in used[1:]:
        with pytest.raises(WeakPassword):
            service.weigh_password(person.id, present=used[-1], new=old)
    assert service.weigh_password(person.id, present=used[-1], new=used[0])


def test_a_reset_password_must_be_changed_before_anything_else(client: FlaskClient) -> None:
    assert isinstance(client, PageClient)
    person = people.one_person("leader")
    with unit_of_work():
        given = service.reset_password(person.id)

    client.learn_token(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"work_number": person.work_number, "password": given})
    assert answer.location == "/account/password"
    assert client.get("/account").location == "/account/password"

    client.learn_token(client.get("/account/password").text)
    assert change(client, present=given, new=NEW) == "/"
    assert client.get("/account", headers=JSON).status_code == 200


def test_a_second_step_is_set_up_with_a_picture_and_recovery_codes_are_shown_once(
    sign_in_as: Callable[..., PageClient], tick: Callable[..., None], heard: list[Event]
) -> None:
    browser = sign_in_as("agent")

    assert browser.get("/account/second-step/picture.svg", headers=JSON).status_code == 404
    browser.post("/account/second-step/begin")
    page = browser.get("/account/second-step").text
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)
    assert secret
    picture = browser.get("/account/second-step/picture.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<svg" in picture.data

    wrong = browser.post("/account/second-step/confirm", data={"code": "000000"})
    assert wrong.status_code == 422
    right = browser.post(
        "/account/second-step/confirm", data={"code": pyotp.TOTP(secret[1]).at(clock.now())}
    )
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", unescape(right.text))
    assert len(set(codes)) == 10
    assert events.TotpEnabled(user_id=browser.person.id) in heard

    tick(seconds=5)
    assert codes[0] not in browser.get("/account/second-step").text
    assert browser.get("/account/second-step/picture.svg", headers=JSON).status_code == 404
    assert browser.post("/account/second-step/begin", headers=JSON).status_code == 409


def test_a_second_step_goes_only_with_the_password(
    sign_in_as: Callable[..., PageClient],
) -> None:
    browser = sign_in_as("agent")
    user_id = browser.person.id
    with unit_of_work():
        service.begin_second_step(user_id)
        secret = service.get_person(user_id).totp_secret or ""
        service.confirm_second_step(user_id, code=pyotp.TOTP(secret).at(clock.now()))

    wrong = browser.post("/account/second-step/end", data={"password": "not-this-1-Word"})
    assert wrong.status_code == 422
    assert service.get_person(user_id).totp_on

    right = browser.post("/account/second-step/end", data={"password": people.PASSWORD})
    assert right.status_code == 302
    assert not service.get_person(user_id).totp_on
    assert service.get_person(user_id).totp_secret is None


def test_the_language_stays_with_the_person(
    app: Flask, sign_in_as: Callable[..., PageClient]
) -> None:
    browser = sign_in_as("agent")

    browser.post("/language", data={"locale": "en", "next": "/account"})

    assert "<h1" in browser.get("/account").text
    assert "My account" in browser.get("/account").text
    elsewhere = app.test_client()
    assert isinstance(elsewhere, PageClient)
    people.sign_in(elsewhere, browser.person.work_number)
    assert "My account" in elsewhere.get("/account", headers={"Accept-Language": "zh"}).text


def test_the_language_chosen_on_the_way_in_becomes_the_persons_and_not_the_next_ones(
    app: Flask, sign_in_as: Callable[..., PageClient]
) -> None:
    first, second = people.one_person("leader"), people.one_person("auditor")
    browser = app.test_client()
    assert isinstance(browser, PageClient)
    browser.learn_token(browser.get("/sign-in").text)
    browser.post("/language", data={"locale": "en", "next": "/sign-in"})

    people.sign_in(browser, first.work_number)
    assert service.get_person(first.id).locale == "en"
    browser.post("/sign-out")
    people.sign_in(browser, second.work_number)

    assert service.get_person(second.id).locale == "zh-CN"
    assert sign_in_as("leader").person.locale == "zh-CN"


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/second-step"])
def test_each_page_has_one_heading_and_it_is_its_title(
    sign_in_as: Callable[..., PageClient], path: str
) -> None:
    page = sign_in_as("agent").get(path).text

    [heading] = re.findall(r"<h1[^>]*>([^<]+)</h1>", page)
    [title] = re.findall(r"<title>([^<]+)</title>", page)
    assert title.startswith(heading)


@pytest.mark.usefixtures("app")
def test_a_phone_secret_is_new_each_time(heard: list[Event]) -> None:
    person = people.one_person("agent")

    with unit_of_work():
        first = service.renew_phone_secret(person.id)
    with unit_of_work():
        second = service.renew_phone_secret(person.id)

    assert first != second
    assert events.PhoneSecretRenewed(user_id=person.id) in heard
    assert service.secrets_of_phones() == {person.work_number: second}
