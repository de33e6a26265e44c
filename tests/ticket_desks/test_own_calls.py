"""The card with which who has no desk calls a citizen: what it says, and what it never says."""

from collections.abc import Callable

import pytest

from app.accounts.models import User
from app.core.database import db, unit_of_work
from app.handling import contacting
from tests.call_queue import desks as queue
from tests.calls.control_news import Talk
from tests.calls.line_news import TEN, Line, tell
from tests.conftest import PageClient
from tests.handling import cast as play
from tests.handling.cast import Cast
from tests.ticket_desks.browsers import page, send, words

OWN, CITIZEN = "+8613800000001", "13900002817"


@pytest.fixture
def unit(cast: Cast, sign_in_as: Callable[..., PageClient]) -> PageClient:
    """Give the browser of a clerk with a telephone, and an exchange in reach."""
    queue.link_up()
    return with_telephone(sign_in_as("city_liaison", unit_id=cast.lead))


def with_telephone(browser: PageClient) -> PageClient:
    with unit_of_work():
        db.session.get_one(User, browser.person.id).contact_number = "13800000001"
    return browser


def news_of_the_call() -> tuple[Line, float]:
    """Return the line of the newest call, and the second of the exchange's day it began at."""
    db.session.rollback()
    [order] = queue.orders("CallOut")
    line = Line(call_key=order["call_key"])
    return line, (line.call().invited_at - TEN).total_seconds()


def test_a_clerk_presses_call_talks_and_adds_what_was_said(unit: PageClient, cast: Cast) -> None:
    ticket_id = play.handled(cast)
    before = page(unit, f"/unit/tickets/{ticket_id}")
    assert "138****0001" in before

    assert send(unit, f"/unit/tickets/{ticket_id}/call").status_code == 302
    assert "正在呼叫您" in words(page(unit, f"/unit/tickets/{ticket_id}"))
    line, begins = news_of_the_call()
    tell(line.rings(OWN, begins + 1), line.answered(OWN, begins + 3))
    tell(Talk(line).citizen_answers(begins + 8))
    piece = unit.get(f"/unit/tickets/{ticket_id}/call").get_data(as_text=True)
    assert "通话中" in piece
    assert "data-live-ends" not in piece
    tell(line.ended(begins + 60))

    after = page(unit, f"/unit/tickets/{ticket_id}")
    assert "已自动记入联系记录" in after
    [contact] = contacting.contacts_of(ticket_id)
    path = f"/unit/tickets/{ticket_id}/contacts/{contact.id}/words"
    send(unit, path, **{"words-note": "约定明天上门", "words-told": "y"})
    db.session.rollback()
    [contact] = contacting.contacts_of(ticket_id)
    assert (contact.note, contact.is_reply_told) == ("约定明天上门", True)
    for html in (before, piece, after):
        assert CITIZEN not in html
        assert "13800000001" not in html


def test_a_clerk_without_a_telephone_reads_why_and_finds_no_button(
    sign_in_as: Callable[..., PageClient], cast: Cast
) -> None:
    queue.link_up()
    browser = sign_in_as("city_liaison", unit_id=cast.lead)
    ticket_id = play.handled(cast)

    html = page(browser, f"/unit/tickets/{ticket_id}")
    assert "没有登记联系电话" in html
    assert "呼叫来电人</button>" not in html

    answer = browser.post(
        f"/unit/tickets/{ticket_id}/call", headers={"Accept": "text/html"}, follow_redirects=True
    )
    assert "没有登记联系电话" in answer.get_data(as_text=True)
    assert queue.orders("CallOut") == []


def test_another_units_ticket_is_not_called_about_by_guessing_its_number(
    sign_in_as: Callable[..., PageClient], cast: Cast
) -> None:
    queue.link_up()
    stranger = with_telephone(sign_in_as("city_liaison", unit_id=cast.second))
    ticket_id = play.handled(cast)

    assert send(stranger, f"/unit/tickets/{ticket_id}/call").status_code == 404
    assert queue.orders("CallOut") == []


def test_a_return_visitor_without_a_desk_calls_from_the_visits_page(
    sign_in_as: Callable[..., PageClient], cast: Cast
) -> None:
    queue.link_up()
    visitor = with_telephone(sign_in_as("return_visitor"))
    ticket_id = play.audited(cast)

    before = page(visitor, f"/visits/{ticket_id}")
    assert "用平台呼叫来电人" in before
    assert "自动记入" not in before  # his visit is written by himself
    assert send(visitor, f"/visits/{ticket_id}/call").status_code == 302
    line, begins = news_of_the_call()
    tell(line.rings(OWN, begins + 1), line.answered(OWN, begins + 3))
    tell(Talk(line).citizen_answers(begins + 8), line.ended(begins + 60))

    html = page(visitor, f"/visits/{ticket_id}")
    assert "已通话" in words(html)
    assert "自动记入" not in words(html).split("用平台呼叫来电人")[1].split("已通话")[1]
    assert len(contacting.contacts_of(ticket_id)) == 1  # the unit's own, from before


def test_a_return_visitor_at_a_desk_calls_from_there(
    sign_in_as: Callable[..., PageClient], cast: Cast
) -> None:
    queue.link_up()
    visitor = with_telephone(sign_in_as("return_visitor"))
    ticket_id = play.audited(cast)
    queue.open_desk(visitor.person)

    assert "用平台呼叫来电人" not in page(visitor, f"/visits/{ticket_id}")
    send(visitor, f"/visits/{ticket_id}/call")
    assert queue.orders("CallOut") == []
