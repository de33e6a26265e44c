"""Requests that no page of ours sends: refused in words, never a fault."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.call_queue import service as call_queue
from app.core.database import db, unit_of_work
from app.core.pagination import page_of
from tests import people
from tests.conftest import PageClient

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.postgresql]


@pytest.fixture
def desk(sign_in_as: Callable[..., PageClient]) -> PageClient:
    browser = sign_in_as("agent")
    with unit_of_work():
        call_queue.open_desk(browser.person.id, link_id="page")
    return browser


@pytest.mark.parametrize("call_id", ["seven", [7], {"id": 7}, 10**30, -1, True, None])
def test_a_call_that_is_no_number_is_not_this_agents_call(desk: PageClient, call_id: Any) -> None:
    answer = desk.post("/desk/wrap-up/finish", json={"call_id": call_id})

    assert answer.status_code == 409
    assert answer.json["refusal"]["code"] == "not-your-call"


def test_facts_after_no_number_are_facts_from_the_beginning(desk: PageClient) -> None:
    assert desk.get("/desk/facts?after=seven").status_code == 200
    assert desk.get(f"/desk/facts?after={10**30}").status_code == 200


@pytest.mark.parametrize("path", ["/calls/{}", "/tickets/{}", "/knowledge/{}"])
def test_an_id_that_no_row_can_have_is_not_found(desk: PageClient, path: str) -> None:
    assert desk.get(path.format(10**30)).status_code == 404


@pytest.mark.parametrize("page", [0, -3, 2, 10**30])
def test_a_page_beyond_the_end_is_the_last_one(page: int) -> None:
    people.one_person("agent")

    shown = page_of(select(User).order_by(User.id), page=page, per_page=25)

    assert (shown.number, shown.pages, len(shown.items)) == (1, 1, 1)


def test_a_fault_of_the_database_tells_no_values() -> None:
    person = people.one_person("agent")
    copy = {"work_number": person.work_number, "password_hash": "$argon2id$secret"}

    with pytest.raises(Exception, match="work_number") as fault, unit_of_work():
        db.session.add(
            User(
                **copy,
                name="邱话务",
                role=person.role,
                password_changed_at=person.created_at,
                created_at=person.created_at,
            )
        )

    assert "$argon2id$secret" not in str(fault.value)
    assert "邱话务" not in str(fault.value)
