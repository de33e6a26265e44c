"""Every address, asked by every role and by nobody: answered or refused as the table says."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask_login import login_user
from werkzeug.routing import Rule

from app.accounts import service as accounts
from app.core.database import db, unit_of_work
from app.core.permissions import TABLE, Door, Permission, Role, may
from tests import people

NOBODY = "nobody"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
SAMPLE = {"IntegerConverter": "999999", "UnicodeConverter": "x", "PathConverter": "x"}


@dataclass(frozen=True)
class Answer:
    """How one request went."""

    status: int
    code: str

    @property
    def is_refused_by_the_door(self) -> bool:
        """Whether the person never got in."""
        return (self.status, self.code) in {(401, "sign-in-needed"), (403, "not-allowed")}


def addresses(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        values = {
            name: SAMPLE[type(converter).__name__] for name, converter in rule._converters.items()
        }
        url = rule.build(values, append_unknown=False)
        assert url is not None
        for method in METHODS:
            if method in (rule.methods or ()):
                yield rule, method, url[1]


def ask(app: Flask, user_id: int | None, *, method: str, url: str) -> Answer:
    """Ask as this person, each time with a fresh session (some addresses end it)."""
    browser = app.test_client()
    if user_id is not None:
        db.session.rollback()
        epoch = accounts.get_person(user_id).epoch
        with app.test_request_context(), browser.session_transaction() as kept:
            now = int(time.time())
            kept.update(_user_id=f"{user_id}:{epoch}", _fresh=True, issued_at=now, seen_at=now)
    answer = browser.open(url, method=method, headers={"Accept": "application/json"})
    body: Any = answer.get_json(silent=True)
    is_refusal = isinstance(body, dict) and "refusal" in body
    return Answer(answer.status_code, body["refusal"]["code"] if is_refusal else "")


def is_open_to(wanted: object, role: str) -> bool:
    if wanted is Door.PUBLIC:
        return True
    if role == NOBODY:
        return False
    return wanted is Door.SIGNED_IN or wanted in TABLE[Role(role)]


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("role", [NOBODY, *map(str, Role)])
def test_every_address_is_open_to_whom_the_table_says_and_to_nobody_else(
    app: Flask, role: str
) -> None:
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False, RATELIMIT_ENABLED=False)
    user_id = None if role == NOBODY else people.one_person(role).id
    wrong = []

    for rule, method, url in addresses(app):
        wanted = app.view_functions[rule.endpoint].required_permission  # type: ignore[attr-defined]
        answer = ask(app, user_id, method=method, url=url)
        if answer.is_refused_by_the_door == is_open_to(wanted, role) or answer.status == 500:
            wrong.append((method, url, str(wanted), answer))

    assert wrong == []


def test_the_table_knows_every_role_and_every_permission() -> None:
    assert set(TABLE) == set(Role)
    assert len(Role) == 20
    assert frozenset[Permission]().union(*TABLE.values()) == set(Permission)


def test_everybody_may_see_to_his_own_account() -> None:
    assert [role for role in Role if Permission.OWN_ACCOUNT not in TABLE[role]] == []


def test_only_those_who_talk_with_citizens_have_a_desk() -> None:
    at_desk = {role for role in Role if Permission.DESK_USE in TABLE[role]}

    assert at_desk == {
        Role.AGENT, Role.OUTSOURCED_AGENT, Role.SHIFT_LEADER, Role.SUB_CENTRE_AGENT,
        Role.RETURN_VISITOR,
    }  # fmt: skip


def test_whoever_may_dispatch_reads_the_pool_from_which_it_is_done() -> None:
    dispatches = {role for role, own in TABLE.items() if Permission.TICKETS_DISPATCH in own}

    assert dispatches <= {
        role for role, own in TABLE.items() if Permission.DISPATCH_POOL_READ in own
    }


def test_a_view_without_a_rule_opens_to_nobody(app: Flask) -> None:
    app.add_url_rule("/test/forgotten", "forgotten", lambda: "open")

    answer = app.test_client().get("/test/forgotten", headers={"Accept": "application/json"})

    assert answer.status_code == 403


def test_nobody_may_do_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert not any(may(permission) for permission in Permission)
        assert not may("DESK_USE")


def test_templates_cannot_ask_for_a_permission_that_does_not_exist(app: Flask) -> None:
    person = people.one_person("agent")
    with app.test_request_context():
        login_user(accounts.picture_of(person))
        assert may("DESK_USE")
        with pytest.raises(KeyError):
            may("FLY")


def test_a_person_who_owes_a_new_password_gets_no_further_than_that_page(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    person = people.one_person("agent", must_change_password=True)

    refused = ask(app, person.id, method="GET", url="/account")
    password_page = ask(app, person.id, method="GET", url="/account/password")

    assert refused == Answer(403, "password-change-due")
    assert password_page.status == 200
    weighed = accounts.weigh_password(person.id, present=people.PASSWORD, new="Brand-new-1-word")
    with unit_of_work():
        accounts.change_password(person.id, weighed_hash=weighed)
    assert ask(app, person.id, method="GET", url="/account").status == 200
