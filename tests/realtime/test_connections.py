"""Desk pages connect: who is let in, what they hear, and what becomes of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_socketio import SocketIOTestClient

from app.accounts import service as accounts
from app.call_queue.models import DeskLink
from app.core import clock
from app.core.database import db, unit_of_work
from app.core.extensions import socketio
from app.core.facts import agent_audience, last_number, record_fact
from app.realtime import connections
from app.realtime.newest import AGAIN, NewestNumbers
from tests.call_queue import desks
from tests.calls.line_news import tell
from tests.conftest import PageClient

pytestmark = pytest.mark.postgresql


class Pages:
    """Opens pages' sockets, each in a context of its own, and closes what is left."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.opened: list[SocketIOTestClient] = []

    def open(self, browser: Any, **given: Any) -> SocketIOTestClient:
        db.session.rollback()
        with self.app.app_context():
            page = socketio.test_client(self.app, flask_test_client=browser, **given)
        self.opened.append(page)
        return page

    def close(self, page: SocketIOTestClient) -> None:
        db.session.rollback()
        with self.app.app_context():
            page.disconnect()


@pytest.fixture
def pages(app: Flask) -> Iterator[Pages]:
    pages = Pages(app)
    yield pages
    for page in pages.opened:
        if page.is_connected():
            pages.close(page)


def heard(page: SocketIOTestClient, name: str) -> list[Any]:
    return [news["args"][0] for news in page.get_received() if news["name"] == name]


def is_still_there(page: SocketIOTestClient) -> bool:
    return socketio.server is not None and bool(
        socketio.server.manager.is_connected(page_sid(page), "/")
    )


def page_sid(page: SocketIOTestClient) -> str:
    assert socketio.server is not None
    return str(socketio.server.manager.sid_from_eio_sid(page.eio_sid, "/"))


def links() -> int:
    db.session.rollback()
    return int(db.session.execute(db.select(db.func.count()).select_from(DeskLink)).scalar_one())


def test_nobody_signed_in_is_refused(client: Any, pages: Pages) -> None:
    assert not pages.open(client).is_connected()
    assert links() == 0


def test_a_role_without_a_desk_is_refused(sign_in_as: Any, pages: Pages) -> None:
    assert not pages.open(sign_in_as("auditor")).is_connected()
    assert links() == 0


def test_a_person_who_owes_a_new_password_is_refused(sign_in_as: Any, pages: Pages) -> None:
    browser: PageClient = sign_in_as("agent")
    with unit_of_work():
        accounts.get_person(browser.person.id).must_change_password = True

    assert not pages.open(browser).is_connected()


def test_hello_carries_the_number_that_the_page_goes_on_from(sign_in_as: Any, pages: Pages) -> None:
    browser = sign_in_as("agent")

    page = pages.open(browser)

    [hello] = heard(page, "hello")
    assert hello["number"] == last_number(agent_audience(browser.person.id)) > 0
    assert hello["now"].endswith("Z")


def test_a_page_that_connects_brings_its_agent_to_his_desk(sign_in_as: Any, pages: Pages) -> None:
    browser = sign_in_as("agent")

    pages.open(browser)

    assert desks.state(browser.person) == "ready"  # a demonstration begins ready
    assert links() == 1


def test_facts_arrive_only_at_their_agent(sign_in_as: Any, pages: Pages) -> None:
    mine, others = sign_in_as("agent"), sign_in_as("agent")
    page, other_page = pages.open(mine), pages.open(others)
    for each in (page, other_page):
        each.get_received()

    with unit_of_work():
        audience = agent_audience(mine.person.id)
        record_fact(audience, name="desk.call_closed", body={"call_id": 7}, at=clock.now())

    [[fact]] = heard(page, "facts")
    assert (fact["name"], fact["body"]) == ("desk.call_closed", {"call_id": 7})
    assert fact["number"] == last_number(audience)
    assert heard(other_page, "facts") == []


def test_a_fact_whose_save_failed_arrives_nowhere(sign_in_as: Any, pages: Pages) -> None:
    browser = sign_in_as("agent")
    page = pages.open(browser)
    page.get_received()

    with pytest.raises(LookupError), unit_of_work():
        audience = agent_audience(browser.person.id)
        record_fact(audience, name="desk.call_closed", body={"call_id": 7}, at=clock.now())
        raise LookupError

    assert heard(page, "facts") == []


def test_a_call_arrives_at_the_page_as_an_unbroken_row_of_facts(
    sign_in_as: Any, pages: Pages
) -> None:
    browser = sign_in_as("agent")
    page = pages.open(browser)
    [hello] = heard(page, "hello")
    desks.link_up()
    desks.phone(browser.person)
    line = desks.caller_in_line()

    assert desks.offer_all() == 1
    phone = browser.person.work_number
    tell(line.rings(phone, 5), line.answered(phone, 8), line.ended(20))

    facts = [fact for one_save in heard(page, "facts") for fact in one_save]
    assert [fact["number"] for fact in facts] == [
        hello["number"] + step for step in range(1, len(facts) + 1)
    ]
    assert [fact["name"] for fact in facts if fact["name"] != "desk.presence_changed"] == [
        "desk.offer_made",
        "desk.offer_ended",
        "desk.offer_answered",
        "desk.call_ended",
    ]


def test_who_has_just_answered_and_wants_to_hold_finds_his_call_on_the_desk(
    sign_in_as: Any, pages: Pages
) -> None:
    browser = sign_in_as("agent")
    page = pages.open(browser)
    desks.link_up()
    desks.phone(browser.person)
    line = desks.caller_in_line()
    desks.offer_all()
    phone = browser.person.work_number
    tell(line.rings(phone, 5))
    page.get_received()

    tell(line.answered(phone, 8))

    [one_message] = heard(page, "facts")
    assert [fact["name"] for fact in one_message] == [
        "desk.offer_ended",
        "desk.presence_changed",
        "desk.offer_answered",
    ]


def test_a_changed_link_is_told_to_every_desk(sign_in_as: Any, pages: Pages) -> None:
    page = pages.open(sign_in_as("agent"))

    desks.link_up()

    assert heard(page, "link") == [{"exchange_id": "sim", "is_up": True, "lag": "ok"}]


def test_revoked_sessions_drop_every_socket_of_the_person_and_of_nobody_else(
    sign_in_as: Any, pages: Pages
) -> None:
    revoked, other = sign_in_as("agent"), sign_in_as("agent")
    page, other_page = pages.open(revoked), pages.open(other)
    page.get_received()
    sid = page_sid(page)
    assert socketio.server is not None

    with unit_of_work():
        accounts.bump_epoch(revoked.person.id)

    # What a page was sent before it was cut off; the test's own client reads no more of it.
    assert [news["args"] for news in page.queue if news["name"] == "goodbye"] == [
        [{"reason": "sessions_revoked"}]
    ]
    assert not socketio.server.manager.is_connected(sid, "/")
    assert is_still_there(other_page)
    assert not pages.open(revoked).is_connected(), "the old session opens no desk any more"


def test_the_last_page_that_goes_takes_the_agent_out_of_routing(
    sign_in_as: Any, pages: Pages
) -> None:
    browser = sign_in_as("agent")
    first, second = pages.open(browser), pages.open(browser)

    pages.close(first)
    assert desks.state(browser.person) == "ready"

    pages.close(second)
    assert desks.state(browser.person) == "link_lost"
    assert links() == 0
    assert browser.person.id not in connections._pages.values()


def test_a_page_that_missed_its_newest_fact_is_told_the_number_and_after_a_while_again(
    sign_in_as: Any, pages: Pages
) -> None:
    browser = sign_in_as("agent")
    page = pages.open(browser)
    newest = NewestNumbers()
    audience = agent_audience(browser.person.id)
    with unit_of_work():
        record_fact(audience, name="desk.x", body={}, at=clock.now())
    number = last_number(audience)
    page.get_received()

    for _ in range(AGAIN):
        newest.tell({page_sid(page): browser.person.id})
    assert heard(page, "newest") == [{"number": number}]

    newest.tell({page_sid(page): browser.person.id})
    assert heard(page, "newest") == [{"number": number}], "the first may have got lost"


def test_a_page_without_any_fact_is_told_nothing(sign_in_as: Any, pages: Pages) -> None:
    nobody = 10**6
    page = pages.open(sign_in_as("agent"))

    NewestNumbers().tell({page_sid(page): nobody})

    assert heard(page, "newest") == []


@pytest.mark.usefixtures("app")
def test_leases_are_not_renewed_for_a_page_that_closed_meanwhile() -> None:
    agent = desks.ready_agent()
    db.session.rollback()

    connections.renew({"closed-meanwhile": agent.id}, {})

    assert links() == 1  # the page that he has had all the time
