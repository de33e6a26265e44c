"""The cast: one person per role, made by the real service, signing in through the real page."""

import itertools
from functools import cache
from typing import TYPE_CHECKING, Any

from app.accounts import service as accounts
from app.accounts.password_hashing import hash_password
from app.core.database import unit_of_work
from app.core.permissions import Role

if TYPE_CHECKING:
    from app.accounts.models import User
    from tests.conftest import PageClient

PASSWORD = "Wood-bridge-7-rivers"
# Hashing is slow on purpose; the same password need not be hashed for each of the cast.
_hash_once = cache(hash_password)
# Work numbers of the tests stay clear of those of the demo city.
_work_numbers = itertools.count(70001)

NAMES = {
    Role.AGENT: "邱话务",
    Role.OUTSOURCED_AGENT: "外包话务",
    Role.SHIFT_LEADER: "班长",
    Role.SUB_CENTRE_AGENT: "分中心坐席",
    Role.HOTLINE_MANAGER: "热线管理员",
    Role.AUDITOR: "审计员",
    Role.SYSTEM_ADMIN: "系统管理员",
}


def one_person(role: str, **changes: Any) -> "User":
    """Make a person of this role and save it; `changes` go to `accounts.service.create_person`."""
    wanted = Role(role)
    given = {
        "name": NAMES.get(wanted, str(wanted)),
        "password": PASSWORD,
        "languages": ["mandarin"],
        **changes,
    }
    given.setdefault("password_hash", _hash_once(given["password"]))
    work_number = given.pop("work_number", None) or str(next(_work_numbers))
    with unit_of_work():
        person = accounts.create_person(work_number, role=wanted, **given)
        person_id = person.id
    return accounts.get_person(person_id)


def sign_in(browser: "PageClient", work_number: str, *, password: str = PASSWORD) -> None:
    """Sign in through the page, token and all. Fails when the page does not let the person in."""
    browser.learn_token(browser.get("/sign-in").text)
    answer = browser.post("/sign-in", data={"work_number": work_number, "password": password})
    assert answer.status_code == 302, answer.text
    browser.learn_token(browser.get("/account").text)
